package sched

import (
	"cmp"
	"slices"
	"time"
	"unsafe"
)

// Info describes a goroutine at one moment.
type Info struct {
	Number   int
	Parent   int // number of the goroutine that started it, or 0
	Cell     int // number of its cell
	Main     bool
	Name     string        // function it was started with
	Start    Place         // of its go statement
	State    string        // "running", "stopping", or why it waits in Go's words
	Blocked  bool          // it waits for something
	Kind     Kind          // why
	On       []Waiting     // what it waits for; several in a select
	At       []Place       // where it waits, innermost first; empty if unknown
	For      time.Duration // how long it has been waiting
	Age      time.Duration // since its start
	Stopping bool
	Leaked   bool // found by Scheduler.Leaks: it can never run again
	held     []uintptr
}

// Waiting is one thing that a goroutine waits for.
type Waiting struct {
	Send bool // a send of a select, or of its own
	Name string
	Type string
	// Len and Cap are those of a channel; Cap is -1 for anything else.
	Len, Cap int
	// Holder is the number of the goroutine that has the lock, or 0 where that
	// is not known.
	Holder int
	object unsafe.Pointer
}

// Meets reports whether two wait at different ends of one channel.
func (w *Waiting) Meets(o *Waiting) bool {
	return w.Cap >= 0 && w.object != nil && w.object == o.object && w.Send != o.Send
}

// Is reports whether this object, such as a channel, is what it waits for.
func (w *Waiting) Is(object unsafe.Pointer) bool { return w.object != nil && w.object == object }

// places is how many frames are asked for, or one where there are more than
// manyGoroutines to be listed.
const (
	places         = 8
	manyGoroutines = 1000
)

// List describes every live goroutine of the session, by number.
func (s *Scheduler) List() []Info {
	live := s.live()
	byNumber := func(a, b *G) int { return cmp.Compare(a.number, b.number) }
	if !slices.IsSortedFunc(live, byNumber) {
		slices.SortFunc(live, byNumber)
	}
	list := make([]Info, len(live))
	on := make([]Waiting, 0, len(live)) // most wait for one thing
	depth := places
	if len(live) > manyGoroutines {
		depth = 1
	}
	n := 0
	for _, g := range live {
		if g.describe(&list[n], &on, depth) {
			n++
		}
	}
	list = list[:n]
	if n <= manyGoroutines {
		s.describeNative(list)
		s.nameHolders(list)
	}
	return list
}

// describeNative says of goroutines that the scheduler has not seen block why
// they wait in compiled code, if they do.
func (s *Scheduler) describeNative(list []Info) {
	at := make(map[int]*Info)
	for i := range list {
		if in := &list[i]; !in.Blocked && !in.Stopping {
			at[in.Number] = in
		}
	}
	if len(at) == 0 || !s.seesStacks() {
		return
	}
	for _, x := range s.natives() {
		if in := at[x.g.Number()]; in != nil && x.own && x.reason != "" {
			in.State = x.reason
		}
	}
}

// Count returns how many goroutines are alive.
func (s *Scheduler) Count() int {
	n := 0
	for _, e := range s.executions() {
		e.mu.Lock()
		n += e.live
		e.mu.Unlock()
	}
	return n
}

// live returns the goroutines that are alive, in no order.
func (s *Scheduler) live() []*G {
	live := make([]*G, 0, s.Count()+16)
	s.each(func(g *G) bool {
		live = append(live, g)
		return true
	})
	return live
}

// info describes g, unless it has ended.
func (g *G) info() (in Info, alive bool) {
	var on []Waiting
	alive = g.describe(&in, &on, places)
	return in, alive
}

// describe fills in. What g waits for is appended to on, and up to depth of its
// frames are asked for.
func (g *G) describe(in *Info, on *[]Waiting, depth int) (alive bool) {
	now := nanotime()
	*in = Info{
		Number: g.Number(),
		Parent: g.Parent(),
		Cell:   g.exec.cell.Number,
		Main:   g.kind == kindMain,
		Name:   g.name,
		Start:  g.start,
		State:  KindNone.String(),
		Age:    time.Duration(now - g.started),
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	in.Stopping = g.stopping
	if !g.inspect() {
		if g.stopping {
			in.State = "stopping"
		}
		in.Leaked = g.leaked
		return !g.dead
	}
	defer g.inspectionEnds()
	p := g.private()
	w := &p.wait
	in.Blocked = true
	in.Kind = w.Kind
	in.State = w.Kind.String()
	in.Leaked = g.leaked
	in.held = g.held.all()
	in.For = max(0, time.Duration(now-g.since))
	first := len(*on)
	*on = w.waiting(*on)
	in.On = (*on)[first:len(*on):len(*on)]
	if w.At != nil {
		in.At = w.At.Places(depth)
	}
	return true
}

// waiting appends what w waits for to on.
func (w *Wait) waiting(on []Waiting) []Waiting {
	one := func(send bool, object unsafe.Pointer, site *Site, isChan bool) {
		x := Waiting{Send: send, Cap: -1, object: object}
		if site != nil {
			x.Name, x.Type = site.Name, site.Type
			if site.Element != nil {
				x.Name = site.Element(w.At, object)
			}
		}
		if isChan && object != nil {
			x.Len, x.Cap = chanLen(object), chanCap(object)
		}
		on = append(on, x)
	}
	switch w.Kind {
	case KindSelectEmpty, KindSleep, KindNative:
		return on
	case KindSelect:
		for _, c := range w.Cases {
			one(c.Send, c.Object, c.Site, true)
		}
		return on
	}
	if w.Object != nil || w.Site != nil {
		send := w.Kind == KindSend || w.Kind == KindSendNil
		one(send, w.Object, w.Site, w.Kind.isChan())
	}
	return on
}
