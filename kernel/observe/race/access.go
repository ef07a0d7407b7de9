package race

import (
	"unsafe"

	"github.com/gosched/gosched/kernel/sched"
)

// A Kind says how memory is accessed.
type Kind uint8

// The kinds of accesses. Atomic is added for those of package sync/atomic, which
// do not race with each other.
const (
	Read   Kind = 0
	Write  Kind = 1
	Atomic Kind = 2
)

// Access is told before g, which is there, reads or writes size bytes at p. Of
// what the site says, the place is needed where at is nil.
func (g *Goroutine) Access(p unsafe.Pointer, size uintptr, kind Kind, site *sched.Site, at sched.Stack) {
	whole := p
	first := uintptr(p) & (1<<wordBits - 1)
	if first+size <= 1<<wordBits {
		if size != 0 {
			g.word(p, whole, uint8((1<<size-1)<<first), kind, site, at)
		}
		return
	}
	if first != 0 {
		g.word(p, whole, uint8(0xff<<first), kind, site, at)
		size -= 1<<wordBits - first
		p = unsafe.Add(p, 1<<wordBits-first)
	}
	for ; size > 1<<wordBits; size -= 1 << wordBits {
		g.word(p, whole, 0xff, kind, site, at)
		p = unsafe.Add(p, 1<<wordBits)
	}
	g.word(p, whole, uint8(1<<size-1), kind, site, at)
}

// word is Access for some bytes of one word, of an access to what is at whole.
func (g *Goroutine) word(q, whole unsafe.Pointer, bytes uint8, kind Kind, site *sched.Site, at sched.Stack) {
	addr := uintptr(q)
	p := g.page(addr>>pageBits, true)
	if p == nil {
		return
	}
	i := addr >> wordBits & (pageWords - 1)
	w := &p.words[i]
	// What was noted in this epoch already says the same again. Of a read, a
	// write says it too.
	e := uint64(g.epoch) | uint64(bytes)
	if kind&Atomic == 0 {
		if have := w.wrote.Load(); have&^0xff == uint64(g.epoch) && have&uint64(bytes) == uint64(bytes) {
			return
		}
		if kind == Read {
			if have := w.read.Load(); have&^0xff == uint64(g.epoch) && have&uint64(bytes) == uint64(bytes) {
				return
			}
		}
	}
	g.touched = true
	if !site.Variable {
		g.d.cycles.hold(q)
	}
	now := access{epoch: epoch(e), at: g.spot(site, at), cycle: g.d.cycle(), write: kind&Write != 0}
	if kind&Atomic != 0 {
		now.epoch |= atomically
	}
	w.acquire()
	found := w.note(g, now)
	w.release()
	if found != nil {
		g.d.race(g, whole, &now, at, found, false)
	}
}

// conflicts reports whether the two race if nothing orders them.
func (a *access) conflicts(b *access) bool {
	return a.epoch.bytes()&b.epoch.bytes() != 0 && (a.write || b.write) &&
		!(a.epoch.atomic() && b.epoch.atomic())
}

// replaces reports whether whatever races with old, which happened before a,
// also races with a.
func (a *access) replaces(old *access) bool {
	return old.epoch.bytes()&^a.epoch.bytes() == 0 && (a.write || !old.write) &&
		(!a.epoch.atomic() || old.epoch.atomic())
}

// note remembers an access and returns those that it races with.
func (w *word) note(g *Goroutine, now access) (found []access) {
	var kept [2]access // what the word has room for but now takes, to be kept elsewhere
	n := 0
	look := func(old *access) (keep bool) {
		if g.knows(old.epoch) {
			return !now.replaces(old)
		}
		if now.conflicts(old) {
			found = append(found, *old)
			return !now.replaces(old) // it is told; what comes after is told of now
		}
		return true
	}
	if e := epoch(w.wrote.Load()); e != 0 {
		old := access{epoch: e, at: w.wroteAt, cycle: w.wroteCycle, write: true}
		switch keep := look(&old); {
		case keep && now.write:
			kept[n] = old
			n++
		case !keep:
			w.wrote.Store(0)
		}
	}
	if e := epoch(w.read.Load()); e != 0 {
		old := access{epoch: e, at: w.readAt, cycle: w.readCycle}
		switch keep := look(&old); {
		case keep && !now.write:
			kept[n] = old
			n++
		case !keep:
			w.read.Store(0)
		}
	}
	if len(w.more) > 0 || n > 0 {
		list := w.more[:0]
		for k := range w.more {
			if look(&w.more[k]) {
				list = append(list, w.more[k])
			}
		}
		list = append(list, kept[:n]...)
		if n := len(list) - moreKept; n > 0 {
			list = append(list[:0], list[n:]...)
		}
		w.more = list
	}
	w.put(&now)
	return found
}

// put makes a the word's last write, or read.
func (w *word) put(a *access) {
	if a.write {
		w.wroteAt, w.wroteCycle = a.at, a.cycle
		w.wrote.Store(uint64(a.epoch))
	} else {
		w.readAt, w.readCycle = a.at, a.cycle
		w.read.Store(uint64(a.epoch))
	}
}
