package race

import (
	"slices"
	"unsafe"

	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/sched/wait"
)

// A Detector is what package sched tells of the goroutines of a session. What it
// knows of each, and of what they work on, hangs on those themselves.
var _ sched.Foreteller = (*Detector)(nil)

// goroutine returns what is known of g.
func (d *Detector) goroutine(g *sched.G) *Goroutine {
	if x, ok := g.Slots().Detected.(*Goroutine); ok && x.d == d {
		return x
	}
	x := d.After(&d.mains, originOf(g))
	g.Slots().Detected = x
	return x
}

func originOf(g *sched.G) *Origin {
	return &Origin{Number: g.Number(), Name: g.Name(), Main: g.Main(), Parent: g.Parent(), Start: g.Start()}
}

// Read implements [sched.Detector].
func (d *Detector) Read(g *sched.G, p unsafe.Pointer, size uintptr, site *sched.Site, at sched.Stack) {
	d.goroutine(g).Access(p, size, Read, site, at)
}

// Write implements [sched.Detector].
func (d *Detector) Write(g *sched.G, p unsafe.Pointer, size uintptr, site *sched.Site, at sched.Stack) {
	d.goroutine(g).Access(p, size, Write, site, at)
}

// Born implements [sched.Detector].
func (d *Detector) Born(g *sched.G, p unsafe.Pointer, size uintptr) {
	d.goroutine(g).Born(p, size)
}

// An object is what is known of one of sched's.
type object struct {
	d *Detector
	Sync
	readers Sync // of an RWMutex, those who have unlocked it
	// user stands for the memory of a channel or wait group, which some uses read
	// and others write: those race that must not happen at the same time.
	user word
	// Of a WaitGroup, the count, and whether somebody waits.
	count   int64
	waiting bool
	// closed says that the close of a channel has been told.
	closed bool
}

func (d *Detector) object(x *sched.Object) *object {
	if o, ok := x.Detected.(*object); ok && o.d == d {
		return o
	}
	o := &object{d: d}
	x.Detected = o
	return o
}

// A message is what is known of one of sched's.
type message struct {
	d        *Detector
	sent     Sync
	received Sync
}

func (d *Detector) message(m *sched.Message) *message {
	if x, ok := m.Detected.(*message); ok && x.d == d {
		return x
	}
	x := &message{d: d}
	m.Detected = x
	return x
}

// Did implements [sched.Observer].
func (d *Detector) Did(by *sched.G, op *sched.Op) {
	g := d.goroutine(by)
	switch op.Kind {
	case sched.OpBlock:
		g.blocks(op)
		return
	case sched.OpSelect, sched.OpTimer:
		return // the case is told by itself; who receives hears of nobody
	case sched.OpUnblock:
		return // orders nothing, and is not told under the object's lock
	}
	var x *object
	if op.Object != nil {
		x = d.object(op.Object)
	}
	switch op.Kind {
	case sched.OpGo:
		op.Child.Slots().Detected = g.Go(originOf(op.Child))
	case sched.OpEnd:
		if by.Main() {
			g.Merge(&d.mains)
		}
		if by.Native() {
			g.Merge(&d.outside)
		}
		g.End()
	case sched.OpOther:
		g.other(op)
	default:
		if x != nil {
			g.uses(x, op)
			if d.options.Company {
				g.inCompany(op)
			}
		}
	}
}

// blocks is told that g is about to wait.
func (g *Goroutine) blocks(op *sched.Op) {
	if op.Wait == nil || op.Wait.Kind != wait.WaitGroup || op.Object == nil {
		return
	}
	op.Object.With(func() {
		if x := g.d.object(op.Object); !x.waiting {
			x.waiting = true
			g.touch(&x.user, Write, op)
		}
	})
}

// uses is told that g works on x.
func (g *Goroutine) uses(x *object, op *sched.Op) {
	switch op.Kind { // a lock that is copied or set while it is used
	case sched.OpLock, sched.OpRLock, sched.OpAdd, sched.OpWait, sched.OpOnce:
		if p := op.Object.Pointer(); p != nil {
			g.Access(p, lockSize, Atomic|Write, siteOf(op), op.At)
		}
	}
	switch op.Kind {
	case sched.OpSend:
		g.touch(&x.user, Read, op)
		g.sends(x, op.Message)
	case sched.OpReceive:
		g.receives(x, op)
	case sched.OpClose:
		g.touch(&x.user, Write, op)
		g.Release(&x.Sync)
		x.closed = true
	case sched.OpLock:
		if !op.Try || op.OK {
			g.Acquire(&x.Sync)
			g.Acquire(&x.readers)
		}
	case sched.OpRLock:
		if !op.Try || op.OK {
			g.Acquire(&x.Sync)
		}
	case sched.OpUnlock:
		g.Release(&x.Sync)
	case sched.OpRUnlock:
		g.Merge(&x.readers)
	case sched.OpAdd:
		// The first Add of a round must not come at the same time as the Wait.
		if op.N > 0 && x.count == 0 {
			g.touch(&x.user, Read, op)
		}
		if x.count += op.N; x.count <= 0 {
			x.waiting = false
		}
		if op.N < 0 {
			g.Merge(&x.Sync)
		}
	case sched.OpWait, sched.OpCondWait, sched.OpOnce:
		g.Acquire(&x.Sync)
	case sched.OpSignal:
		g.Merge(&x.Sync)
	case sched.OpOnceDone:
		g.Release(&x.Sync)
	case sched.OpAtomicLoad:
		g.Atomic(&x.Sync, op.Address, op.Size, true, false, op.Site, op.At)
	case sched.OpAtomicStore:
		g.Atomic(&x.Sync, op.Address, op.Size, false, true, op.Site, op.At)
	case sched.OpAtomicUpdate:
		g.Atomic(&x.Sync, op.Address, op.Size, true, op.OK, op.Site, op.At)
	case sched.OpCancel:
		// Whoever waits for a context that comes from this one is told only that it is
		// done.
		g.Merge(&x.Sync)
		g.Merge(&g.d.outside)
	}
}

