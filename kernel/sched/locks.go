package sched

import (
	"runtime"
	"sync"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/sched/holding"
	"github.com/gosched/gosched/kernel/sched/park"
	"github.com/gosched/gosched/kernel/sched/wait"
)

// Lock is m.Lock for g. Stopping g while it waits unwinds it, and the lock goes
// to somebody else.
func (g *G) Lock(m *sync.Mutex, at Stack, site *Site) {
	if g.watch != nil {
		g.locks(wait.Mutex, unsafe.Pointer(m), at, site)
		return
	}
	ls := &g.exec.s.lots
	if ls.Open() && m.TryLock() {
		if !g.doomed.Load() {
			g.held.Take(keyOf(unsafe.Pointer(m)))
			return
		}
		g.release(wait.Mutex, unsafe.Pointer(m))
	}
	g.acquire(wait.Mutex, unsafe.Pointer(m), at, site)
	g.held.Take(keyOf(unsafe.Pointer(m)))
}

// Unlock is m.Unlock.
func (g *G) Unlock(m *sync.Mutex) {
	if g.watch != nil {
		g.unlocks(wait.Mutex, unsafe.Pointer(m))
		return
	}
	m.Unlock()
	g.gives(keyOf(unsafe.Pointer(m)))
	if g.exec.s.lots.Wakeable() {
		g.wakeOne(unsafe.Pointer(m))
	}
}

// RWLock is m.Lock for g, see Lock.
func (g *G) RWLock(m *sync.RWMutex, at Stack, site *Site) {
	if g.watch != nil {
		g.locks(wait.RWLock, unsafe.Pointer(m), at, site)
		return
	}
	ls := &g.exec.s.lots
	if ls.Open() && m.TryLock() {
		if !g.doomed.Load() {
			g.held.Take(keyOf(unsafe.Pointer(m)))
			return
		}
		g.release(wait.RWLock, unsafe.Pointer(m))
	}
	g.acquire(wait.RWLock, unsafe.Pointer(m), at, site)
	g.held.Take(keyOf(unsafe.Pointer(m)))
}

// RWUnlock is m.Unlock.
func (g *G) RWUnlock(m *sync.RWMutex) {
	if g.watch != nil {
		g.unlocks(wait.RWLock, unsafe.Pointer(m))
		return
	}
	m.Unlock()
	g.gives(keyOf(unsafe.Pointer(m)))
	if g.exec.s.lots.Wakeable() {
		g.wakeOne(unsafe.Pointer(m))
	}
}

// RLock is m.RLock for g, see Lock.
func (g *G) RLock(m *sync.RWMutex, at Stack, site *Site) {
	if g.watch != nil {
		g.locks(wait.RLock, unsafe.Pointer(m), at, site)
		return
	}
	ls := &g.exec.s.lots
	if ls.Open() && m.TryRLock() {
		if !g.doomed.Load() {
			g.held.Take(keyOf(unsafe.Pointer(m)) | holding.Shared)
			return
		}
		g.release(wait.RLock, unsafe.Pointer(m))
	}
	g.acquire(wait.RLock, unsafe.Pointer(m), at, site)
	g.held.Take(keyOf(unsafe.Pointer(m)) | holding.Shared)
}

// RUnlock is m.RUnlock.
func (g *G) RUnlock(m *sync.RWMutex) {
	if g.watch != nil {
		g.unlocks(wait.RLock, unsafe.Pointer(m))
		return
	}
	m.RUnlock()
	g.gives(keyOf(unsafe.Pointer(m)) | holding.Shared)
	if g.exec.s.lots.Wakeable() {
		g.wakeOne(unsafe.Pointer(m))
	}
}

// keyOf is the address of what is waited for, as packages park and holding know it.
func keyOf(p unsafe.Pointer) uintptr { return uintptr(p) }

// parkingPlace is g's own place in a lot, for a wait of this kind.
func (g *G) parkingPlace(kind wait.Kind) *park.Waiter {
	p := g.private()
	if p.waiter == nil {
		p.waiter = park.NewWaiter(g)
	}
	p.waiter.Begin(kind)
	return p.waiter
}

