package worker

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/gosched/gosched/kernel/session"
)

// protocolVersion changes with every change of the frames, so that a binary
// that was replaced under a running supervisor is noticed.
const protocolVersion = 6

// The child's ends of the channel.
const (
	childIn    = 3
	childOut   = 4
	childMarks = 5
)

// closeGrace is how long a session may take to close when the supervisor has
// gone.
const closeGrace = 500 * time.Millisecond

// ErrNotWorker is Serve's error in a process that no supervisor has started.
var ErrNotWorker = errors.New("this command is started by the kernel itself, with a channel to talk on; run `gosched kernel` or `gosched lab` instead")

// Serve is the child's side: it makes a session and serves it over the channel
// that [Start] has set up, until the supervisor closes the channel or ctx ends.
// It sets the process's memory limits first, so newSession runs under them.
// When the supervisor is gone, it ends every process of its process group, this
// one included, or returns nil if the process leads no group.
func Serve(ctx context.Context, newSession func(context.Context) (session.Engine, error)) error {
	c, err := openChannel()
	if err != nil {
		return err
	}
	defer c.close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { _ = c.in.Close() })
	defer stop()
	parent, mark := os.Getppid(), ownMark()

	s := &server{
		conn:   c,
		begun:  markBegun,
		calls:  make(map[uint64]context.CancelFunc),
		flows:  make(map[uint64]*flow),
		inputs: make(map[uint64]chan inputReply),
	}
	os.Args = os.Args[:1] // programs in cells get no arguments
	limit, err := s.hello()
	if err == nil {
		err = openMarks()
	}
	if err == nil {
		err = errors.Join(limitThreadStacks(), limitMemory(limit))
	}
	if err == nil {
		s.memory = newMemoryWatch(limit)
		if s.session, err = newSession(ctx); err == nil {
			s.memory.session.Store(&s.session)
		}
	}
	if err != nil {
		_ = c.send(true, kindStartFailed, 0, func(b []byte) []byte { return appendString(b, err.Error()) })
		return fmt.Errorf("start session: %w", err)
	}
	if err := c.send(true, kindReady, 0, nil); err != nil {
		return err
	}

	var orphaned atomic.Bool
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		if awaitOrphaned(parent, ctx.Done()) {
			orphaned.Store(true)
			cancel()
		}
	}()
	err = s.serve(ctx)
	cancel()
	<-watched
	if orphaned.Load() {
		err = io.EOF
	}
	if errors.Is(err, io.EOF) {
		endMarked(mark) // first, as closing the session may take its time
	}
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		_ = s.session.Close()
		s.wg.Wait()
	}()
	select {
	case <-closed:
	case <-time.After(closeGrace):
	}
	if errors.Is(err, io.EOF) {
		endMarked(mark)
		killOwnGroup()
		return nil
	}
	return err
}

// openChannel takes over the channel's descriptors and keeps them from the
// processes that user code may start.
func openChannel() (*conn, error) {
	for _, fd := range []int{childIn, childOut} {
		var st syscall.Stat_t
		if err := syscall.Fstat(fd, &st); err != nil || st.Mode&syscall.S_IFMT != syscall.S_IFIFO {
			return nil, ErrNotWorker
		}
	}
	for _, fd := range []int{childIn, childOut} {
		syscall.CloseOnExec(fd)
		if err := syscall.SetNonblock(fd, true); err != nil {
			return nil, fmt.Errorf("worker channel: %w", err)
		}
	}
	return newConn(os.NewFile(childIn, "worker channel in"), os.NewFile(childOut, "worker channel out"))
}

// A server answers one supervisor from one session.
type server struct {
	conn    *conn
	begun   func(id uint64) // is called when the cell of a call is about to begin
	session session.Engine
	memory  *memoryWatch
	wg      sync.WaitGroup // calls in progress

	mu        sync.Mutex
	calls     map[uint64]context.CancelFunc
	flows     map[uint64]*flow
	inputs    map[uint64]chan inputReply
	nextInput uint64
}

// hello reads the supervisor's first message, which has the memory limit in
// bytes, 0 for none.
func (s *server) hello() (limit int64, err error) {
	k, _, payload, err := s.conn.receive()
	if err != nil {
		return 0, fmt.Errorf("read the supervisor's greeting: %w", err)
	}
	d := decoder{b: payload}
	version := d.uvarint()
	if k != kindHello || version != protocolVersion {
		return 0, errors.New("the gosched binary was replaced while this kernel was running; restart the kernel")
	}
	limit = int64(d.uvarint())
	return limit, d.finish()
}

// serve reads requests until the channel ends, which it reports as io.EOF.
// It never waits for the session.
func (s *server) serve(ctx context.Context) error {
	for {
		k, id, payload, err := s.conn.receive()
		if err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return err
		}
		d := &decoder{b: payload}
		if err := s.handle(ctx, k, id, d); err != nil {
			return fmt.Errorf("message %d from the supervisor: %w", k, err)
		}
	}
}

