package sched

import (
	"cmp"
	"slices"
	"sync"
	"time"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/sched/report"
	"github.com/gosched/gosched/kernel/sched/wait"
)

// A watch looks for deadlocks. It is moved by the clock, and does nothing but
// look at the running cells' main goroutines until one of them has been
// blocked for a while; then it asks whether any goroutine of the session, a
// timer, a subshell or the world outside could still change something. When
// that is not so, twice in a row and with nothing moved in between, it is a
// deadlock.
type watch struct {
	mu      sync.Mutex
	running map[*Execution]struct{} // executions whose Run has not returned
	busy    bool                    // a look is under way
	next    int64                   // nanotime before which there is no other
	pause   time.Duration           // between looks, growing
	lost    lost                    // belongs to the look that is under way
	cleans  cleaning
}

const (
	suspicious = 100 * time.Millisecond // blocked for so long
	confirm    = 60 * time.Millisecond  // between two looks that must agree
	minPause   = 100 * time.Millisecond
	maxPause   = 400 * time.Millisecond
	// maxShare bounds the time spent looking to one part in so many.
	maxShare = 10
)

func (w *watch) begin(e *Execution) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.running == nil {
		w.running = make(map[*Execution]struct{})
	}
	w.running[e] = struct{}{}
	w.pause = minPause
}

func (w *watch) end(e *Execution) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.running, e)
}

// mains returns the main goroutines of the running cells, and how many cells
// run.
func (w *watch) mains() (mains []*G, cells int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for e := range w.running {
		if g := e.Main(); g != nil {
			mains = append(mains, g)
		}
	}
	return mains, len(w.running)
}

// tick reports whether the clock must go on although nobody asks for the time.
func (w *watch) tick(s *Scheduler) (again bool) {
	mains, _ := w.mains()
	suspect := false
	now := nanotime()
	for _, g := range mains {
		kind, since := g.waitsSince()
		if kind == wait.None || kind.EndsByItself() {
			continue
		}
		again = true
		suspect = suspect || now-since >= int64(suspicious)
	}
	if !suspect {
		return again
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.busy && now >= w.next {
		w.busy = true
		go w.look(s)
	}
	return true
}

func (g *G) waitsSince() (wait.Kind, int64) {
	if !g.isBlocked() {
		return wait.None, 0
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.inspect() {
		return wait.None, 0
	}
	defer g.inspectionEnds()
	return g.private().wait.Kind, g.since
}

// look examines the session and fails the blocked cells if it is deadlocked.
func (w *watch) look(s *Scheduler) {
	var spent time.Duration
	examine := func() (standstill, bool) {
		start := time.Now()
		st, ok := s.standstill()
		spent += time.Since(start)
		return st, ok
	}
	before, dead := examine()
	if dead {
		time.Sleep(confirm)
		var after standstill
		after, dead = examine()
		dead = dead && slices.Equal(before.marks, after.marks)
		if dead {
			s.reportDeadlock(after)
		}
	}
	if !dead {
		mains, _ := w.mains()
		w.lost.look(s, mains)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.busy = false
	w.next = nanotime() + int64(max(w.pause, maxShare*spent))
	w.pause = min(2*w.pause, maxPause)
}

// A standstill is a state in which nothing can move.
type standstill struct {
	blocked []*G
	native  map[*G]string // why those wait that are blocked in native code
	marks   []mark        // by goroutine: equal marks mean that nothing moved
}

// mains are the main goroutines among the blocked.
func (st *standstill) mains() []*G {
	var mains []*G
	for _, g := range st.blocked {
		if g.kind == kindMain {
			mains = append(mains, g)
		}
	}
	return mains
}

type mark struct {
	number uint32
	seq    uint32
	top    uintptr
}

// standstill reports whether nothing can move.
func (s *Scheduler) standstill() (st standstill, ok bool) {
	_, cells := s.watch.mains()
	if n := int(s.subshell.Load()); n > 0 && cells < n+1 {
		return st, false // another subshell is idle and could run something
	}
	if !s.seesStacks() {
		return st, false // a goroutine that nobody sees could do something
	}
	if s.wakers.Pending(s.known.timers) || s.watch.cleans.pending() {
		return st, false
	}
	ok = true
	s.each(func(g *G) bool {
		if g.silent.Load() {
			return true // abandoned: it never comes back
		}
		var seq uint32
		if seq, ok = s.stuck(g); ok {
			st.blocked = append(st.blocked, g)
			st.marks = append(st.marks, mark{number: g.number, seq: seq})
		}
		return ok
	})
	if mains := st.mains(); !ok || len(mains) == 0 || len(mains) != cells {
		return st, false // also when a cell has just begun or ended
	}
	st.native = make(map[*G]string)
	for _, x := range s.natives() {
		if x.g.silent.Load() || x.own && x.g.isBlocked() {
			continue
		}
		if !x.passive {
			return st, false
		}
		if x.own {
			st.native[x.g] = x.reason
		}
		st.marks = append(st.marks, mark{number: x.g.number, top: x.top})
	}
	slices.SortFunc(st.marks, func(a, b mark) int {
		return cmp.Or(cmp.Compare(a.number, b.number), cmp.Compare(a.seq, b.seq), cmp.Compare(a.top, b.top))
	})
	return st, true
}

// stuck reports whether g waits for another goroutine, as far as the scheduler
// knows: a goroutine that it has not seen block may still be in native code.
func (s *Scheduler) stuck(g *G) (seq uint32, stuck bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.dead || g.own == 0 || g.stopping {
		return 0, g.dead // about to start, or unwinding
	}
	if !g.inspect() {
		return 0, true // to be seen
	}
	defer g.inspectionEnds()
	w := &g.private().wait
	if w.Kind.EndsByItself() {
		return 0, false
	}
	if w.Kind.IsChan() && s.wakes(w.Object, w.Site) {
		return 0, false
	}
	for _, c := range w.Cases {
		if s.wakes(c.Object, c.Site) {
			return 0, false
		}
	}
	return g.seq, true
}

// wakes reports whether a channel is fed by a timer or by the world outside.
func (s *Scheduler) wakes(channel unsafe.Pointer, site *Site) bool {
	if s.known.timers {
		if goruntime.ChanTimer(channel) {
			return true
		}
	} else if channel != nil && (site == nil || site.Type == "<-chan time.Time" || site.Type == "chan time.Time") {
		return true
	}
	return s.wakers.IsExternal(channel)
}

// reportDeadlock fails every running cell.
func (s *Scheduler) reportDeadlock(st standstill) {
	list := make([]report.Info, 0, len(st.blocked))
	for _, g := range st.blocked {
		in, alive := g.info()
		if !alive {
			continue
		}
		if reason, ok := st.native[g]; ok && !in.Blocked {
			in.State, in.Blocked = reason, true
		}
		list = append(list, in)
	}
	s.nameHolders(list)
	for _, main := range st.mains() {
		own := slices.Clone(list)
		slices.SortFunc(own, func(a, b report.Info) int {
			if (a.Number == main.Number()) != (b.Number == main.Number()) {
				if a.Number == main.Number() {
					return -1
				}
				return 1
			}
			return cmp.Compare(a.Number, b.Number)
		})
		main.exec.settle(Outcome{Kind: Deadlocked, Deadlock: &report.Deadlock{Blocked: own}}, true, false)
	}
}