// LockLocker is l.Lock for g, stoppable where l is one of package sync's own.
func (g *G) LockLocker(l sync.Locker, at Stack, site *Site) {
	switch m := l.(type) {
	case *sync.Mutex:
		g.Lock(m, at, site)
	case *sync.RWMutex:
		g.RWLock(m, at, site)
	default:
		if m := g.rLocker(l); m != nil {
			g.RLock(m, at, site)
			return
		}
		l.Lock()
	}
}

// UnlockLocker is l.Unlock.
func (g *G) UnlockLocker(l sync.Locker) {
	switch m := l.(type) {
	case *sync.Mutex:
		g.Unlock(m)
	case *sync.RWMutex:
		g.RWUnlock(m)
	default:
		if m := g.rLocker(l); m != nil {
			g.RUnlock(m)
			return
		}
		l.Unlock()
	}
}

// try takes a lock if it is free and g may take it: one that is about to be
// stopped would take it along.
func (g *G) try(kind wait.Kind, p unsafe.Pointer) bool {
	if g.doomed.Load() {
		return false
	}
	switch kind {
	case wait.Mutex:
		m := (*sync.Mutex)(p)
		if !m.TryLock() {
			return false
		}
		if g.doomed.Load() {
			g.release(kind, p)
			return false
		}
	case wait.RWLock:
		m := (*sync.RWMutex)(p)
		if !m.TryLock() {
			return false
		}
		if g.doomed.Load() {
			g.release(kind, p)
			return false
		}
	default:
		m := (*sync.RWMutex)(p)
		if !m.TryRLock() {
			return false
		}
		if g.doomed.Load() {
			g.release(kind, p)
			return false
		}
	}
	return true
}

// release undoes try.
func (g *G) release(kind wait.Kind, p unsafe.Pointer) {
	switch kind {
	case wait.Mutex:
		(*sync.Mutex)(p).Unlock()
	case wait.RWLock:
		(*sync.RWMutex)(p).Unlock()
	default:
		(*sync.RWMutex)(p).RUnlock()
	}
	g.wakeOne(p)
}

// wakeOne wakes one who waits for the lock at p.
func (g *G) wakeOne(p unsafe.Pointer) {
	g.exec.s.lots.WakeOne(keyOf(p))
	runtime.KeepAlive(p) // who is about to be woken must not be found leaked
}

// wakeFirst wakes the first n who wait for what is at p, all of them with -1, and
// returns how many it has woken.
func (g *G) wakeFirst(p unsafe.Pointer, n int) int {
	woken := g.exec.s.lots.WakeFirst(keyOf(p), n)
	runtime.KeepAlive(p) // see wakeOne
	return woken
}

// spins is how often a lock that is taken is tried again before parking: a few
// hundred nanoseconds, as long as short critical sections take.
const spins = 60

// acquire takes a lock that was not free, or whose barrier may be up.
func (g *G) acquire(kind wait.Kind, p unsafe.Pointer, at Stack, site *Site) {
	ls := &g.exec.s.lots
	key := keyOf(p)
	if !ls.Barred(key) {
		for range spins {
			if g.try(kind, p) {
				return
			}
		}
	}
	w := g.parkingPlace(kind)
	if barred := ls.Enter(key, w); !barred && g.try(kind, p) {
		ls.Exit(key, w, true)
		return
	}
	stop := g.Block(&Wait{Kind: kind, Object: p, Site: site, At: at})
	never := g.exec.s.unlikeChannels(stop)
	for {
		select {
		case <-never:
		case <-w.Ready():
			if !g.try(kind, p) {
				ls.Again(key, w)
				if !g.try(kind, p) {
					continue
				}
			}
			ls.Exit(key, w, true)
			g.Unblock()
			return
		case <-stop:
			ls.Exit(key, w, false)
			g.Unblock()
			g.Unwind()
		}
	}
}

// rLocker returns the mutex whose RLocker l is, or nil.
func (g *G) rLocker(l sync.Locker) *sync.RWMutex {
	if !g.exec.s.known.rLockers {
		return nil
	}
	return goruntime.RLockerOf(l)
}
