package sched

import (
	"reflect"
	"sync"
	"unsafe"
)

// Lock is m.Lock for g. Stopping g while it waits unwinds it, and the lock goes
// to somebody else.
func (g *G) Lock(m *sync.Mutex, at Stack, site *Site) {
	ls := &g.exec.s.lots
	if ls.barriers.Load() == 0 && m.TryLock() {
		return
	}
	g.acquire(KindMutex, unsafe.Pointer(m), at, site)
}

// Unlock is m.Unlock.
func (g *G) Unlock(m *sync.Mutex) {
	m.Unlock()
	if ls := &g.exec.s.lots; ls.parked.Load() != 0 {
		ls.wakeOne(keyOf(unsafe.Pointer(m)))
	}
}

// RWLock is m.Lock for g, see Lock.
func (g *G) RWLock(m *sync.RWMutex, at Stack, site *Site) {
	ls := &g.exec.s.lots
	if ls.barriers.Load() == 0 && m.TryLock() {
		return
	}
	g.acquire(KindRWLock, unsafe.Pointer(m), at, site)
}

// RWUnlock is m.Unlock.
func (g *G) RWUnlock(m *sync.RWMutex) {
	m.Unlock()
	if ls := &g.exec.s.lots; ls.parked.Load() != 0 {
		ls.wakeOne(keyOf(unsafe.Pointer(m)))
	}
}

// RLock is m.RLock for g, see Lock.
func (g *G) RLock(m *sync.RWMutex, at Stack, site *Site) {
	ls := &g.exec.s.lots
	if ls.barriers.Load() == 0 && m.TryRLock() {
		return
	}
	g.acquire(KindRLock, unsafe.Pointer(m), at, site)
}

// RUnlock is m.RUnlock.
func (g *G) RUnlock(m *sync.RWMutex) {
	m.RUnlock()
	if ls := &g.exec.s.lots; ls.parked.Load() != 0 {
		ls.wakeOne(keyOf(unsafe.Pointer(m)))
	}
}

// rLocker is the type of what (*sync.RWMutex).RLocker returns, which is the
// mutex itself under another type.
var rLocker = reflect.TypeOf(new(sync.RWMutex).RLocker())

func asRLocker(l sync.Locker) *sync.RWMutex {
	if v := reflect.ValueOf(l); v.IsValid() && v.Type() == rLocker {
		return (*sync.RWMutex)(v.UnsafePointer())
	}
	return nil
}

// LockLocker is l.Lock for g, stoppable where l is one of package sync's own.
func (g *G) LockLocker(l sync.Locker, at Stack, site *Site) {
	switch m := l.(type) {
	case *sync.Mutex:
		g.Lock(m, at, site)
	case *sync.RWMutex:
		g.RWLock(m, at, site)
	default:
		if m := asRLocker(l); m != nil {
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
		if m := asRLocker(l); m != nil {
			g.RUnlock(m)
			return
		}
		l.Unlock()
	}
}

func try(kind Kind, p unsafe.Pointer) bool {
	switch kind {
	case KindMutex:
		return (*sync.Mutex)(p).TryLock()
	case KindRWLock:
		return (*sync.RWMutex)(p).TryLock()
	default:
		return (*sync.RWMutex)(p).TryRLock()
	}
}

// spins is how often a lock that is taken is tried again before parking: a few
// hundred nanoseconds, as long as short critical sections take.
const spins = 60

// acquire takes a lock that was not free, or whose barrier may be up.
func (g *G) acquire(kind Kind, p unsafe.Pointer, at Stack, site *Site) {
	ls := &g.exec.s.lots
	key := keyOf(p)
	if !ls.barred(key) {
		for range spins {
			if try(kind, p) {
				return
			}
		}
	}
	w := g.parkingPlace(kind)
	if barred := ls.enter(key, w); !barred && try(kind, p) {
		ls.exit(key, w, true)
		return
	}
	stop := g.Block(&Wait{Kind: kind, Object: p, Site: site, At: at})
	for {
		select {
		case <-w.ready:
			if !try(kind, p) {
				ls.again(key, w)
				if !try(kind, p) {
					continue
				}
			}
			ls.exit(key, w, true)
			g.Unblock()
			return
		case <-stop:
			ls.exit(key, w, false)
			g.Unblock()
			g.Unwind()
		}
	}
}
