package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/gosched/gosched/kernel/session"
)

// Options say how a Worker runs its child. The zero value is ready to use.
type Options struct {
	// Command is the child's command line; by default this executable with
	// the argument "worker". It must call [Serve].
	Command []string
	// Dir is the child's working directory; by default this process's.
	Dir string
	// Env is the child's environment; by default this process's. Variables
	// that user code has no business with are removed from either: JPY_…,
	// those that name connection files, and Jupyter's keys.
	Env []string
	// MemoryLimit is how much memory the session may use, in bytes; 0 means
	// the default of [MemoryLimit], negative none.
	MemoryLimit int64
	// Logger gets what operators may want to know; by default nobody does.
	Logger *slog.Logger
	// OnCaught gets what the child writes to its descriptors 1 ("stdout") and
	// 2 ("stderr") before there is a cell to give it to; by default it is
	// logged.
	OnCaught func(name, text string)
	// Explain turns Go's report of a fatal error, from the line where it
	// begins and at most 64 kB of it, into the first lines of a traceback;
	// by default [ExplainReport].
	Explain func(report string) []string
	// InterruptWarning is how long after its interrupt a cell that still runs
	// is logged, by default 3 s; InterruptGrace is how long after it the child
	// is killed, by default 15 s.
	InterruptWarning, InterruptGrace time.Duration
	// StartTimeout is how long a child may take until its session serves, by
	// default 30 s.
	StartTimeout time.Duration
}

