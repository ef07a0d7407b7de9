package sched

import (
	"time"
	"unsafe"

	"github.com/gosched/gosched/kernel/sched/report"
	"github.com/gosched/gosched/kernel/session"
)

// What a [Controller] needs of the scheduler beside being asked.

// A Clock stands in for that on the wall.
type Clock interface {
	Keeper
	// Now is the time.
	Now() time.Time
	// Sleep is time.Sleep for g.
	Sleep(g *G, d time.Duration, at Stack)
	// Timer has fire called when the time comes, and then every period if that is
	// positive. fire must not wait, nor call the clock. If full is not nil it says
	// whether fire would do nothing now. d and period are as for package time.
	Timer(d, period time.Duration, fire func(now time.Time), full func() bool) ClockTimer
	// AfterFunc is time.AfterFunc: fn runs as a goroutine of g's execution.
	AfterFunc(g *G, d time.Duration, at Place, name string, fn func(*G)) ClockTimer
}

// Keeper is what a Clock does besides: it remembers for those who use it.
type Keeper interface {
	// Keep remembers what belongs to a key, and Kept is that, or nil.
	Keep(key, value any)
	Kept(key any) any
	// AtEnd has f called when the clock is not used any more.
	AtEnd(f func())
	// WhenClosed has fn run as a goroutine of g's execution when a channel is closed
	// that nobody sends on, as context.AfterFunc does, unless stop is called before;
	// that reports whether it was.
	WhenClosed(g *G, ch unsafe.Pointer, at Place, name string, fn func(*G)) (stop func() bool)
}

// A ClockTimer is a timer of a [Clock].
type ClockTimer interface {
	// Stop and Reset are as those of time.Timer; a timer with a period gets that
	// of Reset.
	Stop() bool
	Reset(d, period time.Duration) bool
}

// Clock is what stands in for the clock on the wall for g, or nil.
func (g *G) Clock() Clock {
	if o := g.Observation(); o != nil {
		return o.Clock
	}
	return nil
}

// Random is where g has its random numbers from, or nil.
func (g *G) Random() func() uint64 {
	if o := g.Observation(); o != nil {
		return o.Random
	}
	return nil
}

// Hold has g wait until it is let go on. It returns false if g is to stop instead;
// then the caller sees to it, with [G.Unwind]. Others see g wait for what w says;
// observers are told so, or with quiet are not.
func (g *G) Hold(w *Wait, gate <-chan struct{}, quiet bool) bool {
	is := &g.observed().quiet
	was := *is
	*is = was || quiet
	defer func() { *is = was }()
	stop := g.Block(w)
	defer g.Unblock()
	select {
	case <-gate:
		return true
	case <-stop:
		return false
	}
}

// Held tells the Recorder that g, which is held, cannot go on at the moment, for what w
// says, or that it can again. Any goroutine may call it.
func (g *G) Held(w *Wait, again bool) {
	if g.exec.watch == nil {
		return
	}
	o := g.exec.watch.now.Load()
	if o == nil || o.Recorder == nil {
		return
	}
	op := Op{Kind: OpBlock, Site: w.Site, At: w.At, Wait: w, Time: nanotime()}
	if again {
		op.Kind = OpUnblock
	}
	if w.Object != nil && int(w.Kind) < len(objectKinds) {
		op.Object = g.exec.s.Object(w.Object, objectKinds[w.Kind])
	}
	o.Recorder.Did(g, &op)
}

// Leaving reports whether g's function is over, and g may not be unwound any more.
// Only g itself may ask.
func (g *G) Leaving() bool { return g.leaving }

// Launch starts fn as a goroutine of g's execution, observed like g, from whatever
// goroutine calls. Unlike [Go], it tells nobody that it has been started: begun is
// called with it before it runs.
func (g *G) Launch(at Place, name string, begun, fn func(g *G)) {
	e := g.exec
	a := e.s.newG(e, g.number, &Origin{at, name}, kindGo)
	begun(a)
	e.add(a)
	go a.run(nil, bodyFunc(fn))
}

// Deadlocked ends the execution with a report of its goroutines, all of which are
// blocked; cut is as for [Execution.Abort].
func (e *Execution) Deadlocked(cut bool) {
	list := e.Goroutines()
	for i := range list {
		if list[i].Main {
			list[0], list[i] = list[i], list[0]
		}
	}
	e.settle(Outcome{Kind: Deadlocked, Deadlock: &report.Deadlock{Blocked: list}}, true, cut)
}

// Abort is [Execution.Interrupt]; with cut, deferred calls are skipped.
func (e *Execution) Abort(cut bool) { e.settle(Outcome{Kind: Interrupted}, true, cut) }

// Fail ends g's cell with a failure, and the goroutines that it started. It must be
// called by g and does not return.
func (g *G) Fail(f *session.Failure) {
	g.exec.settle(Outcome{Kind: Panicked, G: g, Failure: f}, true, false)
	g.requestStop(false)
	g.Unwind()
}

// Goroutines describes the live goroutines of the execution, in the order in which
// they were started.
func (e *Execution) Goroutines() []report.Info {
	var gs []*G
	e.each(func(g *G) bool {
		gs = append(gs, g)
		return true
	})
	var list []report.Info
	for _, g := range gs {
		if in, alive := g.info(); alive {
			list = append(list, in)
		}
	}
	e.s.nameHolders(list)
	return list
}

// Alone reports whether nothing but the execution's own goroutines could wake one
// of them: no goroutine of another cell, no timer, no other subshell.
func (e *Execution) Alone() bool {
	for _, o := range e.s.executions() {
		if o != e && o.Live() > 0 {
			return false
		}
	}
	return e.s.subshell.Load() == 0 && !e.s.wakers.Pending(e.s.known.timers)
}

// Settled reports whether every one of the execution's goroutines waits, as far as
// the scheduler knows.
func (e *Execution) Settled() bool {
	return e.each(func(g *G) bool { return g.isBlocked() })
}

// Natives says of goroutines of the execution that wait in compiled code for others
// in which function they do.
func (e *Execution) Natives() map[*G]string {
	found := make(map[*G]string)
	for _, x := range e.s.natives() {
		if x.g.exec == e && x.own && x.reason != "" && !x.g.isBlocked() {
			found[x.g] = x.reason
		}
	}
	return found
}

// Pointer is where the object is, or nil if it is gone.
func (x *Object) Pointer() unsafe.Pointer { return unsafe.Pointer(x.self.Value()) }
