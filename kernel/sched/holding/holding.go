/*
Package holding knows which locks goroutines have, and so who waits for whom. A lock is
its address and a goroutine a [Set] of them: the package follows no address, takes no
lock, and does not know who asks.
*/
package holding

import "slices"

// A Set is the locks that a goroutine has taken and not released. Only the goroutine
// itself changes it, and others read it only while it waits. They are addresses, not
// pointers: who has a lock is no reason for it to stay in memory.
//
// They say what locks are for: Go lets any goroutine unlock a mutex, and compiled
// code locks and unlocks unseen.
type Set struct {
	one  uintptr  // that it took while it had none here, or 0
	more *several // further ones; nil as long as it has never had any
}

type several struct {
	few  [4]uintptr // each in the place that its address says, or 0
	rest []uintptr  // those whose place was taken
}

// Shared marks the address of a lock that is held for reading.
const Shared uintptr = 1

// place is where in few the lock at key belongs.
func place(key uintptr) uintptr { return key >> 3 & 3 }

// Take notes that the goroutine has the lock at key. It is inlined.
func (h *Set) Take(key uintptr) {
	if h.one == 0 {
		h.one = key
	} else {
		h.takeMore(key)
	}
}

func (h *Set) takeMore(key uintptr) {
	if h.more == nil {
		h.more = new(several)
	}
	if p := &h.more.few[place(key)]; *p == 0 {
		*p = key
	} else {
		h.more.rest = append(h.more.rest, key)
	}
}

// Gave notes that the goroutine has released the lock at key, where that is the only
// one, or else may do nothing: then it is false, and [Set.Give] is to be called. It is
// inlined.
func (h *Set) Gave(key uintptr) bool {
	if h.one == key {
		h.one = 0
		return true
	}
	return false
}

// Give notes that the goroutine has released the lock at key. It is false if the
// goroutine did not have it, as far as is known.
func (h *Set) Give(key uintptr) (had bool) {
	if h.Gave(key) {
		return true
	}
	if h.more == nil {
		return false
	}
	if p := &h.more.few[place(key)]; *p == key {
		*p = 0
		return true
	}
	i := slices.Index(h.more.rest, key)
	if i < 0 {
		return false
	}
	if h.more.rest = slices.Delete(h.more.rest, i, i+1); len(h.more.rest) == 0 {
		h.more.rest = nil
	}
	return true
}

// All are the addresses, with their marks.
func (h *Set) All() (all []uintptr) {
	if h.one != 0 {
		all = append(all, h.one)
	}
	if h.more == nil {
		return all
	}
	for _, key := range h.more.few {
		if key != 0 {
			all = append(all, key)
		}
	}
	return append(all, h.more.rest...)
}

// Locks are the addresses without marks.
func (h *Set) Locks() []uintptr {
	all := h.All()
	for i := range all {
		all[i] &^= Shared
	}
	return all
}
