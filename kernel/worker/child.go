package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"os/exec"
	"slices"
	"sync"
	"time"

	"github.com/gosched/gosched/kernel/session"
)

// A child is one process that runs cells, from its start to its death.
type child struct {
	opts Options
	log  *slog.Logger
	cmd  *exec.Cmd
	conn *conn
	// marks are taken by the goroutine that reads, and at last by the one that buries.
	marks *marks
	// mark is in the environment of all of the session's processes.
	mark    string
	hearing *hearing
	// stdio reads descriptors 1 and 2.
	stdio [2]*capture

	// ctx ends with the child; inputs that it asked for end with it.
	ctx    context.Context
	cancel context.CancelFunc

	started    chan struct{} // closed when the session serves, or cannot
	startError error         // valid when started is closed
	dead       chan struct{} // closed when all is over and explained
	end        *session.Failure
	report     string // what it had to say, for the log and for failed starts

	delivering sync.WaitGroup // relays' goroutines
	helping    sync.WaitGroup // pumps, inputs
	readDone   chan struct{}
	waited     chan struct{}
	flushed    chan struct{} // closed when the child has sent all its output
	flushOnce  sync.Once

	mu        sync.Mutex
	nextID    uint64
	calls     map[uint64]*call
	boxes     map[uint64]*relay
	running   []*relay // of the cells that were sent and have not ended, in that order
	latest    *relay   // of the cell that was sent last
	met       *relay   // of the cell that the child began last
	inputs    map[uint64]context.CancelFunc
	ready     bool
	dying     bool // takes no more calls
	discard   bool // the worker was closed: nobody wants output any more
	reason    string
	startOnce sync.Once
}

// startChild starts the process. It returns as soon as the system has it.
func startChild(opts Options) (*child, error) {
	ctx, cancel := context.WithCancel(context.Background())
	c := &child{
		opts: opts, log: opts.Logger,
		ctx: ctx, cancel: cancel,
		mark: newMark(), hearing: newHearing(),
		started:  make(chan struct{}),
		dead:     make(chan struct{}),
		readDone: make(chan struct{}),
		waited:   make(chan struct{}),
		flushed:  make(chan struct{}),
		calls:    make(map[uint64]*call),
		boxes:    make(map[uint64]*relay),
		inputs:   make(map[uint64]context.CancelFunc),
	}
	if err := c.spawn(); err != nil {
		cancel()
		return nil, err
	}
	for _, p := range c.stdio {
		c.helping.Go(p.pump)
	}
	go c.read()
	c.helping.Go(c.listen)
	go func() {
		_ = c.cmd.Wait()
		close(c.waited)
	}()
	go c.bury()
	if err := c.conn.send(true, kindHello, 0, func(b []byte) []byte { return appendHello(b, opts.MemoryLimit) }); err != nil {
		c.kill("")
	}
	return c, nil
}

// spawn makes the pipes and the process. The child gets its own ends as
// descriptors 1 to 5 and nothing else.
func (c *child) spawn() (err error) {
	var files []*os.File
	defer func() {
		if err != nil {
			for _, f := range files {
				_ = f.Close()
			}
			if c.marks != nil {
				c.marks.close()
			}
			err = fmt.Errorf("start the process that runs cells: %w", err)
		}
	}()
	var begun *os.File
	c.marks, begun, err = newMarks()
	if err != nil {
		return err
	}
	files = append(files, begun)
	var theirs, ours [4]*os.File // stdout, stderr, their input, their output
	for i := range theirs {
		r, w, err := os.Pipe()
		if err != nil {
			return err
		}
		files = append(files, r, w)
		theirs[i], ours[i] = w, r
		if i == 2 {
			theirs[i], ours[i] = r, w
		}
	}
	for _, f := range theirs {
		// The child's ends must wait when a pipe is full: neither the runtime's
		// reports nor other libraries expect to be told to try again.
		if err := setBlocking(f); err != nil {
			return err
		}
	}
	keepDescriptors()
	c.cmd = exec.Command(c.opts.Command[0], c.opts.Command[1:]...)
	c.cmd.Dir = c.opts.Dir
	c.cmd.Env = append(childEnvironment(c.opts.Env), c.mark)
	c.cmd.Stdout, c.cmd.Stderr = theirs[0], theirs[1]
	c.cmd.ExtraFiles = []*os.File{theirs[2], theirs[3], begun}
	c.cmd.SysProcAttr = processAttributes()
	for i, name := range []string{session.Stdout, session.Stderr} {
		c.stdio[i], err = newCapture(ours[i], c.waitRoom, func(text string) { c.caught(name, text) })
		if err != nil {
			return err
		}
	}
	c.stdio[1].holdReports(
		func(id uint64) { _ = c.conn.send(true, kindPing, id, nil) },
		func() { c.kill("") },
	)
	if err := c.cmd.Start(); err != nil {
		return err
	}
	for _, f := range append(theirs[:], begun) {
		_ = f.Close()
	}
	c.conn, err = newConn(ours[3], ours[2])
	if err != nil {
		killGroup(c.cmd.Process.Pid)
		_ = c.cmd.Wait()
	}
	return err
}

