package sched

import (
	"runtime/metrics"
	"slices"
	"time"
	"unsafe"

	"github.com/gosched/gosched/kernel/sched/report"
	"github.com/gosched/gosched/kernel/sched/wait"
	"github.com/gosched/gosched/kernel/session"
)

// A cell whose main goroutine waits for what nothing that can still run refers to
// never goes on, whatever else is alive: a ticker, a server, a goroutine of an
// earlier cell. The garbage collector knows that, and is asked now and then while
// a cell waits. What hangs on a variable of the session it cannot tell, since
// later cells reach it: for those the engine knows which only the cell's own code
// reaches.
//
// The cell fails if all its goroutines are lost like that. Otherwise it is only
// told, as natively its other goroutines go on: a program may mean to wait for ever.
type lost struct {
	next  int64 // nanotime before which the collector is not asked
	pause time.Duration
	told  int // number of the last goroutine of which people know
}

const (
	lostAfter    = 700 * time.Millisecond // a cell waits before the first look
	lostPause    = 4 * time.Second        // after the first look, and then doubled
	lostMaxPause = time.Minute
	lostShare    = 50 // of the time may be spent looking, one part in so many
	// lostHeap bounds what the collector is asked to look through: a stop that comes
	// meanwhile waits for it.
	lostHeap = 64 << 20
)

// look fails the cells whose main goroutine is lost. w.busy says that there is
// only one of it at a time.
func (l *lost) look(s *Scheduler, mains []*G) {
	now := nanotime()
	type waiting struct {
		g   *G
		seq uint32
	}
	var waits []waiting
	for _, g := range mains {
		kind, since := g.waitsSince()
		if kind == wait.None || kind == wait.SelectEmpty || kind.EndsByItself() || now-since < int64(lostAfter) {
			continue
		}
		if g.Number() == l.told || g.Clock() != nil {
			continue
		}
		if seq, stuck := s.stuck(g); stuck {
			waits = append(waits, waiting{g, seq})
		}
	}
	if len(waits) == 0 {
		l.pause = lostPause
		return
	}
	for _, w := range waits {
		if s.waitsForItsOwn(w.g.exec) {
			l.told = w.g.Number()
			s.reportLost(w.g, w.g.exec.Goroutines())
			return
		}
	}
	if now < l.next || liveHeap() > lostHeap {
		return
	}
	leaked := s.Leaks().Leaked
	l.next = nanotime() + max(int64(l.pause), lostShare*(nanotime()-now))
	l.pause = min(2*l.pause, lostMaxPause)
	for _, w := range waits {
		if !slices.ContainsFunc(leaked, func(in report.Info) bool { return in.Number == w.g.Number() && !in.Stopping }) {
			continue
		}
		if after, stuck := s.stuck(w.g); stuck && after == w.seq { // no stop has moved it
			l.told = w.g.Number()
			s.reportLost(w.g, leaked)
		}
	}
}

// waitsForItsOwn reports whether all goroutines of an execution wait for what only
// they reach.
func (s *Scheduler) waitsForItsOwn(e *Execution) bool {
	e.mu.Lock()
	confined := e.confined
	e.mu.Unlock()
	if confined == nil || !s.onlyCell() {
		return false
	}
	own := confined()
	before, all := e.waitFor(own)
	if !all {
		return false
	}
	time.Sleep(confirm)
	after, all := e.waitFor(own)
	return all && slices.Equal(before, after) && s.onlyCell()
}

// onlyCell reports whether one cell runs, and no other can begin.
func (s *Scheduler) onlyCell() bool {
	_, cells := s.watch.mains()
	return cells == 1 && s.subshell.Load() == 0
}

// waitFor reports whether all goroutines of an execution wait for objects for which
// own is true, or for what there is not; equal marks mean that none has moved.
func (e *Execution) waitFor(own func(object unsafe.Pointer) bool) (marks []mark, all bool) {
	var gs []*G
	e.each(func(g *G) bool {
		gs = append(gs, g)
		return true
	})
	for _, g := range gs {
		seq, waits := g.waitsForAny(own)
		if !waits {
			return nil, false
		}
		marks = append(marks, mark{number: g.number, seq: seq})
	}
	return marks, len(marks) > 0
}

func (g *G) waitsForAny(own func(object unsafe.Pointer) bool) (seq uint32, yes bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.dead || g.stopping || !g.inspect() {
		return 0, false
	}
	defer g.inspectionEnds()
	w := &g.private().wait
	switch w.Kind {
	case wait.Receive, wait.Send, wait.Mutex, wait.RWLock, wait.RLock, wait.WaitGroup:
		return g.seq, own(w.Object)
	case wait.Select:
		return g.seq, !slices.ContainsFunc(w.Cases, func(c Case) bool { return c.Object != nil && !own(c.Object) })
	case wait.ReceiveNil, wait.SendNil, wait.SelectEmpty:
		return g.seq, true
	}
	return 0, false
}

// reportLost tells of a main goroutine that is lost, and of the others that are
// lost with it.
func (s *Scheduler) reportLost(main *G, leaked []report.Info) {
	e := main.exec
	var list []report.Info
	for _, in := range leaked {
		if in.Number == main.Number() {
			list = slices.Insert(list, 0, in)
		} else if in.Cell == e.cell.Number && !in.Main {
			list = append(list, in)
		}
	}
	s.nameHolders(list)
	d := &report.Deadlock{Blocked: list, Lost: true}
	for _, in := range e.Goroutines() {
		if !slices.ContainsFunc(list, func(l report.Info) bool { return l.Number == in.Number }) {
			e.Emit(session.Stream{Name: session.Stderr, Text: d.Warning()})
			return
		}
	}
	e.settle(Outcome{Kind: Deadlocked, Deadlock: d}, true, false)
}

// liveHeap is how many bytes the last collection found in use.
func liveHeap() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return sample[0].Value.Uint64()
}
