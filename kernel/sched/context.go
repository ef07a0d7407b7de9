package sched

import (
	"context"
	"time"
)

// MakesContext tells that g has made a context, of whose Done channel and of whose
// parent's those are; left is how long until its deadline, or 0 if it has none of its
// own. The engine calls it for observed goroutines.
func (g *G) MakesContext(done, parent <-chan struct{}, left time.Duration, at Stack) {
	o := g.Observation()
	if o == nil {
		return
	}
	x := g.object(ChanPointer(done), ObjectChannel)
	if x == nil {
		return // it has a Done of the program's own
	}
	x.tell(o, g, &Op{Kind: OpContext, Object: x, N: int64(left), Parent: g.object(ChanPointer(parent), ObjectChannel), At: at})
}

// StartsTimer tells that g has started a timer or ticker that sends on ch in d. The
// engine calls it for observed goroutines.
func (g *G) StartsTimer(ch <-chan time.Time, d time.Duration, at Stack) {
	o := g.Observation()
	if o == nil {
		return
	}
	if x := g.object(ChanPointer(ch), ObjectChannel); x != nil {
		x.tell(o, g, &Op{Kind: OpTimer, Object: x, N: int64(d), At: at})
	}
}

// Cancel has do cancel ctx, on whatever goroutine calls.
func Cancel(ctx context.Context, do func()) {
	g, own := Here()
	if !own || g.Observation() == nil || ctx.Err() != nil {
		do()
		return
	}
	g.changes(OpCancel, ObjectChannel, ChanPointer(ctx.Done()), 0, do)
}
