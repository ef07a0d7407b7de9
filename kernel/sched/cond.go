package sched

import (
	"sync"
	"unsafe"
)

// CondWait is c.Wait for g. Goroutines that wait here are woken by
// [G.CondSignal] and [G.CondBroadcast], not by native calls of c.Signal.
// When g is stopped, c.L is taken again before its deferred calls run, which
// expect that; where that takes too long they are skipped.
func (g *G) CondWait(c *sync.Cond, at Stack, site *Site) {
	ls := &g.exec.s.lots
	key := keyOf(unsafe.Pointer(c))
	w := g.parkingPlace(KindCond)
	ls.enter(key, w)
	left := false
	defer func() {
		if !left { // c.L.Unlock panicked or ended the goroutine
			ls.exit(key, w, true)
		}
	}()
	g.UnlockLocker(c.L)
	stop := g.Block(&Wait{Kind: KindCond, Object: unsafe.Pointer(c), Site: site, At: at})
	stopped := false
	select {
	case <-w.ready:
	case <-stop:
		stopped = true
	}
	g.Unblock()
	left = true
	signalled := ls.leaveCond(key, w)
	if !stopped {
		g.LockLocker(c.L, at, site)
		return
	}
	if signalled {
		g.CondSignal(c) // not ours to swallow
	}
	if g.EnterDeferred() {
		defer g.LeaveDeferred()
		g.LockLocker(c.L, at, site)
	}
	g.Unwind()
}

// leaveCond takes w out of its lot and reports whether a signal that it has
// not received was meant for it.
func (ls *parkingLots) leaveCond(key uintptr, w *waiter) (signalled bool) {
	sh := ls.shard(key)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	l := sh.lots[key]
	if w.queued {
		l.remove(w)
	} else {
		select {
		case <-w.ready:
			signalled = true
		default:
		}
	}
	l.refs--
	ls.parked.Add(-1)
	if l.refs == 0 {
		delete(sh.lots, key)
	}
	return signalled
}

// CondSignal is c.Signal.
func (g *G) CondSignal(c *sync.Cond) {
	if g.exec.s.lots.wakeFirst(keyOf(unsafe.Pointer(c)), 1) == 0 {
		c.Signal()
	}
}

// CondBroadcast is c.Broadcast.
func (g *G) CondBroadcast(c *sync.Cond) {
	g.exec.s.lots.wakeFirst(keyOf(unsafe.Pointer(c)), -1)
	c.Broadcast()
}
