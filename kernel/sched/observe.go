package sched

import (
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/gosched/gosched/kernel/sched/report"
)

// An Observation says who is told what goroutines do. It is attached to an
// execution before that runs, with [Execution.Observe]; its main goroutine, and
// all that observed goroutines start, are observed then, until [Observation.End].
// Each part may be nil. An Observation that is attached is not changed any more.
//
// Whoever is told something is told on a goroutine of the session, and must not
// call code of the program or wait for other goroutines, the Controller excepted.
type Observation struct {
	Recorder   Observer
	Detector   Detector
	Controller Controller
	// Pace is how long each communication, lock, and start of a goroutine is held
	// back, so that people can watch.
	Pace time.Duration
	// Clock stands in for that on the wall; nil is that.
	Clock Clock
	// Random, if not nil, is where random numbers come from that the program asks no
	// source of its own for.
	Random func() uint64
	// Shows says which accesses to memory the Recorder is told of; nil is none.
	Shows func(*Site) bool

	watch *watching
	alone PassingObserver // the Recorder, if that is one and nobody else observes
	told  Foreteller      // the Detector, if that is one
}

// watching is what observed goroutines share. It does not keep the observation in
// memory when that is over, since they may live for long.
type watching struct{ now atomic.Pointer[Observation] }

// An Observer is told what goroutines do.
type Observer interface {
	// Did is called for each operation. Operations on one object are told one at
	// a time and in an order in which they may have happened; see [OpKind] for
	// when. op is the caller's, and valid only during the call.
	Did(g *G, op *Op)
}

// A Mourner is an Observer that is also told when nothing can wake goroutines any
// more.
type Mourner interface {
	// Stuck is called with their numbers before they are stopped, whatever they do
	// then. It says whether that ends the cell, as a deadlock. It may be called on
	// any goroutine.
	Stuck(numbers []int, deadlock bool)
}

// A Detector is also told of each load and store of memory that goroutines may
// share: through pointers, in slices, maps and variables that are captured or
// declared by cells.
type Detector interface {
	Observer
	// Read and Write are called before the access, on g. The site says what is
	// accessed and where in the source, and can be kept; at is g's stack, which
	// goes on as soon as the call returns. A map counts as one place: that which
	// it points at.
	Read(g *G, p unsafe.Pointer, size uintptr, site *Site, at Stack)
	Write(g *G, p unsafe.Pointer, size uintptr, site *Site, at Stack)
	// Born is called when g has allocated memory, before anybody else can know
	// of it.
	Born(g *G, p unsafe.Pointer, size uintptr)
}

// A Foreteller is a Detector that may also want to be told of what goroutines are
// about to do: when it is told that they have done it, goroutines that are not observed
// may have gone on because of it, and told others.
type Foreteller interface {
	Detector
	// Foretells reports whether it wants to be told.
	Foretells() bool
	// Will is called on g when it is about to do op, as Before of a Controller is.
	Will(g *G, op *Op)
}

// A Controller decides when goroutines go on.
type Controller interface {
	Observer
	// Before is called on g when it is about to do op, of all kinds that
	// [OpKind.Planned] is true of. The goroutine does it when Before returns. If
	// that has to wait, a Did of OpBlock follows, and one of OpUnblock, on
	// whichever goroutine ends the wait; and then Resume.
	Before(g *G, op *Op)
	// Resume is called on g when it has waited, before it does anything else.
	Resume(g *G)
	// Accesses says whether Before is to be called for loads and stores too.
	Accesses() bool
}

// Observe has o told what the execution's goroutines do. It is called once,
// before Run, and o observes nothing else.
func (e *Execution) Observe(o *Observation) {
	if o.Controller == nil && o.Detector == nil {
		o.alone, _ = o.Recorder.(PassingObserver)
	}
	if f, ok := o.Detector.(Foreteller); ok && f.Foretells() {
		o.told = f
	}
	o.watch = new(watching)
	o.watch.now.Store(o)
	e.watch = o.watch
}

// End ends the observation: goroutines that are alive go on unobserved. Operations
// that are under way may still be told.
func (o *Observation) End() { o.watch.now.Store(nil) }

// Stuck tells of goroutines of the execution that nothing can wake any more and that
// are going to be stopped.
func (e *Execution) Stuck(list []report.Info, deadlock bool) {
	if e.watch == nil {
		return
	}
	o := e.watch.now.Load()
	if o == nil {
		return
	}
	m, ok := o.Recorder.(Mourner)
	if !ok {
		return
	}
	numbers := make([]int, len(list))
	for i := range list {
		numbers[i] = list[i].Number
	}
	m.Stuck(numbers, deadlock)
}

// Observation returns who is told what g does, or nil. Only g itself calls it.
func (g *G) Observation() *Observation {
	if g.watch == nil {
		return nil
	}
	o := g.watch.now.Load()
	if o == nil {
		g.watch = nil
		g.flag.CompareAndSwap(flagWatched, 0)
	}
	return o
}

// Observed reports whether g is, or has lately been, observed. It need be asked
// only where something is due.
func (g *G) Observed() bool { return g.watch != nil }

// Slots is what the observers keep of g.
func (g *G) Slots() *Slots {
	if s := g.slots.Load(); s != nil {
		return s
	}
	g.slots.CompareAndSwap(nil, new(Slots))
	return g.slots.Load()
}

