package sched

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"github.com/gosched/gosched/kernel/sched/holding"
	"github.com/gosched/gosched/kernel/sched/report"
	"github.com/gosched/gosched/kernel/session"
)

// Goroutines that wait for locks in a circle never go on, whatever else is alive.
// circles looks for them while goroutines are parked at locks. One that has a
// lock and waits for it itself is not told: others may unlock it, which is how a
// mutex is used as a signal. Nor is a circle, where there is code that does so.
type circles struct {
	mu       sync.Mutex
	next     int64      // nanotime before which there is no other look
	last     []mark     // what the last look found
	reported []lockWait // of which people know
}

// lockWait is a goroutine that is parked at a lock.
type lockWait struct {
	g   *G
	seq uint32
}

const circlePause = 100 * time.Millisecond

// look reports the circles that are there now as they were at the last look.
func (c *circles) look(s *Scheduler) {
	start := nanotime()
	c.mu.Lock()
	defer c.mu.Unlock()
	if start < c.next {
		return
	}
	found := s.stuckAtLocks()
	defer func() { c.next = start + max(int64(circlePause), maxShare*(nanotime()-start)) }()
	marks := make([]mark, len(found))
	for i := range found {
		marks[i] = mark{number: found[i].g.number, seq: found[i].seq}
	}
	slices.SortFunc(marks, func(a, b mark) int { return cmp.Compare(a.number, b.number) })
	same := slices.Equal(marks, c.last)
	c.last = marks
	known := func(w lockWait) bool {
		return slices.ContainsFunc(c.reported, func(r lockWait) bool { return r.g == w.g && r.seq == w.seq })
	}
	if len(found) == 0 {
		c.reported = nil
	}
	if !same || !slices.ContainsFunc(found, func(w lockWait) bool { return !known(w) }) {
		return
	}
	if _, all := s.standstill(); all {
		return // the watch says so
	}
	if s.handsLocksOver() {
		return
	}
	c.reported = found
	go s.reportCircle(found)
}

func (s *Scheduler) handsLocksOver() bool {
	if f := s.config.HandsLocksOver; f != nil {
		return f()
	}
	return s.wakers.CallsPending(s.known.timers)
}

// stuckAtLocks returns the goroutines that can never go on because each waits for a
// lock that another of them has.
func (s *Scheduler) stuckAtLocks() (stuck []lockWait) {
	var read []lockWait
	var waits []holding.Wait
	for _, w := range s.lots.LockWaits() {
		g := w.Owner.(*G)
		if seq, held := g.holds(); held != nil || seq != 0 {
			read = append(read, lockWait{g, seq})
			waits = append(waits, holding.Wait{Key: w.Key, Kind: w.Kind, Held: held})
		}
	}
	for _, i := range holding.Circles(waits) {
		stuck = append(stuck, read[i])
	}
	return stuck
}

// holds returns the locks of a goroutine that waits, and the number of its wait;
// 0 if it does not wait for good.
func (g *G) holds() (seq uint32, held []uintptr) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.stopping || !g.inspect() {
		return 0, nil
	}
	defer g.inspectionEnds()
	return g.seq, g.held.All()
}

// reportCircle fails the cells whose main goroutines are stuck, and tells those
// whose other goroutines are.
func (s *Scheduler) reportCircle(stuck []lockWait) {
	var list []report.Info
	var mains []*G
	told := make(map[*Execution]*G)
	for _, w := range stuck {
		in, alive := w.g.info()
		if !alive || in.Stopping {
			return // a deadlock, an interrupt or a kill has broken it
		}
		list = append(list, in)
		if e := w.g.exec; w.g.kind == kindMain {
			mains = append(mains, w.g)
			told[e] = w.g
		} else if told[e] == nil {
			told[e] = w.g
		}
	}
	s.nameHolders(list)
	slices.SortFunc(list, func(a, b report.Info) int { return cmp.Compare(a.Number, b.Number) })
	d := &report.Deadlock{Blocked: list, Circle: true}
	for _, main := range mains {
		main.exec.settle(Outcome{Kind: Deadlocked, Deadlock: d}, true, false)
	}
	for e, g := range told {
		if g.kind != kindMain {
			e.Emit(session.Stream{Name: session.Stderr, Text: d.Warning()})
		}
	}
}

// nameHolders says of those in a list that wait for a lock who has it.
func (s *Scheduler) nameHolders(list []report.Info) {
	report.NameHolders(list, func(lock uintptr) bool { return !s.lots.Stray(lock) })
}
