package observe

import (
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/gosched/gosched/kernel/sched"
)

// Config says what a [Recorder] records.
type Config struct {
	// Cell is the number of the execution, or 0 where there are several.
	Cell int
	// Max is how many events are kept, at most; 0 is 200,000.
	Max int
	// Now is the clock, if it is not that on the wall.
	Now func() time.Time
	// Changed is called after each event, if it is not nil. It must not wait.
	Changed func()
}

const defaultMax = 200_000

// A Recorder makes a [Record] of what it is told. It implements [sched.Observer].
type Recorder struct {
	config Config
	id     uint64 // in the upper half of Slots.Recorded, to know what is its own

	mu      sync.Mutex
	r       Record // without events
	log     log
	lanes   []lane
	objects []object
	numbers map[int]int32 // of goroutines, to indexes
	over    bool
	began   int64 // when the record did, as Op.Time
	latest  int64 // the time of the last event
}

// A lane is what the recorder needs to know of a goroutine beside its record.
type lane struct {
	fired   int32 // the Fire that it is about to receive, or -1
	unblock int32 // the last Unblock, if nothing has followed, or -1
	stuck   bool  // nothing can wake it: what it does when it is stopped is left out
	waited  int32 // the Unblock before the last event, or -1
	last    int32 // the last event, or -1
	// woken is an Unblock that has not been added yet, if its kind is Unblock.
	woken entry
}

// An object is the like of an Object.
type object struct {
	closed, unlock, done, signal int32 // the last events of their kinds, or -1
	parent                       int32 // of a context, the index of the one it comes from, or -1
	due                          int64 // of a context, its deadline, or 0
	timer                        bool  // a timer sends on it
	lasts                        int64 // of that, or of a context's, the duration
}

// New returns a Recorder that begins now.
func New(config Config) *Recorder {
	if config.Max == 0 {
		config.Max = defaultMax
	}
	now := config.Now
	if now == nil {
		now = time.Now
	}
	return &Recorder{
		config:  config,
		id:      uint64(rand.Uint32()|1) << 32,
		r:       Record{Cell: config.Cell, Start: now()},
		numbers: map[int]int32{},
		began:   int64(time.Since(sched.Began())),
	}
}

// Record returns what has been recorded so far.
func (r *Recorder) Record() *Record {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := r.r
	c.End = r.now()
	c.Goroutines = append([]Goroutine(nil), r.r.Goroutines...)
	c.Objects = append([]Object(nil), r.r.Objects...)
	c.Events = r.log.events()
	return &c
}

// Finish ends the record and returns it; what comes later is dropped. leaked are the
// numbers of goroutines that nothing can wake any more.
func (r *Recorder) Finish(leaked []int) *Record {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.over = true
	r.r.End = r.now()
	for i := range r.lanes {
		r.stillWaits(int32(i), &sched.Op{Kind: sched.OpEnd}, max(r.latest, r.lanes[i].woken.time))
	}
	for _, n := range leaked {
		if i, ok := r.numbers[n]; ok && r.r.Goroutines[i].Fate == Alive {
			r.r.Goroutines[i].Fate = Leaked
		}
	}
	r.r.Events = r.log.events()
	r.log.done()
	return &r.r
}

// Stuck implements [sched.Mourner].
func (r *Recorder) Stuck(numbers []int, deadlock bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.over {
		return
	}
	fate := Leaked
	if deadlock {
		fate = Deadlocked
	}
	for _, n := range numbers {
		if i, ok := r.numbers[n]; ok && r.r.Goroutines[i].Fate == Alive {
			r.r.Goroutines[i].Fate = fate
			r.lanes[i].stuck = true
		}
	}
	if r.config.Changed != nil {
		r.config.Changed()
	}
}

func (r *Recorder) now() int64 {
	if r.config.Now == nil {
		return int64(time.Since(r.r.Start))
	}
	return int64(r.config.Now().Sub(r.r.Start))
}

// when is when something was told at a time. Operations on different objects may be
// told at the same time.
func (r *Recorder) when(told int64) int64 {
	t := told - r.began
	if r.config.Now != nil {
		t = r.now()
	}
	r.latest = max(r.latest, t)
	return r.latest
}

// recorded is the index that a slot holds, or -1.
func (r *Recorder) recorded(slot uint64) int32 {
	if slot&^(1<<32-1) != r.id {
		return -1
	}
	return int32(uint32(slot))
}

func (r *Recorder) slot(i int32) uint64 { return r.id | uint64(uint32(i)) }

// goroutine returns the index of g, which may be new.
func (r *Recorder) goroutine(g *sched.G) int32 {
	if i := r.recorded(g.Slots().Recorded); i >= 0 {
		return i
	}
	i := int32(len(r.r.Goroutines))
	r.r.Goroutines = append(r.r.Goroutines, Goroutine{
		Number: g.Number(), Parent: g.Parent(), Name: g.Name(), Start: g.Start(), Main: g.Main(), Born: r.now(),
	})
	r.lanes = append(r.lanes, lane{fired: -1, unblock: -1, waited: -1, last: -1})
	r.numbers[g.Number()] = i
	g.Slots().Recorded = r.slot(i)
	return i
}

var objectKinds = [...]ObjectKind{
	sched.ObjectChannel: Channel, sched.ObjectMutex: Mutex, sched.ObjectRWMutex: RWMutex,
	sched.ObjectWaitGroup: WaitGroup, sched.ObjectCond: Cond, sched.ObjectOnce: Once,
	sched.ObjectAtomic: Atomic, sched.ObjectTimer: Timer, sched.ObjectOther: Variable,
}

