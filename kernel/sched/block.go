package sched

import (
	"unsafe"

	"github.com/gosched/gosched/kernel/sched/wait"
)

// What G.waiting says. Only the goroutine itself writes what it waits for, while
// it is not waiting; others read that, and the goroutine's frames, while they
// hold it in inspected, so that blocking takes no lock.
const (
	notWaiting int32 = iota
	isWaiting        // between Block and Unblock
	inspected        // the same, and Unblock waits for g.mu
)

// Block records that g is about to wait and returns the channel that is closed
// when g is to stop instead. A caller that finds it closed calls
// [G.Unblock] and [G.Unwind]. Only g itself may call Block; w is copied.
func (g *G) Block(w *Wait) <-chan struct{} {
	if g.out.Begun() {
		g.exec.out.Release(&g.out)
	}
	p := g.private()
	stop := g.stopChan(p)
	p.wait = *w
	g.waits()
	return stop
}

// blockOn is Block for a wait on one object, in less time, for callers that
// have seen to how g is woken when it is to stop.
func (g *G) blockOn(kind wait.Kind, object unsafe.Pointer, at Stack, site *Site) {
	if g.out.Begun() {
		g.exec.out.Release(&g.out)
	}
	p := g.private()
	p.wait.Kind, p.wait.Object, p.wait.At, p.wait.Site = kind, object, at, site
	g.waits()
}

func (g *G) waits() {
	g.seq++
	g.since = g.exec.s.clock.stamp()
	if g.watch != nil {
		g.blocks()
	}
	g.waiting.Store(isWaiting)
}

// Unblock records that the wait is over.
func (g *G) Unblock() {
	if !g.waiting.CompareAndSwap(isWaiting, notWaiting) {
		g.mu.Lock() // whoever inspects g holds it
		g.waiting.Store(notWaiting)
		g.mu.Unlock()
	}
	p := g.private()
	if p.wait.Cases != nil {
		p.few = [len(p.few)]Case{}
		p.wait.Cases = nil
	}
	if g.watch != nil {
		g.unblocks()
	}
	p.wait.Object, p.wait.At = nil, nil // Kind and Site keep nothing alive
}

// isBlocked reports whether g is between Block and Unblock, which may have
// changed when it returns.
func (g *G) isBlocked() bool { return g.waiting.Load() != notWaiting }

// inspect reports whether g waits, and if so keeps it from going on until
// inspectionEnds, so that what it waits for, and its frames, can be read. g.mu
// is held all the while.
func (g *G) inspect() bool {
	return g.own != 0 && g.waiting.CompareAndSwap(isWaiting, inspected)
}

func (g *G) inspectionEnds() { g.waiting.Store(isWaiting) }
