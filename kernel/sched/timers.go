package sched

import (
	"context"
	"sync"
	"time"
	"unsafe"
	"weak"

	"github.com/gosched/gosched/kernel/goruntime"
)

// timers knows what, besides goroutines, could wake one: pending timers that
// call a function, contexts with a deadline, and channels on which the world
// outside sends. Timers that send on a channel need not be known: they show in
// the channel (see Scheduler.wakes).
type timers struct {
	mu       sync.Mutex
	funcs    []funcTimer
	contexts []context.Context
	prune    int // length of funcs and contexts at which to drop what is over
	external map[weak.Pointer[byte]]struct{}
}

type funcTimer struct {
	timer weak.Pointer[time.Timer]
	due   int64 // nanotime, for runtimes whose timers we cannot read
}

// AfterFunc is time.AfterFunc: fn runs as a goroutine of g's execution.
func (s *Scheduler) AfterFunc(g *G, d time.Duration, at Place, name string, fn func(g *G)) *time.Timer {
	t := time.AfterFunc(d, g.Callback(at, name, fn))
	s.WatchTimer(t, d)
	return t
}

// WatchTimer tells that t, which calls a function, was started or reset to fire
// after d.
func (s *Scheduler) WatchTimer(t *time.Timer, d time.Duration) {
	s.timers.mu.Lock()
	defer s.timers.mu.Unlock()
	s.timers.pruneLocked()
	s.timers.funcs = append(s.timers.funcs, funcTimer{weak.Make(t), nanotime() + int64(d)})
}

// WatchContext tells that ctx was made with a deadline or timeout.
func (s *Scheduler) WatchContext(ctx context.Context) {
	if _, ok := ctx.Deadline(); !ok {
		return
	}
	s.timers.mu.Lock()
	defer s.timers.mu.Unlock()
	s.timers.pruneLocked()
	s.timers.contexts = append(s.timers.contexts, ctx)
}

// MarkExternal tells that something outside the session may send on a channel,
// such as signal.Notify. channel is its ChanPointer.
func (s *Scheduler) MarkExternal(channel unsafe.Pointer) {
	s.timers.mu.Lock()
	defer s.timers.mu.Unlock()
	if s.timers.external == nil {
		s.timers.external = make(map[weak.Pointer[byte]]struct{})
	}
	s.timers.external[weak.Make((*byte)(channel))] = struct{}{}
}

func (t *timers) isExternal(channel unsafe.Pointer) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.external) == 0 || channel == nil {
		return false
	}
	_, ok := t.external[weak.Make((*byte)(channel))]
	return ok
}

// pending reports whether f's timer is still to fire; where that cannot be read
// in it, how long ago it was to fire must do.
func (f *funcTimer) pending(timer *time.Timer, readable bool) bool {
	if readable {
		return goruntime.TimerPending(timer)
	}
	return nanotime() < f.due+int64(time.Second)
}

// pending reports whether a known timer or deadline is still to come; readable
// says that timers can be read.
func (t *timers) pending(readable bool) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.pruneNow()
	return t.callsPendingLocked(readable) || len(t.contexts) > 0
}

// callsPending reports whether a known timer is still to call a function.
func (t *timers) callsPending(readable bool) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.callsPendingLocked(readable)
}

func (t *timers) callsPendingLocked(readable bool) bool {
	for _, f := range t.funcs {
		if timer := f.timer.Value(); timer != nil && f.pending(timer, readable) {
			return true
		}
	}
	return false
}

// pruneLocked drops what is over when there may be much of it.
func (t *timers) pruneLocked() {
	if len(t.funcs)+len(t.contexts) < max(64, t.prune) {
		return
	}
	t.pruneNow()
	t.prune = 2 * (len(t.funcs) + len(t.contexts))
}

func (t *timers) pruneNow() {
	funcs := t.funcs[:0]
	for _, f := range t.funcs {
		if f.timer.Value() != nil {
			funcs = append(funcs, f)
		}
	}
	clear(t.funcs[len(funcs):])
	t.funcs = funcs
	contexts := t.contexts[:0]
	for _, ctx := range t.contexts {
		if ctx.Err() == nil {
			contexts = append(contexts, ctx)
		}
	}
	clear(t.contexts[len(contexts):])
	t.contexts = contexts
}

// forget drops what is over, so that it does not keep channels alive.
func (t *timers) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.pruneNow()
}
