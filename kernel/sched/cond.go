package sched

import (
	"sync"
	"unsafe"

	"github.com/gosched/gosched/kernel/sched/wait"
)

// CondWait is c.Wait for g. Goroutines that wait here are woken by
// [G.CondSignal] and [G.CondBroadcast], not by native calls of c.Signal.
// When g is stopped, c.L is taken again before its deferred calls run, which
// expect that; where that takes too long they are skipped.
func (g *G) CondWait(c *sync.Cond, at Stack, site *Site) {
	if g.watch != nil {
		g.awaits(OpCondWait, ObjectCond, unsafe.Pointer(c), at, site, func() { g.awaitCond(c, at, site) })
		return
	}
	g.awaitCond(c, at, site)
}

func (g *G) awaitCond(c *sync.Cond, at Stack, site *Site) {
	ls := &g.exec.s.lots
	key := keyOf(unsafe.Pointer(c))
	w := g.parkingPlace(wait.Cond)
	ls.Enter(key, w)
	left, unlocked := false, false
	defer func() {
		if left {
			return
		}
		// c.L.Unlock panicked or ended the goroutine, or whoever controls it did.
		ls.Exit(key, w, true)
		if unlocked {
			g.lockToUnwind(c.L, at, site)
		}
	}()
	g.UnlockLocker(c.L)
	unlocked = true
	stop := g.Block(&Wait{Kind: wait.Cond, Object: unsafe.Pointer(c), Site: site, At: at})
	stopped := false
	select {
	case <-w.Ready():
	case <-stop:
		stopped = true
	}
	g.Unblock()
	left = true
	signalled := ls.LeaveCond(key, w)
	if stopped {
		if signalled {
			g.signal(c) // not ours to swallow
		}
		g.lockToUnwind(c.L, at, site)
		g.Unwind()
	}
	locked := false
	defer func() {
		if !locked { // it has been stopped since
			g.lockToUnwind(c.L, at, site)
		}
	}()
	g.LockLocker(c.L, at, site)
	locked = true
}

// lockToUnwind takes a lock for deferred calls of a goroutine that is being stopped,
// if they are to run.
func (g *G) lockToUnwind(l sync.Locker, at Stack, site *Site) {
	if g.EnterDeferred() {
		defer g.LeaveDeferred()
		g.LockLocker(l, at, site)
	}
}

// CondSignal is c.Signal.
func (g *G) CondSignal(c *sync.Cond) {
	if g.watch != nil {
		g.changes(OpSignal, ObjectCond, unsafe.Pointer(c), 1, func() { g.signal(c) })
		return
	}
	g.signal(c)
}

func (g *G) signal(c *sync.Cond) {
	if g.wakeFirst(unsafe.Pointer(c), 1) == 0 {
		c.Signal()
	}
}

// CondBroadcast is c.Broadcast.
func (g *G) CondBroadcast(c *sync.Cond) {
	if g.watch != nil {
		g.changes(OpSignal, ObjectCond, unsafe.Pointer(c), -1, func() { g.broadcast(c) })
		return
	}
	g.broadcast(c)
}

func (g *G) broadcast(c *sync.Cond) {
	g.wakeFirst(unsafe.Pointer(c), -1)
	c.Broadcast()
}
