package sched

import (
	"context"
	"runtime"
	"strconv"
	"sync"
	"time"
	"unsafe"

	"golang.org/x/sys/cpu"

	"github.com/gosched/gosched/kernel/sched/report"
	"github.com/gosched/gosched/kernel/sched/stream"
	"github.com/gosched/gosched/kernel/session"
)

// An Execution is one run of a cell and all goroutines that it caused,
// also after the cell has ended.
type Execution struct {
	s      *Scheduler
	cell   session.Cell
	sink   session.Sink
	labels *label
	out    stream.Printer
	watch  *watching // set before Run, or nil

	_ cpu.CacheLinePad // see Scheduler

	mu       sync.Mutex
	first    *G // live goroutines in order of their start
	last     *G
	live     int
	main     *G
	running  bool
	over     bool                                    // Run has returned
	confined func() func(object unsafe.Pointer) bool // see Confine; may be nil
	stopped  bool                                    // whatever starts from now on stops at once
	cut      bool                                    // and skips its deferred calls
	outcome  Outcome                                 // why the main goroutine was stopped; first cause wins
	settled  bool                                    // outcome is decided
	ended    chan struct{}                           // closed when the main goroutine has ended
	giveUp   chan struct{}                           // closed when it has had its time to end
	idle     chan struct{}                           // if not nil, closed when live becomes 0
	alone    chan struct{}                           // if not nil, closed when live becomes 1

	panicking int           // goroutines with a panic in flight
	calm      chan struct{} // if not nil, closed when panicking becomes 0
}

// OutcomeKind says how a cell's main goroutine ended.
type OutcomeKind uint8

// The ways in which a cell ends.
const (
	Returned    OutcomeKind = iota // the function returned, or called runtime.Goexit and all others ended
	Panicked                       // this or another goroutine of the cell panicked
	Interrupted                    // by Interrupt, its context, or Kill
	Exited                         // os.Exit or log.Fatal
	Deadlocked                     // nothing could ever wake it
)

func (k OutcomeKind) String() string {
	return [...]string{"returned", "panicked", "interrupted", "exited", "deadlocked"}[k]
}

// An Outcome is how a cell execution ended.
type Outcome struct {
	Kind OutcomeKind
	// Goexit says that the main goroutine called runtime.Goexit.
	Goexit bool
	// G is the goroutine that panicked or exited.
	G *G
	// Value and Failure are the panic's value and what Config.Failure made of it.
	Value   any
	Failure *session.Failure
	// Code is the exit status.
	Code int
	// Deadlock is the report of a deadlock.
	Deadlock *report.Deadlock
	// Abandoned lists the goroutines that were stopped but could not be
	// unwound in time, because they are in native code. When they come back
	// from it, only their deferred calls run, which release what they hold;
	// what those print or panic with is dropped.
	Abandoned []report.Info
}

// patience is how long after a stop a goroutine may take to unwind before it
// is abandoned. The reply to a failed cell takes 20 ms more, for cells sent
// behind it, and an interrupt is to be answered within 100.
const patience = 60 * time.Millisecond

// Begin prepares the execution of a cell whose output goes to sink.
func (s *Scheduler) Begin(cell session.Cell, sink session.Sink) *Execution {
	e := &Execution{
		s:      s,
		cell:   cell,
		sink:   sink,
		labels: newLabel("cell " + strconv.Itoa(cell.Number)),
		ended:  make(chan struct{}),
		giveUp: make(chan struct{}),
	}
	e.out.Init(sink, &s.unsent)
	return e
}

// Cell is the cell that was given to Begin.
func (e *Execution) Cell() session.Cell { return e.cell }

// Sink is where the execution's events go. Events that must be in order with
// its output are sent with [Execution.Emit].
func (e *Execution) Sink() session.Sink { return e.sink }

// Running reports whether Run has not returned yet.
func (e *Execution) Running() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.running
}

// Live returns how many goroutines of the execution there are.
func (e *Execution) Live() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.live
}

// busy reports whether a goroutine has something to do.
func (e *Execution) busy() bool { return !e.each((*G).isBlocked) }

