package sched

import (
	"slices"
	"sync"
	"unsafe"
)

// holdings are the locks that a goroutine has taken and not released. Only the
// goroutine itself writes them; others read them while it is inspected. They are
// addresses, not pointers: who has a lock is no reason for it to stay in memory.
//
// They say what locks are for: Go lets any goroutine unlock a mutex, and compiled
// code locks and unlocks unseen. A mutex that one has unlocked which had not
// locked it is from then on one of which nobody knows who has it.
type holdings struct {
	one  uintptr    // that it took while it had none here, or 0
	few  [4]uintptr // further ones, each in the place that its address says, or 0
	more *[]uintptr // those whose place was taken; nil if empty
}

// shared marks the address of a lock that is held for reading.
const shared uintptr = 1

// place is where in few the lock at key belongs.
func place(key uintptr) uintptr { return key >> 3 & 3 }

// took notes that g has the lock at key. It is inlined, like gives.
func (g *G) took(key uintptr) {
	if g.held.one == 0 {
		g.held.one = key
	} else {
		g.held.tookMore(key)
	}
}

func (h *holdings) tookMore(key uintptr) {
	if p := &h.few[place(key)]; *p == 0 {
		*p = key
		return
	}
	if h.more == nil {
		h.more = new([]uintptr)
	}
	*h.more = append(*h.more, key)
}

// gives notes that g has released the lock at key.
func (g *G) gives(key uintptr) {
	if g.held.one == key {
		g.held.one = 0
	} else {
		g.givesMore(key)
	}
}

func (g *G) givesMore(key uintptr) {
	h := &g.held
	if p := &h.few[place(key)]; *p == key {
		*p = 0
		return
	}
	if h.more != nil {
		if i := slices.Index(*h.more, key); i >= 0 {
			if *h.more = slices.Delete(*h.more, i, i+1); len(*h.more) == 0 {
				h.more = nil
			}
			return
		}
	}
	g.exec.s.lots.strayed(key &^ shared)
}

// all are the addresses, with their marks.
func (h *holdings) all() (all []uintptr) {
	if h.one != 0 {
		all = append(all, h.one)
	}
	for _, key := range h.few {
		if key != 0 {
			all = append(all, key)
		}
	}
	if h.more != nil {
		all = append(all, *h.more...)
	}
	return all
}

// locks are the addresses of all.
func (h *holdings) locks() []uintptr {
	all := h.all()
	for i := range all {
		all[i] &^= shared
	}
	return all
}

// maxStrays bounds what is remembered of locks whose holder is not known.
const maxStrays = 1024

// strayed notes that a lock was released by one who did not have it.
func (ls *parkingLots) strayed(key uintptr) {
	sh := ls.shard(key)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sh.strays == nil {
		sh.strays = make(map[uintptr]struct{})
	}
	if len(sh.strays) < maxStrays {
		sh.strays[key] = struct{}{}
	} else {
		sh.lost = true
	}
}

// isStray reports whether nobody knows who has the lock at key.
func (sh *lotShard) isStray(key uintptr) bool {
	_, stray := sh.strays[key]
	return stray || sh.lost
}

// TryLock is m.TryLock.
func (g *G) TryLock(m *sync.Mutex) bool {
	if g.watch != nil {
		return g.triesLock(KindMutex, unsafe.Pointer(m))
	}
	ok := m.TryLock()
	if ok {
		g.took(keyOf(unsafe.Pointer(m)))
	}
	return ok
}

// TryRWLock is m.TryLock.
func (g *G) TryRWLock(m *sync.RWMutex) bool {
	if g.watch != nil {
		return g.triesLock(KindRWLock, unsafe.Pointer(m))
	}
	ok := m.TryLock()
	if ok {
		g.took(keyOf(unsafe.Pointer(m)))
	}
	return ok
}

// TryRLock is m.TryRLock.
func (g *G) TryRLock(m *sync.RWMutex) bool {
	if g.watch != nil {
		return g.triesLock(KindRLock, unsafe.Pointer(m))
	}
	ok := m.TryRLock()
	if ok {
		g.took(keyOf(unsafe.Pointer(m)) | shared)
	}
	return ok
}
