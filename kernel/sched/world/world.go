/*
Package world knows what, besides goroutines, could wake one: timers that call a
function, contexts with a deadline, and channels on which the world outside sends. It
keeps none of them in memory longer than need be, and knows nothing of who waits.

Timers that send on a channel need not be known: they show in the channel.
*/
package world

import (
	"context"
	"sync"
	"time"
	"unsafe"
	"weak"

	"github.com/gosched/gosched/kernel/goruntime"
)

// Wakers are those of a session.
type Wakers struct {
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

// nanotime is the time that a due is compared with.
func nanotime() int64 { return int64(time.Since(base)) }

var base = time.Now()

// Timer tells that t, which calls a function, was started or reset to fire after d.
func (w *Wakers) Timer(t *time.Timer, d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pruneLocked()
	w.funcs = append(w.funcs, funcTimer{weak.Make(t), nanotime() + int64(d)})
}

// Context tells that ctx was made. It matters if it has a deadline.
func (w *Wakers) Context(ctx context.Context) {
	if _, ok := ctx.Deadline(); !ok {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pruneLocked()
	w.contexts = append(w.contexts, ctx)
}

// External tells that something outside the session may send on the channel with that
// pointer, such as signal.Notify.
func (w *Wakers) External(channel unsafe.Pointer) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.external == nil {
		w.external = make(map[weak.Pointer[byte]]struct{})
	}
	w.external[weak.Make((*byte)(channel))] = struct{}{}
}

// IsExternal reports whether something outside may send on that channel.
func (w *Wakers) IsExternal(channel unsafe.Pointer) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.external) == 0 || channel == nil {
		return false
	}
	_, ok := w.external[weak.Make((*byte)(channel))]
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

// Pending reports whether a known timer or deadline is still to come; readable
// says that timers can be read.
func (w *Wakers) Pending(readable bool) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pruneNow()
	return w.callsPendingLocked(readable) || len(w.contexts) > 0
}

// CallsPending reports whether a known timer is still to call a function.
func (w *Wakers) CallsPending(readable bool) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.callsPendingLocked(readable)
}

func (w *Wakers) callsPendingLocked(readable bool) bool {
	for _, f := range w.funcs {
		if timer := f.timer.Value(); timer != nil && f.pending(timer, readable) {
			return true
		}
	}
	return false
}

// pruneLocked drops what is over when there may be much of it.
func (w *Wakers) pruneLocked() {
	if len(w.funcs)+len(w.contexts) < max(64, w.prune) {
		return
	}
	w.pruneNow()
	w.prune = 2 * (len(w.funcs) + len(w.contexts))
}

func (w *Wakers) pruneNow() {
	funcs := w.funcs[:0]
	for _, f := range w.funcs {
		if f.timer.Value() != nil {
			funcs = append(funcs, f)
		}
	}
	clear(w.funcs[len(funcs):])
	w.funcs = funcs
	contexts := w.contexts[:0]
	for _, ctx := range w.contexts {
		if ctx.Err() == nil {
			contexts = append(contexts, ctx)
		}
	}
	clear(w.contexts[len(contexts):])
	w.contexts = contexts
}

// Forget drops what is over, so that it does not keep channels alive.
func (w *Wakers) Forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pruneNow()
}