// kill ends the process and all that it started, for a reason that people are
// told.
func (c *child) kill(reason string) {
	c.mu.Lock()
	if c.reason == "" {
		c.reason = reason
	}
	c.mu.Unlock()
	select {
	case <-c.waited: // its number may belong to another by now
	default:
		killGroup(c.cmd.Process.Pid)
	}
}

// close ends the child. What was printed before has closeFlush to get to the
// sinks; the rest is dropped.
func (c *child) close() {
	c.flush(closeFlush)
	c.mu.Lock()
	c.discard = true
	for _, b := range c.boxes {
		b.close(true)
	}
	if c.latest != nil {
		c.latest.close(true)
	}
	c.mu.Unlock()
	c.kill(sessionClosed)
	<-c.dead
}

// flush lets what the child has printed so far reach the sinks, unless that
// takes longer than most.
func (c *child) flush(most time.Duration) {
	c.mu.Lock()
	ready := c.ready && !c.dying
	c.mu.Unlock()
	if !ready {
		return
	}
	enough := time.NewTimer(most)
	defer enough.Stop()
	if c.conn.send(true, kindFlush, 0, nil) != nil {
		return
	}
	select {
	case <-c.flushed:
	case <-c.dead:
		return
	case <-enough.C:
		return
	}
	c.mu.Lock()
	boxes := slices.Collect(maps.Values(c.boxes))
	if c.latest != nil {
		boxes = append(boxes, c.latest)
	}
	c.mu.Unlock()
	handed := make(chan struct{}, len(boxes))
	for _, b := range boxes {
		b.after(func() { handed <- struct{}{} })
	}
	for range boxes {
		select {
		case <-handed:
		case <-enough.C:
			return
		}
	}
}

// startIsOver notes how the start went, once.
func (c *child) startIsOver(err error) {
	c.startOnce.Do(func() {
		c.mu.Lock()
		c.startError = err
		c.ready = err == nil
		c.mu.Unlock()
		close(c.started)
	})
}

const (
	// closeFlush is how long closing may wait for output on its way.
	closeFlush = 500 * time.Millisecond
	// lastBreath is how long the end of a process may come after that of its
	// channel.
	lastBreath = 500 * time.Millisecond
	// lastWords is how long all else may take that follows a death: the end
	// of the channel, and sinks that are at work when the worker is closed.
	lastWords = 2 * time.Second
)

// bury waits for the child's end, cleans up after it, and tells everyone who
// waits for it.
func (c *child) bury() {
	select {
	case <-c.waited:
	case <-c.readDone:
		select {
		case <-c.waited:
		case <-time.After(lastBreath):
			c.kill(channelClosed)
			<-c.waited
		}
	}
	killGroup(c.cmd.Process.Pid) // what it started
	endMarked(c.mark)
	select {
	case <-c.readDone:
	case <-time.After(lastWords): // someone else holds the other end
	}
	c.mu.Lock()
	c.dying = true
	c.mu.Unlock()
	c.cancel()
	c.conn.close()
	<-c.readDone
	c.marks.take(c.began)
	c.marks.close()
	c.stdio[0].finish()
	report, tail := c.stdio[1].finish()

	c.mu.Lock()
	reason, discard := c.reason, c.discard
	c.mu.Unlock()
	if fatalMessage(report) == "" && report != "" {
		c.caught(session.Stderr, report) // it only looked like a report
		report = ""
	}
	d := death{state: c.cmd.ProcessState, reason: reason, report: report, limit: c.opts.MemoryLimit}
	f := d.failure(c.opts.Explain)
	if reason == sessionClosed {
		f = closedFailure()
	}
	c.end, c.report = f, tail
	c.startIsOver(errors.New(f.Value))
	if !discard {
		c.log.Warn("the process that runs cells has ended", "pid", c.cmd.Process.Pid, "state", c.cmd.ProcessState, "failure", f.Value)
	}
	c.tell(f, discard)
	done := make(chan struct{})
	go func() {
		c.helping.Wait()
		if discard {
			c.delivering.Wait()
		}
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(lastWords):
		c.log.Warn("a cell's sink still blocks after the end of its session")
	}
	close(c.dead)
}

// tell ends every call with the failure, and reports it to the cell that the
// child began last if it was running none. A cell that it had not begun is
// another child's.
func (c *child) tell(f *session.Failure, discard bool) {
	c.mu.Lock()
	calls, boxes, ready := c.calls, c.boxes, c.ready
	idle := true
	for _, p := range calls {
		idle = idle && !p.begun
	}
	latest, met := c.latest, c.met
	c.calls, c.boxes, c.running = nil, nil, nil
	c.mu.Unlock()
	if idle && met != nil && ready && !discard {
		met.push(f, 0, false)
	}
	for _, p := range calls {
		if p.box == nil {
			p.done <- answer{err: errDied{f}}
			continue
		}
		if !p.begun && !discard {
			p.done <- answer{err: errNotRun} // another child may have it
			continue
		}
		p.box.after(func() { p.done <- answer{result: session.Result{Failure: f}} })
	}
	for _, b := range boxes {
		b.close(discard)
	}
	for _, b := range []*relay{latest, met} {
		if b != nil {
			b.close(discard)
		}
	}
}
