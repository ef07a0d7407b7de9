package kernel

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/gosched/gosched/kernel/history"
	"github.com/gosched/gosched/kernel/session"
	"github.com/gosched/gosched/kernel/wire"
)

// Options configures a Kernel.
type Options struct {
	// Connection says where to listen; ports of 0 mean any free port.
	Connection wire.Connection
	// Transport carries the messages instead, where there are no sockets.
	Transport Transport
	// Session runs the cells. The kernel closes it when Serve ends.
	Session session.Session
	// Version is gosched's version, for kernel_info.
	Version string
	// GoVersion is the Go release that cells are written in, such as
	// "1.26.1"; empty for the one that built this program.
	GoVersion string
	// OutputLimit bounds what one cell prints and shows, in bytes; 0 for no
	// bound.
	OutputLimit int64
	// OutputAdvice is what a cell is told that prints more; empty for what can be
	// done where the kernel is a process.
	OutputAdvice string
	// History is the file that remembers the cells of all sessions; empty to
	// remember this one's only.
	History string
	// Logger is told of what the kernel drops; nil for none.
	Logger *slog.Logger
}

// A Kernel serves front ends from one session.
type Kernel struct {
	opts    Options
	session session.Session
	log     *slog.Logger
	server  Transport

	id        string // session id in this kernel's headers
	msgs      atomic.Uint64
	announced atomic.Bool // a status has been told; "starting" is too late
	stopping  chan struct{}
	stopOnce  sync.Once

	mu        sync.Mutex
	count     int // execution count
	cells     int // executions, for cell ids
	subshells map[string]*subshell
	order     []string // ids of subshells as they were created
	main      *subshell
	commQueue *subshell // of messages of comms
	asides    *subshell // of questions that come while a cell runs
	// commClients are the sessions of clients that have used comms.
	commClients map[string]struct{}

	history *history.History

	comms comms
	stdin stdin
	late  lateOutputs
	usage usage

	workMu  sync.Mutex // guards stopped and work.Add
	stopped bool
	work    sync.WaitGroup
}

// New binds the kernel's sockets. Serve must be called next: it is what
// releases them.
func New(ctx context.Context, o Options) (*Kernel, error) {
	if o.Session == nil {
		return nil, errors.New("kernel: no session to run cells in")
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.GoVersion == "" {
		o.GoVersion = GoRelease()
	}
	if o.Version == "" {
		o.Version = "devel"
	}
	k := &Kernel{
		opts:      o,
		session:   o.Session,
		log:       o.Logger,
		id:        uuid.NewString(),
		stopping:  make(chan struct{}),
		subshells: make(map[string]*subshell),
		history:   history.New(history.Options{Path: o.History, Failed: func(err error) { o.Logger.Warn("cells are not remembered beyond this session", "err", err) }}),
		stdin:     stdin{turn: make(chan struct{}, 1)},
	}
	k.main, k.commQueue, k.asides = newSubshell(""), newSubshell(""), newSubshell("")
	if k.server = o.Transport; k.server != nil {
		return k, nil
	}
	server, err := wire.Listen(ctx, o.Connection, wire.Options{Logger: o.Logger, Welcome: k.welcome})
	if err != nil {
		return nil, fmt.Errorf("kernel: %w", err)
	}
	k.server = server
	return k, nil
}

// Run serves front ends until one of them shuts the kernel down or ctx is
// done.
func Run(ctx context.Context, o Options) error {
	k, err := New(ctx, o)
	if err != nil {
		return err
	}
	return k.Serve(ctx)
}

// Connection says where the kernel listens, with the ports that it was given.
func (k *Kernel) Connection() wire.Connection { return k.server.Connection() }

// How long the parts of an ending may take.
const (
	endCells   = time.Second     // for interrupted cells to end
	endSession = 3 * time.Second // for the session to close
	endWire    = time.Second     // for front ends to take what is queued
)

// Serve answers requests until a front end asks for shutdown, which is no
// error, or until ctx is done. In the end it interrupts what runs, closes the
// session, delivers what is queued, and releases the sockets.
func (k *Kernel) Serve(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	k.spawn(func() { k.runSubshell(ctx, k.main) })
	k.spawn(func() { k.runSubshell(ctx, k.commQueue) })
	k.spawn(func() { k.runAsides(ctx) })
	var loops sync.WaitGroup
	loops.Go(func() { k.receive(ctx, wire.Shell, k.shellMessage) })
	loops.Go(func() { k.receive(ctx, wire.Control, k.controlMessage) })
	loops.Go(func() { k.receive(ctx, wire.Stdin, k.stdinMessage) })
	select {
	case <-k.stopping:
	case <-ctx.Done():
	}
	cancel() // interrupts the running cells, too
	loops.Wait()
	return k.finish()
}

func (k *Kernel) finish() error {
	k.workMu.Lock()
	k.stopped = true
	k.workMu.Unlock()
	idle := make(chan struct{})
	go func() {
		k.work.Wait()
		close(idle)
	}()
	wait(idle, endCells)

	var errs []error
	closed := make(chan struct{})
	var closeErr error
	go func() {
		closeErr = k.session.Close()
		close(closed)
	}()
	if wait(closed, endSession) {
		if closeErr != nil {
			errs = append(errs, fmt.Errorf("close session: %w", closeErr))
		}
	} else {
		errs = append(errs, fmt.Errorf("the session did not close within %v", endSession))
	}
	if !wait(idle, endCells) {
		errs = append(errs, errors.New("a cell was still running when the kernel ended"))
	}
	ctx, cancel := context.WithTimeout(context.Background(), endWire)
	defer cancel()
	if err := k.history.Close(ctx); err != nil {
		k.log.Warn("ending", "err", err)
	}
	k.server.Close(ctx)
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("kernel: shutdown: %w", err)
	}
	return nil
}

