package race

import (
	"sync"
	"unsafe"

	"github.com/gosched/gosched/kernel/sched"
)

// A Sync is something that orders what goroutines do: a lock, an atomic variable,
// a message on its way, a timer that is set. The zero value orders nothing yet.
type Sync struct {
	mu sync.Mutex
	s  stamp
}

// Acquire orders all that was released with s before what g does from now on. It
// is called after what waits: after a lock was got, after an atomic load.
func (g *Goroutine) Acquire(s *Sync) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g.learn(&s.s)
}

// Release lets those that acquire s know what g has done; what was released
// earlier is forgotten. It is called before others can see that s was released.
func (g *Goroutine) Release(s *Sync) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.s = g.stamp()
	g.tick()
}

// Merge is Release without forgetting.
func (g *Goroutine) Merge(s *Sync) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := g.stamp()
	s.s.merge(&now)
	g.tick()
}

// Atomic is told of an atomic operation on size bytes at p that has been carried
// out, while there is no other one on s: whoever sees what it has written knows
// what g has done. An operation that writes without reading lets others forget
// what earlier ones have released.
func (g *Goroutine) Atomic(s *Sync, p unsafe.Pointer, size uintptr, reads, writes bool, site *sched.Site, at sched.Stack) {
	kind := Atomic
	if writes {
		kind |= Write
	}
	if reads {
		g.Acquire(s)
	}
	g.Access(p, size, kind, site, at)
	switch {
	case writes && reads:
		g.Merge(s)
	case writes:
		g.Release(s)
	}
}
