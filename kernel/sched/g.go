package sched

import (
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/gosched/gosched/kernel/sched/holding"
	"github.com/gosched/gosched/kernel/sched/park"
	"github.com/gosched/gosched/kernel/sched/stream"
)

// A G is one goroutine of the session: the main goroutine of a cell, one that
// a go statement started, or one that native code started to call back.
type G struct {
	labels labelSet // must be first, see label.go

	// Local is the engine's own: what it keeps for each goroutine. Only the
	// goroutine itself uses it. It must not lead the garbage collector to the
	// goroutine's frames, see private.
	Local uintptr

	carried *any // see CarryPanic; a pointer, for there are many goroutines and few panics

	watch *watching // nil if not observed; only g itself uses it, and who starts it

	flag     atomic.Int32  // not 0: there is something to do at the next poll
	doomed   atomic.Bool   // about to be stopped: it takes no locks any more
	crowded  atomic.Bool   // the crowd knows it
	silent   atomic.Bool   // abandoned: what it prints is dropped, a panic too
	turn     atomic.Uint32 // counts when g registers at a channel, and when it is over; see exchange
	waiting  atomic.Int32  // notWaiting, isWaiting or looked at
	kind     gKind
	stopping bool // a stop was requested; never reset
	graced   bool // the time of its deferred calls has begun
	cut      bool // its deferred calls are skipped from now on
	dead     bool
	leaked   bool  // found leaked by the runtime, see Scheduler.Leaks
	depth    int16 // EnterDeferred calls that are open
	yields   yielding
	returned bool // only g itself uses it
	leaving  bool // in ended, which has to come to its end; like returned

	number  uint32
	parent  uint32
	exec    *Execution
	origin  *Origin
	started int64          // nanotime (coarse) of the start
	self    atomic.Uintptr // the runtime's g while the goroutine lives
	out     stream.Writer  // what it prints
	prev    *G             // list of the execution's goroutines, under exec.mu
	next    *G
	seat    *seat // in the crowd, or nil
	held    holding.Set
	slots   atomic.Pointer[Slots] // made for the first observer

	panics int32 // panics in flight, under exec.mu

	seq   uint32 // counts waits; like since, see inspect
	mu    sync.Mutex
	since int64   // nanotime (coarse) of the last wait
	own   uintptr // hidden *private, see there; 0 before start and after end
}

// An Origin is where goroutines start. All that a go statement starts with the same
// function have one, so that none of them has to be told of it.
type Origin struct {
	At   Place  // of the go statement, or of what is called back
	Name string // the function's, as people know it
}

type gKind uint8

const (
	kindMain   gKind = iota
	kindGo           // started by a go statement
	kindNative       // adopted from native code
)

// private is the part of a G that only its own goroutine's stack refers to,
// for the garbage collector's leak detection: a goroutine can never run again
// if nothing but itself refers to what it waits for. If the scheduler's
// tables led to the wait, or to the stop channel that most waits also watch,
// no goroutine would ever look leaked. G therefore holds its address hidden
// from the collector; it is valid while g.own is not 0, which g.mu guards.
type private struct {
	wait   Wait
	few    [4]Case       // those of wait, in a select with no more
	stop   chan struct{} // closed on stop; made by the first wait that watches it
	waiter *park.Waiter  // parking place of this goroutine, see park.go
	onStop map[*func()]struct{}
	wg     *sync.WaitGroup // to be done when the goroutine ends, or nil

	brood brood // of goroutines that this one starts

	aside     unsafe.Pointer // memory for a value that waits, see Comm.aside
	asideType unsafe.Pointer // of what aside points at, as long as it is not nil

	observed *observed // made when g is observed

	kept any // see Keep
}

// newPrivate is not inlined: the record must be on the heap, where it does not
// move, and escape analysis does not see that its address is kept.
//
//go:noinline
func newPrivate() *private { return new(private) }

// takePrivate returns the record of a goroutine that begins. Those of goroutines that
// have ended are used again: to start 100,000 takes a tenth less time by that.
func (s *Scheduler) takePrivate() *private {
	if p, ok := s.privates.Get().(*private); ok {
		return p
	}
	return newPrivate()
}

// givePrivate gives back p, which keeps it alive until then. Its goroutine has left, so
// nobody finds it any more.
func (s *Scheduler) givePrivate(p *private) {
	*p = private{kept: p.kept}
	s.privates.Put(p)
}

// Keep is for what the engine has made for g and does not need any more: a goroutine
// that begins later may take it. Only g itself may call it, as it ends.
func (g *G) Keep(v any) { g.private().kept = v }

// TakeKept returns what another goroutine has kept, or nil.
func (g *G) TakeKept() (v any) {
	p := g.private()
	v, p.kept = p.kept, nil
	return v
}

func (g *G) private() *private {
	return *(**private)(unsafe.Pointer(&g.own)) // hidden on purpose, see private
}

// Number is the goroutine's number in the session; the main goroutine of the
// first cell is 1.
func (g *G) Number() int { return int(g.number) }

// Execution is the cell execution that the goroutine belongs to.
func (g *G) Execution() *Execution { return g.exec }

// Scheduler is the session's scheduler.
func (g *G) Scheduler() *Scheduler { return g.exec.s }

// Main reports whether g is the main goroutine of a cell.
func (g *G) Main() bool { return g.kind == kindMain }

// Native reports whether g was started by compiled code, and not by a go
// statement of a cell.
func (g *G) Native() bool { return g.kind == kindNative }

// Start is the place of the go statement or callback that started g.
func (g *G) Start() Place { return g.origin.At }

// Name is the name of the function that g was started with.
func (g *G) Name() string { return g.origin.Name }

// Parent is the number of the goroutine that started g, or 0.
func (g *G) Parent() int { return int(g.parent) }

// What G.flag says.
const (
	flagStop    int32 = 1 + iota // end
	flagYield                    // let others run
	flagWatched                  // nothing but that g is observed
)

// rest is what the flag says when there is nothing to do: calls and loops need not
// ask whether g is observed.
func (g *G) rest() int32 {
	if g.watch != nil {
		return flagWatched
	}
	return 0
}

func (g *G) askToYield() {
	if !g.flag.CompareAndSwap(0, flagYield) {
		g.flag.CompareAndSwap(flagWatched, flagYield)
	}
}

// Due reports whether there is something for g to do: the engine asks at every
// call and loop back edge, and then calls [G.Yield] and asks [G.ShouldStop]. It is
// always so while g is observed.
func (g *G) Due() bool { return g.flag.Load() != 0 }

// ShouldStop reports whether g is to end now, by way of [G.Unwind].
func (g *G) ShouldStop() bool { return g.flag.Load() == flagStop }

// Yield lets others run if g was asked to, and reports whether it was.
func (g *G) Yield() bool {
	if g.flag.Load() != flagYield || !g.flag.CompareAndSwap(flagYield, g.rest()) {
		return false
	}
	runtime.Gosched()
	g.exec.s.crowd.turn()
	return true
}

// Unwind ends the calling goroutine, which must be g: its deferred calls run,
// and a recover in them sees nothing. It does not return.
func (g *G) Unwind() { runtime.Goexit() }
