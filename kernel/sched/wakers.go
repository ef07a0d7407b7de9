package sched

import (
	"context"
	"time"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
)

// AfterFunc is time.AfterFunc: fn runs as a goroutine of g's execution.
func (s *Scheduler) AfterFunc(g *G, d time.Duration, at Place, name string, fn func(g *G)) *time.Timer {
	t := time.AfterFunc(d, g.Callback(at, name, fn))
	s.WatchTimer(t, d)
	return t
}

// WatchTimer tells that t, which calls a function, was started or reset to fire
// after d.
func (s *Scheduler) WatchTimer(t *time.Timer, d time.Duration) { s.wakers.Timer(t, d) }

// WatchContext tells that ctx was made with a deadline or timeout. It is called by the
// goroutine that has made it. What a bubble of package synctest holds is not watched:
// nobody outside may ask whether that is over, and nobody outside waits for it.
func (s *Scheduler) WatchContext(ctx context.Context) {
	if done := ctx.Done(); done != nil && s.known.bubbles && goruntime.InBubble(ChanPointer(done)) {
		return
	}
	s.wakers.Context(ctx)
}

// MarkExternal tells that something outside the session may send on a channel,
// such as signal.Notify. channel is its ChanPointer.
func (s *Scheduler) MarkExternal(channel unsafe.Pointer) { s.wakers.External(channel) }
