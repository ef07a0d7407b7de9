package control

import (
	"github.com/gosched/gosched/kernel/sched"
)

// A Race is two accesses to the same memory, one of which at least writes, by
// goroutines that could both go on with them: nothing orders them.
type Race struct {
	First, Second Access
}

// An Access is one side of a race.
type Access struct {
	Goroutine int
	Write     bool
	Atomic    bool
	Site      *sched.Site
	At        []sched.Place
}

// conflicts looks for others that are about to access the same memory as t. c.mu
// is held.
func (c *Control) conflicts(t *thread) {
	if !isAccess(t.kind) {
		return
	}
	for _, o := range c.threads {
		if o == t || o.state != held || o.done || !isAccess(o.kind) || !overlap(t, o) {
			continue
		}
		if !t.isWrite() && !o.isWrite() || t.isAtomic() && o.isAtomic() {
			continue
		}
		pair := [2]*sched.Site{o.site, t.site}
		if c.raced[pair] || c.raced[[2]*sched.Site{t.site, o.site}] {
			continue
		}
		c.raced[pair] = true
		c.races = append(c.races, Race{First: o.access(), Second: t.access()})
	}
}

func isAccess(k sched.OpKind) bool {
	switch k {
	case sched.OpLoad, sched.OpStore, sched.OpAtomicLoad, sched.OpAtomicStore, sched.OpAtomicUpdate:
		return true
	}
	return false
}

func (t *thread) isWrite() bool {
	return t.kind == sched.OpStore || t.kind == sched.OpAtomicStore || t.kind == sched.OpAtomicUpdate
}

func (t *thread) isAtomic() bool { return t.kind != sched.OpLoad && t.kind != sched.OpStore }

func overlap(a, b *thread) bool {
	x, y := uintptr(a.addr), uintptr(b.addr)
	return x < y+b.size && y < x+a.size
}

func (t *thread) access() Access {
	a := Access{Goroutine: t.g.Number(), Write: t.isWrite(), Atomic: t.isAtomic(), Site: t.site}
	if t.at != nil {
		a.At = t.at.Places(maxPlaces)
	}
	return a
}