// Foretells implements [sched.Foreteller].
func (d *Detector) Foretells() bool { return d.options.Company }

// Will implements [sched.Foreteller]. What goroutines do becomes known to those that are
// not observed, and through them to others, at any time after this.
func (d *Detector) Will(by *sched.G, op *sched.Op) {
	d.goroutine(by).publishes(op)
}

// inCompany is told what g has worked on where goroutines that are not observed may do
// so, too, and carry on from one to another what the observed ones have done.
func (g *Goroutine) inCompany(op *sched.Op) {
	switch op.Kind {
	case sched.OpReceive, sched.OpLock, sched.OpRLock, sched.OpWait, sched.OpCondWait, sched.OpOnce, sched.OpAtomicLoad, sched.OpAtomicUpdate:
		g.Acquire(&g.d.outside)
	}
	g.publishes(op)
}

// publishes has those that are not observed know what g has done, if op lets others go on.
func (g *Goroutine) publishes(op *sched.Op) {
	switch op.Kind {
	case sched.OpSelect:
		if !slices.ContainsFunc(op.Cases, func(c sched.Comm) bool { return c.Send }) {
			return
		}
	case sched.OpSend, sched.OpClose, sched.OpUnlock, sched.OpRUnlock, sched.OpAdd, sched.OpSignal, sched.OpOnceDone, sched.OpAtomicStore, sched.OpAtomicUpdate:
	default:
		return
	}
	g.Merge(&g.d.outside)
}

// other is told of what has no kind of its own.
func (g *Goroutine) other(op *sched.Op) {
	d := g.d
	switch op.Text {
	case sched.Calling:
		g.Merge(&d.outside)
	case sched.Called:
		g.Acquire(&d.outside)
	case sched.Setting:
		g.Merge(d.timer(op.Address, true))
	case sched.Fired:
		if s := d.timer(op.Address, false); s != nil {
			g.Acquire(s)
		}
	case sched.Stray, "testing/synctest.Wait": // all others of the bubble have come to rest
		g.LearnAll()
	case "runtime.GC": // who calls it wants to see things freed
		d.LetGo()
	case "sync.(*Pool).Put":
		g.Merge(d.pooled(op.Address))
	case "sync.(*Pool).Get":
		g.Acquire(d.pooled(op.Address))
	case "sync.(*Map).Load", "sync.(*Map).Range":
		g.Acquire(d.shared(op.Address))
	case "sync.(*Map).Store", "sync.(*Map).Delete", "sync.(*Map).Clear":
		g.Merge(d.shared(op.Address))
	default: // what both reads and writes a sync.Map is told before and after
		g.Acquire(d.shared(op.Address))
		g.Merge(d.shared(op.Address))
	}
}

// timer is for a timer that calls a function. It is nil if there is none and none
// is to be made.
func (d *Detector) timer(p unsafe.Pointer, needed bool) *Sync {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.timers[uintptr(p)]
	if s == nil && needed {
		s = new(Sync)
		d.timers[uintptr(p)] = s
	}
	return s
}

// pooled is for a thing in a sync.Pool.
func (d *Detector) pooled(p unsafe.Pointer) *Sync {
	return &d.pool[uintptr(p)>>4%uintptr(len(d.pool))]
}

// shared is for a sync.Map.
func (d *Detector) shared(p unsafe.Pointer) *Sync {
	return &d.maps[uintptr(p)>>4%uintptr(len(d.maps))]
}

// sends is told that g sends on a channel.
func (g *Goroutine) sends(x *object, m *sched.Message) {
	if m == nil { // nobody knows who gets it
		g.Merge(&x.Sync)
		g.Merge(&g.d.outside)
		return
	}
	g.Release(&g.d.message(m).sent)
	if m.Room != nil && m.Room != m {
		g.Acquire(&g.d.message(m.Room).received)
	}
}

// receives is told that g has received from a channel.
func (g *Goroutine) receives(x *object, op *sched.Op) {
	m := op.Message
	switch {
	case m == nil && x.closed && !op.OK:
		g.Acquire(&x.Sync)
	case m == nil: // from code that is not observed, which may have heard from anybody
		g.Acquire(&x.Sync)
		g.Acquire(&g.d.outside)
	default:
		y := g.d.message(m)
		g.Release(&y.received)
		g.Acquire(&y.sent)
		if m.Room == m { // the sender is still there
			g.d.goroutine(m.Sender).Acquire(&y.received)
		}
	}
}

// touch is told that g uses x in a way that races with others.
func (g *Goroutine) touch(w *word, kind Kind, op *sched.Op) {
	site := siteOf(op)
	now := access{epoch: g.epoch | 1, at: g.spot(site, op.At), cycle: g.d.cycle(), write: kind&Write != 0}
	g.touched = true
	w.acquire()
	found := w.note(g, now)
	w.release()
	if found != nil {
		g.d.race(g, unsafe.Pointer(w), &now, op.At, found, true)
	}
}

// lockSize is how much of a lock counts: its first word, which all have.
const lockSize = 4

func siteOf(op *sched.Op) *sched.Site {
	if op.Site != nil {
		return op.Site
	}
	return noSite
}

var noSite = &sched.Site{Variable: true}
