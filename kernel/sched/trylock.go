package sched

import (
	"sync"
	"unsafe"

	"github.com/gosched/gosched/kernel/sched/holding"
	"github.com/gosched/gosched/kernel/sched/wait"
)

// TryLock is m.TryLock.
func (g *G) TryLock(m *sync.Mutex) bool {
	if g.watch != nil {
		return g.triesLock(wait.Mutex, unsafe.Pointer(m))
	}
	ok := m.TryLock()
	if ok {
		g.held.Take(keyOf(unsafe.Pointer(m)))
	}
	return ok
}

// TryRWLock is m.TryLock.
func (g *G) TryRWLock(m *sync.RWMutex) bool {
	if g.watch != nil {
		return g.triesLock(wait.RWLock, unsafe.Pointer(m))
	}
	ok := m.TryLock()
	if ok {
		g.held.Take(keyOf(unsafe.Pointer(m)))
	}
	return ok
}

// TryRLock is m.TryRLock.
func (g *G) TryRLock(m *sync.RWMutex) bool {
	if g.watch != nil {
		return g.triesLock(wait.RLock, unsafe.Pointer(m))
	}
	ok := m.TryRLock()
	if ok {
		g.held.Take(keyOf(unsafe.Pointer(m)) | holding.Shared)
	}
	return ok
}

// gives notes that g has released the lock at key. It is inlined.
func (g *G) gives(key uintptr) {
	if !g.held.Gave(key) {
		g.givesMore(key)
	}
}

// givesMore is gives for who has several locks. A mutex that one has unlocked which had
// not locked it is from then on one of which nobody knows who has it.
func (g *G) givesMore(key uintptr) {
	if !g.held.Give(key) {
		g.exec.s.lots.Strayed(key &^ holding.Shared)
	}
}