// object returns the index of what op works on, or -1.
func (r *Recorder) object(op *sched.Op) int32 {
	if op.Object == nil {
		return -1
	}
	i := r.objectAt(op.Object, op.Site, op.At)
	if op.Kind == sched.OpContext {
		r.r.Objects[i].Kind = Context
	}
	return i
}

// objectAt returns the index of x, which is used at a site.
func (r *Recorder) objectAt(x *sched.Object, site *sched.Site, at sched.Stack) int32 {
	i := r.recorded(x.Recorded)
	if i < 0 {
		i = int32(len(r.r.Objects))
		o := Object{Kind: objectKinds[x.Kind], Cap: x.Cap}
		r.r.Objects = append(r.r.Objects, o)
		r.objects = append(r.objects, object{closed: -1, unlock: -1, done: -1, signal: -1, parent: -1})
		x.Recorded = r.slot(i)
	}
	if o := &r.r.Objects[i]; site != nil && o.Name == "" {
		o.Name = site.NameOf(at, x.Pointer())
		if o.Type == "" {
			o.Type = site.Type
		}
	}
	return i
}

// add adds an event and returns its index, or -1 if the record is full.
func (r *Recorder) add(e *entry) int32 {
	if r.full() {
		r.r.Dropped++
		return -1
	}
	i := r.log.add(*e)
	if e.goroutine == Outside {
		return i
	}
	l := &r.lanes[e.goroutine]
	l.last = i
	switch {
	case e.kind == Unblock:
		l.unblock = i
	case e.kind == Choose, e.kind == Lock && r.waitedFor(l, Cond): // what has been waited for comes next
	default:
		l.waited, l.unblock = l.unblock, -1
		if l.waited >= 0 {
			r.log.at(l.waited).peer = e.peer
		}
	}
	return i
}

// waitedFor reports whether the goroutine of a lane has gone on that waited for an object
// of a kind, and has done nothing since.
func (r *Recorder) waitedFor(l *lane, kind ObjectKind) bool {
	if l.unblock < 0 {
		return false
	}
	object := r.log.at(l.unblock).object
	return object >= 0 && r.r.Objects[object].Kind == kind
}

// placeOf is the number of the place of an operation.
func (r *Recorder) placeOf(op *sched.Op) int32 { return r.placeAt(op.Site, op.At) }

func (r *Recorder) placeAt(site *sched.Site, at sched.Stack) int32 {
	if site == nil || site.Place == nil {
		return r.log.place((&sched.Op{Site: site, At: at}).Place())
	}
	i := r.recorded(site.Recorded.Load())
	if i < 0 {
		i = r.log.place(site.Place())
		site.Recorded.Store(r.slot(i))
	}
	return i
}

func (r *Recorder) full() bool { return int(r.log.n) >= r.config.Max }

// Did implements [sched.Observer].
func (r *Recorder) Did(g *sched.G, op *sched.Op) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.over {
		return
	}
	known := len(r.lanes)
	e := entry{time: r.when(op.Time), goroutine: r.goroutine(g), object: -1, peer: -1}
	if r.lanes[e.goroutine].stuck {
		return
	}
	if r.full() && op.Kind != sched.OpEnd && op.Kind != sched.OpGo {
		r.r.Dropped++
		return
	}
	r.fires(e.goroutine, op, e.time)
	if r.stillWaits(e.goroutine, op, e.time) {
		return
	}
	e.place = r.placeOf(op)
	if op.Kind == sched.OpUnblock && len(r.lanes) > known {
		b := e // it has waited since before the record began
		b.kind, b.wait, b.object = Block, op.Wait.Kind, r.object(op)
		r.add(&b)
	}
	switch op.Kind {
	case sched.OpGo:
		e.kind, e.object, e.place = Go, r.goroutine(op.Child), r.log.place(op.Child.Start())
	case sched.OpBegin:
		e.kind = Begin
	case sched.OpEnd:
		r.ends(&r.r.Goroutines[e.goroutine], e.time, op.Fate)
		e.kind = End
	case sched.OpPanic:
		e.kind = Panic
		r.log.saying(&e, panicText(op.Panic))
	case sched.OpPrint:
		e.kind = Print
		r.log.saying(&e, short(strings.TrimSuffix(op.Text, "\n"), maxPrint))
	case sched.OpSleep:
		e.kind = Sleep
		r.log.saying(&e, time.Duration(op.N).String())
	case sched.OpOther:
		if op.Text != sched.Fired || r.fromTimer(e.goroutine) {
			return
		}
		e.kind = Fire
	case sched.OpSelect:
		e.kind = Choose
		r.log.saying(&e, caseText(op))
	default:
		e.object = r.object(op)
		if op.Kind == sched.OpUnblock && communicates(op.Wait.Kind) {
			e.kind, e.wait = Unblock, op.Wait.Kind
			r.lanes[e.goroutine].woken = e
			return
		}
		r.notes(e.object, op, e.time)
		if !r.works(&e, op) {
			return
		}
	}
	if r.repeats(&e) {
		return
	}
	i := r.add(&e)
	r.after(i, e.kind, e.object, op)
	if r.config.Changed != nil {
		r.config.Changed()
	}
}

func (r *Recorder) ends(g *Goroutine, now int64, fate sched.Fate) {
	g.Ended = now
	switch fate {
	case sched.FateReturned:
		g.Fate = Returned
	case sched.FatePanicked:
		g.Fate = Panicked
	case sched.FateStopped:
		g.Fate = Stopped
	case sched.FateExited:
		g.Fate = Exited
	}
}