func wait(done <-chan struct{}, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-done:
		return true
	case <-t.C:
		return false
	}
}

// stop makes Serve end.
func (k *Kernel) stop() { k.stopOnce.Do(func() { close(k.stopping) }) }

// spawn runs f in a goroutine that Serve waits for, unless the kernel is
// ending.
func (k *Kernel) spawn(f func()) bool {
	k.workMu.Lock()
	defer k.workMu.Unlock()
	if k.stopped {
		return false
	}
	k.work.Go(f)
	return true
}

func (k *Kernel) receive(ctx context.Context, ch wire.Channel, handle func(context.Context, *wire.Message)) {
	for {
		select {
		case m := <-k.server.Messages(ch):
			handle(ctx, m)
		case <-ctx.Done():
			return
		}
	}
}

// header returns the header of a new message.
func (k *Kernel) header(msgType string) wire.Header {
	return wire.Header{
		MsgID:    fmt.Sprintf("%s_%d", k.id, k.msgs.Add(1)),
		Session:  k.id,
		Username: "kernel",
		Date:     wire.Date(time.Now()),
		MsgType:  msgType,
		Version:  wire.ProtocolVersion,
	}
}

// iopub makes an iopub message. The topic is what ipykernel uses, though
// clients subscribe to everything.
func (k *Kernel) iopub(parent json.RawMessage, msgType string, content json.RawMessage) *wire.Message {
	return &wire.Message{
		Identities: [][]byte{[]byte("kernel." + k.id + "." + msgType)},
		Header:     k.header(msgType),
		Parent:     parent,
		Content:    content,
	}
}

// publish broadcasts content to all front ends.
func (k *Kernel) publish(parent json.RawMessage, msgType string, content any) {
	k.publishAll(k.iopub(parent, msgType, mustMarshal(content)))
}

// publishAll broadcasts messages in one go.
func (k *Kernel) publishAll(messages ...*wire.Message) {
	if err := k.server.Publish(messages...); err != nil {
		k.log.Error("cannot publish", "type", messages[0].Header.MsgType, "err", err)
	}
}

// publishChunk broadcasts a message with metadata, perhaps with a parent of its
// own.
func (k *Kernel) publishChunk(parent json.RawMessage, c chunk) {
	if len(c.parent) > 0 {
		parent = c.parent
	}
	m := k.iopub(parent, c.msgType, c.content)
	m.Metadata = c.metadata
	k.publishAll(m)
}

// status tells front ends that work on a request begins ("busy") or is over
// ("idle").
func (k *Kernel) status(parent json.RawMessage, state string) {
	k.publishAll(k.statusMessage(parent, state))
}

func (k *Kernel) statusMessage(parent json.RawMessage, state string) *wire.Message {
	k.announced.Store(true)
	return k.iopub(parent, "status", mustMarshal(statusContent{state}))
}

type statusContent struct {
	ExecutionState string `json:"execution_state"`
}

// welcome greets a new iopub subscriber (JEP 65). The first one, if it comes
// before the first request, also learns that the kernel is starting: nobody
// could have heard it earlier, and later it would no longer be true.
func (k *Kernel) welcome(topic string) []*wire.Message {
	msgs := []*wire.Message{k.iopub(nil, "iopub_welcome", mustMarshal(map[string]string{"subscription": topic}))}
	if k.announced.CompareAndSwap(false, true) {
		msgs = append(msgs, k.iopub(nil, "status", mustMarshal(statusContent{"starting"})))
	}
	return msgs
}

// GoRelease is the release of Go that this program was built with, which is the
// one that cells are written in, such as "1.26.1".
func GoRelease() string { return goRelease(runtime.Version()) }

// goRelease leaves out what builds add to the release: experiments, as in
// "go1.26.1-X:name", and the state of a development tree.
func goRelease(version string) string {
	version, _, _ = strings.Cut(strings.TrimPrefix(version, "go"), " ")
	version, _, _ = strings.Cut(version, "-X:")
	return version
}