// LetEnd lets goroutines that have something to do go on, for so long at most: those that
// were waited for are about to end, and would be counted as alive.
func (e *Execution) LetEnd(most time.Duration) {
	const soon = 100 * time.Microsecond
	for begin, pause := time.Now(), time.Duration(0); ; {
		took := time.Since(begin)
		switch {
		case !e.busy() || took >= most:
			return
		case took < soon:
			runtime.Gosched()
		default: // the system may have given its thread's turn to another
			pause += soon
			time.Sleep(pause)
		}
	}
}

// Main is the cell's main goroutine, or nil before Run and after it.
func (e *Execution) Main() *G {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.main
}

// Confine tells how to find out which channels and locks only goroutines of the
// execution reach, as long as no other cell is run. What f returns is asked about
// what they wait for. f is called while the cell waits, and not after it has ended.
func (e *Execution) Confine(f func() func(object unsafe.Pointer) bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.confined = f
}

// Run runs fn as the main goroutine of the cell and waits until it has ended
// or is abandoned. Cancelling ctx interrupts the cell. Run is called once.
func (e *Execution) Run(ctx context.Context, fn func(g *G)) Outcome {
	s := e.s
	g := s.newG(e, 0, &Origin{Place{Cell: e.cell.Number, Func: "main"}, "main"}, kindMain)
	e.mu.Lock()
	e.running, e.main = true, g
	e.mu.Unlock()
	s.mu.Lock()
	s.execs[e] = struct{}{}
	s.mu.Unlock()
	e.add(g)
	s.watch.begin(e)

	go g.run(nil, bodyFunc(fn))
	cancel := context.AfterFunc(ctx, e.Interrupt)
	e.awaitEnd(e.ended, false)
	e.awaitPanics()
	cancel()

	out := e.result()
	all := out.Kind == Interrupted || out.Kind == Exited || out.Kind == Deadlocked
	if all {
		e.await()
	}
	out.Abandoned = e.abandon(all)

	e.mu.Lock()
	e.running, e.over, e.main = false, true, nil
	gone := e.live == 0
	e.mu.Unlock()
	s.watch.end(e)
	if gone {
		s.forget(e)
	}
	e.out.Deliver() // lines that others have begun are not torn
	return out
}

func (e *Execution) result() Outcome {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.outcome
}

// add puts g into the execution's list. An execution that was stopped takes it
// only to stop it.
func (e *Execution) add(g *G) {
	e.mu.Lock()
	g.prev = e.last
	if e.last != nil {
		e.last.next = g
	} else {
		e.first = g
	}
	e.last = g
	e.live++
	revived := e.live == 1 && !e.running
	if e.stopped {
		g.stopping, g.cut = true, e.cut
		g.doomed.Store(true)
		g.flag.Store(flagStop)
	}
	e.mu.Unlock()
	if revived {
		e.s.mu.Lock()
		e.s.execs[e] = struct{}{}
		e.s.mu.Unlock()
	}
	e.s.crowd.joined(g)
}

// remove takes g out of the list.
func (e *Execution) remove(g *G) {
	e.mu.Lock()
	if g.prev != nil {
		g.prev.next = g.next
	} else {
		e.first = g.next
	}
	if g.next != nil {
		g.next.prev = g.prev
	} else {
		e.last = g.prev
	}
	g.prev, g.next = nil, nil
	e.s.crowd.left(g)
	e.live--
	if g.panics > 0 {
		g.panics = 0
		e.panicEnds()
	}
	if e.live == 1 && e.alone != nil {
		close(e.alone)
		e.alone = nil
	}
	gone := e.live == 0
	if gone && e.idle != nil {
		close(e.idle)
		e.idle = nil
	}
	running := e.running
	e.mu.Unlock()
	if gone && !running {
		e.s.forget(e)
	}
}

// forget drops an execution that has ended and has no goroutines left.
func (s *Scheduler) forget(e *Execution) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.live == 0 && !e.running {
		delete(s.execs, e)
	}
}

// each calls f for every live goroutine, with e.mu held.
func (e *Execution) each(f func(g *G) bool) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	for g := e.first; g != nil; g = g.next {
		if !f(g) {
			return false
		}
	}
	return true
}
