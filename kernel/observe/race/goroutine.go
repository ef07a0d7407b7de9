package race

import (
	"sync"
	"sync/atomic"

	"github.com/gosched/gosched/kernel/sched"
)

// An epoch is an access as one word: the slot of the goroutine, the value of
// its clock, the bytes of a word that it is about, and whether it was atomic.
//
//	atomic 1 bit | slot 23 bits | clock 32 bits | bytes 8 bits
type epoch uint64

const (
	maxSlots   = 1 << 23
	atomically = epoch(1 << 63)
)

func epochOf(slot, now uint32) epoch { return epoch(slot)<<40 | epoch(now)<<8 }

func (e epoch) slot() uint32  { return uint32(e &^ atomically >> 40) }
func (e epoch) clock() uint32 { return uint32(e >> 8) }
func (e epoch) bytes() uint8  { return uint8(e) }
func (e epoch) atomic() bool  { return e&atomically != 0 }

// An Origin says which goroutine it is and where it comes from.
type Origin struct {
	Number int
	Name   string
	Main   bool        // the main goroutine of a cell
	Parent int         // the number of the one that started it
	Start  sched.Place // of the go statement
	ended  atomic.Bool
}

// A Goroutine is what the detector knows of one goroutine. Only the goroutine
// itself calls its methods, or another one while it is certain to be blocked.
type Goroutine struct {
	d      *Detector
	origin *Origin
	clock  clock // but for its own slot
	slot   uint32
	now    uint32 // the value of its own slot
	epoch  epoch  // of slot and now
	// touched says that there has been an access since now was last raised.
	touched bool
	told    *atomic.Uint32 // now, for others
	pages   [cachedPages]cachedPage
	spots   map[spotKey]*spot
	lately  [latelySpots]struct {
		key  spotKey
		spot *spot
	}
}

// slots hands out the places that goroutines have in clocks. A slot is used
// again by a goroutine that knows all that the last one in it did: who then
// asks what it knows of the slot gets the right answer about both.
type slots struct {
	mu    sync.Mutex
	used  uint32
	free  []freeSlot
	users [][]user // of each slot, oldest first
	now   []*atomic.Uint32
}

type freeSlot struct{ slot, last uint32 }

// A user had a slot from a value of its clock on.
type user struct {
	from   uint32
	origin *Origin
}

const (
	slotsTried = 16   // free slots that are looked at
	usersKept  = 1000 // for reports about goroutines that have ended
)

// take returns a slot for a goroutine that knows what c does, and the first
// value of its clock.
func (s *slots) take(c *clock, o *Origin) (slot, now uint32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range min(len(s.free), slotsTried) {
		f := s.free[i]
		if c.get(f.slot) < f.last {
			continue
		}
		s.free = append(s.free[:i], s.free[i+1:]...)
		u := append(s.users[f.slot], user{f.last + 1, o})
		if len(u) > usersKept {
			u = append([]user(nil), u[len(u)/2:]...)
		}
		s.users[f.slot] = u
		return f.slot, f.last + 1
	}
	slot = s.used
	if slot == maxSlots-1 {
		return slot, 1 // shared by all that come from now on: nothing is found between them
	}
	s.used++
	s.users = append(s.users, []user{{1, o}})
	s.now = append(s.now, new(atomic.Uint32))
	return slot, 1
}

// word is where the value of a slot's clock is told to others.
func (s *slots) word(slot uint32) *atomic.Uint32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now[min(int(slot), len(s.now)-1)]
}

// all raises c to what has happened until now.
func (s *slots) all(c *clock) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, now := range s.now {
		c.raise(uint32(i), now.Load())
	}
}

// give returns a slot of which last is the latest value that anybody may ask
// about.
func (s *slots) give(slot, last uint32) {
	const lastOfAll = 1<<32 - 1024 // what is left is for no goroutine to do much in
	if last > lastOfAll {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.free = append(s.free, freeSlot{slot, last})
}

// user returns whose moment it is, or nil where that is forgotten.
func (s *slots) user(e epoch) *Origin {
	s.mu.Lock()
	defer s.mu.Unlock()
	if int(e.slot()) >= len(s.users) {
		return nil
	}
	u := s.users[e.slot()]
	for i := len(u) - 1; i >= 0; i-- {
		if u[i].from <= e.clock() {
			return u[i].origin
		}
	}
	return nil
}

// Start returns a goroutine that nothing is ordered before.
func (d *Detector) Start(o *Origin) *Goroutine { return d.begin(&clock{}, o) }

func (d *Detector) begin(c *clock, o *Origin) *Goroutine {
	g := &Goroutine{d: d, origin: o, clock: *c}
	g.takeSlot()
	return g
}

func (g *Goroutine) takeSlot() {
	g.slot, g.now = g.d.slots.take(&g.clock, g.origin)
	g.told = g.d.slots.word(g.slot)
	g.told.Store(g.now)
	g.epoch = epochOf(g.slot, g.now)
}

// Go returns a goroutine that g starts: all that g has done happened before
// it.
func (g *Goroutine) Go(o *Origin) *Goroutine {
	s := g.stamp()
	c := s.clock.share()
	c.raise(s.slot, s.now)
	g.tick()
	return g.d.begin(&c, o)
}

// After returns a goroutine that starts after all that was released with s, as
// the callback of a timer does.
func (d *Detector) After(s *Sync, o *Origin) *Goroutine {
	g := d.Start(o)
	g.Acquire(s)
	return g
}

// End says that g has ended.
func (g *Goroutine) End() {
	g.origin.ended.Store(true)
	last := g.now
	if !g.touched {
		last--
	}
	g.d.slots.give(g.slot, last)
	g.pages, g.spots = [cachedPages]cachedPage{}, nil
	clear(g.lately[:])
}

// stamp is what g knows now. The caller ticks.
func (g *Goroutine) stamp() stamp {
	return stamp{clock: g.clock.share(), slot: g.slot, now: g.now}
}

// tick tells what g does from now on from what it has done.
func (g *Goroutine) tick() {
	g.now++
	g.touched = false
	if g.now == 1<<32-1 {
		g.clock.raise(g.slot, g.now)
		g.takeSlot()
		return
	}
	g.told.Store(g.now)
	g.epoch = epochOf(g.slot, g.now)
}

// learn orders what s says before g.
func (g *Goroutine) learn(s *stamp) {
	if s.now == 0 {
		return
	}
	g.clock.join(&s.clock)
	if s.slot != g.slot {
		g.clock.raise(s.slot, s.now)
	}
}

// LearnAll orders all that has happened until now, whoever did it, before g.
func (g *Goroutine) LearnAll() { g.d.slots.all(&g.clock) }

// knows reports whether the moment of e happened before what g does now.
func (g *Goroutine) knows(e epoch) bool {
	return e.slot() == g.slot || e.clock() <= g.clock.get(e.slot())
}