func (s *server) handle(ctx context.Context, k kind, id uint64, d *decoder) error {
	switch k {
	case kindExecute:
		cell := d.cell()
		if err := d.finish(); err != nil {
			return err
		}
		sink := s.newSink(id)
		s.call(ctx, id, func(ctx context.Context) {
			growStack(id)
			// First of all, so that a death before it has not met the cell.
			s.begun(id)
			s.memory.cellBegins()
			defer s.memory.cellEnds()
			r := s.execute(ctx, cell, sink)
			s.answer(kindResult, id, func(b []byte) []byte { return appendResult(b, r) })
		})
	case kindComplete:
		source, cursor := d.string(), d.int()
		if err := d.finish(); err != nil {
			return err
		}
		s.call(ctx, id, func(ctx context.Context) {
			v, err := look(func() (session.Completion, error) { return s.session.Complete(ctx, source, cursor) })
			s.answerOr(err, kindCompletion, id, func(b []byte) []byte { return appendCompletion(b, v) })
		})
	case kindInspect:
		source, cursor, detail := d.string(), d.int(), d.int()
		if err := d.finish(); err != nil {
			return err
		}
		s.call(ctx, id, func(ctx context.Context) {
			v, err := look(func() (session.Inspection, error) { return s.session.Inspect(ctx, source, cursor, detail) })
			s.answerOr(err, kindInspection, id, func(b []byte) []byte { return appendInspection(b, v) })
		})
	case kindIsComplete:
		source := d.string()
		if err := d.finish(); err != nil {
			return err
		}
		s.call(ctx, id, func(ctx context.Context) {
			v, err := look(func() (session.Completeness, error) { return s.session.IsComplete(ctx, source) })
			s.answerOr(err, kindCompleteness, id, func(b []byte) []byte { return appendCompleteness(b, v) })
		})
	case kindComm:
		m := d.comm()
		if err := d.finish(); err != nil {
			return err
		}
		// Here and now, so that they keep their order; it does not wait.
		list, err := look(func() ([]session.Comm, error) { return s.session.Comm(ctx, m) })
		s.answerOr(err, kindComms, id, func(b []byte) []byte { return appendComms(b, list) })
	case kindCancel:
		s.mu.Lock()
		cancel := s.calls[id]
		s.mu.Unlock()
		if cancel != nil {
			cancel()
		}
		return d.finish()
	case kindAck:
		n := d.uvarint()
		s.mu.Lock()
		f := s.flows[id]
		s.mu.Unlock()
		if f != nil {
			f.ack(int(n))
		}
		return d.finish()
	case kindSubshells:
		n := d.int()
		if err := d.finish(); err != nil {
			return err
		}
		s.session.SetSubshells(n)
	case kindFlush:
		s.wg.Go(func() {
			s.session.Flush()
			_ = s.conn.send(true, kindFlushed, id, nil)
		})
		return d.finish()
	case kindPing:
		_ = s.conn.send(true, kindPong, id, nil)
		return d.finish()
	case kindInputReply:
		reply := d.inputReply()
		if err := d.finish(); err != nil {
			return err
		}
		s.mu.Lock()
		ch := s.inputs[id]
		s.mu.Unlock()
		if ch != nil {
			ch <- reply // has room for the one reply
		}
	default:
		return errors.New("unknown kind")
	}
	return nil
}

// call runs f under a context that the supervisor can cancel by id.
func (s *server) call(ctx context.Context, id uint64, f func(context.Context)) {
	ctx, cancel := context.WithCancel(ctx)
	s.mu.Lock()
	s.calls[id] = cancel
	s.mu.Unlock()
	s.wg.Go(func() {
		defer func() {
			cancel()
			s.mu.Lock()
			delete(s.calls, id)
			s.mu.Unlock()
		}()
		f(ctx)
	})
}

// execute runs a cell. A panic that reaches here is a fault of the session's
// own, not of user code; it costs the cell, not the variables.
func (s *server) execute(ctx context.Context, cell session.Cell, sink session.Sink) (r session.Result) {
	defer func() {
		if v := recover(); v != nil {
			r = session.Result{Failure: session.Internal(v)}
		}
	}()
	return s.session.Execute(ctx, cell, sink)
}

// look calls f and turns a panic into an error.
func look[T any](f func() (T, error)) (v T, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("internal error: %v", p)
		}
	}()
	return f()
}

func (s *server) answer(k kind, id uint64, payload func([]byte) []byte) {
	err := s.conn.send(true, k, id, payload)
	if errors.Is(err, errFrameTooBig) {
		s.answerOr(err, k, id, nil)
	}
}

// answerOr sends an answer, or err in its place.
func (s *server) answerOr(err error, k kind, id uint64, payload func([]byte) []byte) {
	if err != nil {
		text := err.Error()
		_ = s.conn.send(true, kindError, id, func(b []byte) []byte { return appendString(b, text) })
		return
	}
	s.answer(k, id, payload)
}

type inputReply struct {
	text string
	err  error
}

// Input replies say first how they went.
const (
	inputText = iota
	inputEOF
	inputError
)

func appendInputReply(b []byte, r inputReply) []byte {
	switch {
	case r.err == nil:
		return appendString(append(b, inputText), r.text)
	case errors.Is(r.err, io.EOF):
		return appendString(append(b, inputEOF), "")
	default:
		return appendString(append(b, inputError), r.err.Error())
	}
}

func (d *decoder) inputReply() inputReply {
	how, text := d.byte(), d.string()
	switch how {
	case inputText:
		return inputReply{text: text}
	case inputEOF:
		return inputReply{err: io.EOF}
	default:
		return inputReply{err: errors.New(text)}
	}
}

func appendHello(b []byte, limit int64) []byte {
	b = binary.AppendUvarint(b, protocolVersion)
	return binary.AppendUvarint(b, uint64(limit))
}
