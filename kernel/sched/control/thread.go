package control

import (
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/gosched/gosched/kernel/sched"
)

type state uint8

const (
	held  state = iota // before an operation, or at its beginning
	runs               // it has been let go on
	waits              // in an operation that others end
	pairs              // in an operation that another is about to end
	away               // in compiled code that waits
	loose              // not under control any more
)

// A thread is a goroutine under control.
type thread struct {
	g     *sched.G
	id    int
	state state
	gate  chan struct{} // it may go on; capacity 1

	// What it is about to do.
	kind   sched.OpKind
	object unsafe.Pointer
	what   sched.ObjectKind
	comms  []sched.Comm // of a communication or a select
	isTry  bool
	queued bool          // it waits for an RWMutex to write, which holds up readers
	until  time.Duration // of a sleep
	site   *sched.Site
	addr   unsafe.Pointer
	size   uintptr
	at     sched.Stack
	wait   sched.Wait // for others to see
	done   bool       // the operation is over: it has only to go on
	told   bool       // it is told to wait, as others have made it
	stuck  bool       // it could not go on when it came there

	holding   atomic.Bool // it is in await
	signalled bool        // the condition that it is going to wait for has been signalled

	cond   unsafe.Pointer // whose list it is in, or nil
	chosen int            // the case of its select, or -1
	meets  *thread        // the one at the other end of an unbuffered channel, if that waits
	ready  chan struct{}  // of that one: it has begun to wait at the channel; capacity 1
}

// Kinds of steps that are none of sched's operations.
const (
	opRest   = sched.OpEnd     // the main function has returned
	opLeave  = sched.OpPanic   // the main function of a program has returned
	opResume = sched.OpUnblock // it has waited
)

// threadOf is g's thread, or nil.
func threadOf(g *sched.G) *thread {
	t, _ := g.Slots().Controlled.(*thread)
	return t
}

// born notes a goroutine that is about to begin. c.mu is held.
func (c *Control) born(g *sched.G) *thread {
	t := &thread{g: g, id: c.number, gate: make(chan struct{}, 1), ready: make(chan struct{}, 1), kind: sched.OpBegin, chosen: -1}
	c.number++
	g.Slots().Controlled = t
	c.threads = append(c.threads, t)
	return t
}

// gone forgets a thread. c.mu is held.
func (c *Control) gone(t *thread) {
	t.state = loose
	t.g.Slots().Controlled = nil
	if t.cond != nil {
		c.leavesCond(t)
	}
	for i, x := range c.threads {
		if x == t {
			c.threads = append(c.threads[:i], c.threads[i+1:]...)
			break
		}
	}
}