// did tells everybody that g did op. by is the goroutine that calls it.
func (o *Observation) did(by, g *G, op *Op) {
	// Every observer gets the same op, and op is in memory that is by's own: what
	// is passed through an interface would otherwise be allocated each time.
	p := &by.observed().op
	if p != op {
		*p = *op
	}
	if p.Time == 0 {
		p.Time = nanotime()
	}
	if o.Controller != nil {
		o.Controller.Did(g, p)
	}
	if o.Detector != nil {
		o.Detector.Did(g, p)
	}
	if o.Recorder != nil {
		o.Recorder.Did(g, p)
	}
	*p = Op{} // it may lead to what g waits for
}

// before asks whether g may do op, and tells of it. A Controller may have set op.Chosen.
func (o *Observation) before(g *G, op *Op) {
	if o.told != nil {
		p := &g.observed().asked
		*p = *op
		o.told.Will(g, p)
		*p = Op{}
	}
	if o.Pace > 0 && op.Kind.paced() {
		g.beat(o.Pace)
	}
	if o.Controller != nil {
		p := &g.observed().asked
		*p = *op
		o.Controller.Before(g, p)
		op.Chosen = p.Chosen
		*p = Op{}
	}
}

// asked reports whether before does anything.
func (o *Observation) asked() bool { return o.told != nil || o.holds() }

// holds reports whether before may take time.
func (o *Observation) holds() bool { return o.Controller != nil || o.Pace > 0 }

// beat waits as long as it takes, or until g is to stop.
func (g *G) beat(pace time.Duration) {
	t := time.NewTimer(pace)
	defer t.Stop()
	select {
	case <-t.C:
	case <-g.Stopped():
		g.Unwind()
	}
}

// observed is what an observed goroutine needs beside a G. It hangs on the
// goroutine's own stack, like all of private.
type observed struct {
	op      Op      // that is being told
	passing Passing // that is being told
	asked   Op      // that the Controller is asked about, while it may tell that g waits
	// quiet says that the waits of g are told by somebody else.
	quiet bool
	// party and offer are those of the communication that g is at.
	party party
	offer offer
	seen  [8]*Object    // what g has used lately, see G.object
	at    *party        // that is registered
	told  atomic.Uint32 // the G.turn of which others have told
	wait  Wait          // that is being told
	// atomic says that g is in an atomic operation, which may be made of others.
	atomic bool
}

func (g *G) observed() *observed {
	p := g.private()
	if p.observed == nil {
		p.observed = new(observed)
	}
	return p.observed
}

// here is where g is, as far as the engine can tell, and what the call works on
// that it makes there.
func (g *G) here() (Stack, *Site) {
	if f := g.exec.s.config.Here; f != nil {
		return f(g)
	}
	return nil, nil
}

// Touches tells that g is about to read, or write, memory. The engine calls it for
// observed goroutines.
func (g *G) Touches(write bool, p unsafe.Pointer, size uintptr, site *Site, at Stack) {
	o := g.Observation()
	if o == nil {
		return
	}
	if c := o.Controller; c != nil && c.Accesses() {
		kind := OpLoad
		if write {
			kind = OpStore
		}
		o.before(g, &Op{Kind: kind, Site: site, At: at, Address: p, Size: size})
	}
	switch d := o.Detector; {
	case d == nil:
	case write:
		d.Write(g, p, size, site, at)
	default:
		d.Read(g, p, size, site, at)
	}
	if o.Shows != nil && o.Recorder != nil && site != nil && o.Shows(site) {
		op := &g.observed().op
		*op = Op{Kind: OpLoad, Object: g.object(p, ObjectAtomic), Site: site, At: at, Address: p, Size: size, Time: nanotime()}
		if write {
			op.Kind = OpStore
		}
		o.Recorder.Did(g, op)
		*op = Op{}
	}
}

// Allocated tells that g has allocated memory. The engine calls it for observed
// goroutines.
func (g *G) Allocated(p unsafe.Pointer, size uintptr) {
	if o := g.Observation(); o != nil && o.Detector != nil {
		o.Detector.Born(g, p, size)
	}
}

// Atomically does an atomic operation, of kind OpAtomicLoad, OpAtomicStore or
// OpAtomicUpdate, for g: do carries it out and reports whether it did something.
func (g *G) Atomically(kind OpKind, p unsafe.Pointer, size uintptr, site *Site, at Stack, do func() bool) {
	o := g.Observation()
	if o == nil || p == nil || g.observed().atomic {
		do()
		return
	}
	x := g.object(p, ObjectAtomic)
	op := Op{Kind: kind, Object: x, Site: site, At: at, Address: p, Size: size}
	o.before(g, &op)
	x.mu.Lock()
	defer x.mu.Unlock()
	within := &g.observed().atomic
	*within = true
	defer func() { *within = false }()
	op.OK = do() // where it panics, nothing is told
	o.did(g, g, &op)
}

// starts tells that g starts child.
func (g *G) starts(child *G) {
	o := g.Observation()
	if o == nil {
		return
	}
	at, site := g.here()
	op := Op{Kind: OpGo, Child: child, At: at, Site: site}
	o.before(g, &op)
	o.did(g, g, &op)
}

// begins tells that g has begun.
func (g *G) begins() {
	if o := g.Observation(); o != nil {
		o.did(g, g, &Op{Kind: OpBegin})
	}
}

// ends tells that g has ended, with panicked if that is not nil.
func (g *G) ends(panicked any) {
	o := g.Observation()
	if o == nil {
		return
	}
	op := Op{Kind: OpEnd}
	switch {
	case panicked != nil:
		op.Fate = FatePanicked
	case g.returned:
	case g.flag.Load() == flagStop:
		op.Fate = FateStopped
	default:
		op.Fate = FateExited
	}
	o.did(g, g, &op)
}

// Began is when the clock of [Op.Time] began.
func Began() time.Time { return base }