func (o Options) withDefaults() (Options, error) {
	if len(o.Command) == 0 {
		exe, err := os.Executable()
		if err != nil {
			return o, fmt.Errorf("find the gosched executable: %w", err)
		}
		o.Command = []string{exe, "worker"}
	}
	if o.Env == nil {
		o.Env = os.Environ()
	}
	switch {
	case o.MemoryLimit == 0:
		o.MemoryLimit, _ = MemoryLimit("")
	case o.MemoryLimit < 0:
		o.MemoryLimit = 0
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.OnCaught == nil {
		log := o.Logger
		o.OnCaught = func(name, text string) {
			log.Info("the process that runs cells wrote outside of any cell", "to", name, "text", strings.TrimSpace(text))
		}
	}
	if o.Explain == nil {
		o.Explain = ExplainReport
	}
	if o.InterruptWarning <= 0 {
		o.InterruptWarning = 3 * time.Second
	}
	if o.InterruptGrace <= 0 {
		o.InterruptGrace = 15 * time.Second
	}
	if o.StartTimeout <= 0 {
		o.StartTimeout = 30 * time.Second
	}
	return o, nil
}

const (
	// startAttempts is how often in a row a child may fail to start before
	// calls fail. After that each call that comes has one more try.
	startAttempts = 3
	startPause    = 200 * time.Millisecond
)

const sessionClosed = "the session was closed"

// ErrClosed is the error of calls on a closed Worker.
var ErrClosed = errors.New(sessionClosed)

func closedFailure() *session.Failure {
	return &session.Failure{Name: session.Closed, Value: sessionClosed, Traceback: []string{session.Alarm + sessionClosed + session.Plain}}
}

// A Worker is a session in a child process. It always has a child, starting or
// ready, until it is closed or children repeatedly fail to start.
type Worker struct {
	opts   Options
	ctx    context.Context
	cancel context.CancelFunc
	done   chan struct{} // closed when the last child is gone
	retry  chan struct{}

	mu        sync.Mutex
	child     *child        // ready, or nil
	pid       int           // of the present child
	broken    error         // why there is no child and none starting
	subshells int           // open besides the main one
	changed   chan struct{} // closed and replaced when one of these changes
}

var _ session.Session = (*Worker)(nil)

// Start starts a child and returns at once; calls wait until the child is
// ready. The worker is closed by Close or when ctx ends. The error is that
// there is no such command, or that the system refuses a process.
func Start(ctx context.Context, opts Options) (*Worker, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	first, err := startChild(opts)
	if err != nil {
		return nil, err
	}
	w := &Worker{
		opts:    opts,
		done:    make(chan struct{}),
		retry:   make(chan struct{}, 1),
		changed: make(chan struct{}),
		pid:     first.cmd.Process.Pid,
	}
	w.ctx, w.cancel = context.WithCancel(ctx)
	go w.run(first)
	return w, nil
}

// run keeps a child alive until the worker is closed.
func (w *Worker) run(c *child) {
	defer close(w.done)
	for failures := 0; ; {
		var err error
		if c == nil {
			c, err = startChild(w.opts)
		}
		if err == nil {
			w.set(nil, c.cmd.Process.Pid, nil)
			err = w.live(c)
		}
		c = nil
		if w.ctx.Err() != nil {
			return
		}
		if err == nil {
			failures = 0
			continue
		}
		failures++
		w.opts.Logger.Error("the process that runs cells did not start", "attempt", failures, "error", err)
		var wait <-chan time.Time
		if failures < startAttempts {
			wait = time.After(startPause)
		} else {
			w.set(nil, 0, err)
		}
		select {
		case <-wait:
		case <-w.retry:
		case <-w.ctx.Done():
			return
		}
	}
}

// live sees one child through its life. The error is that it did not start.
func (w *Worker) live(c *child) error {
	select {
	case <-c.started:
	case <-time.After(w.opts.StartTimeout):
		c.kill(fmt.Sprintf("it was not ready after %v", w.opts.StartTimeout))
		<-c.started
	case <-w.ctx.Done():
		c.close()
		return nil
	}
	if err := c.startError; err != nil {
		select {
		case <-c.dead:
		case <-time.After(lastWords):
			c.kill(err.Error())
			<-c.dead
		}
		said := strings.TrimSpace(c.report)
		if said == "" || strings.Contains(said, err.Error()) {
			return err
		}
		const most = 2000
		return fmt.Errorf("%w\n%s", err, said[:min(len(said), most)])
	}
	w.set(c, c.cmd.Process.Pid, nil)
	select {
	case <-c.dead:
	case <-w.ctx.Done():
		c.close()
	}
	return nil
}

// set publishes what the worker has: a ready child, or none and why.
func (w *Worker) set(c *child, pid int, broken error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.child, w.pid, w.broken = c, pid, broken
	if c != nil && w.subshells > 0 {
		c.setSubshells(w.subshells)
	}
	close(w.changed)
	w.changed = make(chan struct{})
}

// ready waits for a child that serves, other than old.
func (w *Worker) ready(ctx context.Context, old *child) (*child, error) {
	tried := false
	for {
		w.mu.Lock()
		c, broken, changed := w.child, w.broken, w.changed
		if broken != nil && !tried {
			// Each call has one more try.
			w.broken, broken = nil, nil
			select {
			case w.retry <- struct{}{}:
			default:
			}
		}
		w.mu.Unlock()
		tried = true
		if w.ctx.Err() != nil {
			return nil, ErrClosed
		}
		if c != nil && c != old {
			return c, nil
		}
		if broken != nil {
			return nil, fmt.Errorf("the process that runs cells does not start: %w", broken)
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-w.ctx.Done():
			return nil, ErrClosed
		}
	}
}

// Execute runs a cell in the child. If the child ends meanwhile, the failure
// explains why and has Restarted set. Cancelling ctx interrupts the cell; a
// cell that does not heed it costs the session after Options.InterruptGrace.
func (w *Worker) Execute(ctx context.Context, cell session.Cell, sink session.Sink) session.Result {
	var c *child
	for {
		var err error
		if c, err = w.ready(ctx, c); err != nil {
			return session.Result{Failure: startFailure(err)}
		}
		r, err := c.execute(ctx, cell, sink)
		switch {
		case errors.Is(err, errNotRun):
			continue // nothing has happened yet: the next child's
		case err != nil:
			return session.Result{Failure: &session.Failure{
				Name: session.InternalError, Value: err.Error(), Traceback: []string{session.Alarm + err.Error() + session.Plain},
			}}
		}
		return r
	}
}

// startFailure says why a cell never ran.
func startFailure(err error) *session.Failure {
	switch {
	case errors.Is(err, ErrClosed):
		return closedFailure()
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		const text = "interrupted before the cell began"
		return &session.Failure{Name: session.Interrupted, Value: text, Traceback: []string{session.Alarm + text + session.Plain}}
	}
	first, _, _ := strings.Cut(err.Error(), "\n")
	f := &session.Failure{Name: session.StartFailed, Value: first}
	f.Traceback = strings.Split(err.Error(), "\n")
	f.Traceback[0] = session.Alarm + f.Traceback[0] + session.Plain
	f.Traceback = append(f.Traceback, "Run the cell again to try once more. If it fails again, `gosched doctor` may know why.")
	return f
}

// look makes a call that runs no cell.
func (w *Worker) look(ctx context.Context, k kind, payload func([]byte) []byte) (answer, error) {
	var c *child
	for {
		var err error
		if c, err = w.ready(ctx, c); err != nil {
			return answer{}, err
		}
		a, err := c.look(ctx, k, payload)
		if !errors.Is(err, errNotRun) {
			return a, err
		}
	}
}

// Complete lists what may stand at the cursor.
func (w *Worker) Complete(ctx context.Context, source string, cursor int) (session.Completion, error) {
	a, err := w.look(ctx, kindComplete, func(b []byte) []byte {
		return appendInt(appendString(b, source), cursor)
	})
	return a.completion, err
}

// Inspect says what is under the cursor.
func (w *Worker) Inspect(ctx context.Context, source string, cursor, detail int) (session.Inspection, error) {
	a, err := w.look(ctx, kindInspect, func(b []byte) []byte {
		return appendInt(appendInt(appendString(b, source), cursor), detail)
	})
	return a.inspection, err
}

// IsComplete says whether source can be run as it stands.
func (w *Worker) IsComplete(ctx context.Context, source string) (session.Completeness, error) {
	a, err := w.look(ctx, kindIsComplete, func(b []byte) []byte { return appendString(b, source) })
	return a.completeness, err
}

// Comm takes a message of a comm from the front end.
func (w *Worker) Comm(ctx context.Context, m session.Comm) ([]session.Comm, error) {
	a, err := w.look(ctx, kindComm, func(b []byte) []byte { return appendComm(b, m) })
	return a.comms, err
}

// SetSubshells tells the session, and those that come after it, how many
// subshells are open.
func (w *Worker) SetSubshells(n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.subshells = n
	if w.child != nil {
		w.child.setSubshells(n)
	}
}

// Pid is the process number of the present child; 0 if there is none.
func (w *Worker) Pid() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.pid
}

// Close ends the child and every process that it started, and waits for them
// to be gone. Calls in progress fail. What was printed before reaches its sinks,
// unless they take longer than half a second.
func (w *Worker) Close() error {
	w.cancel()
	<-w.done
	return nil
}
