package sched

import (
	"cmp"
	"slices"
	"time"
	"unsafe"

	"github.com/gosched/gosched/kernel/sched/report"
	"github.com/gosched/gosched/kernel/sched/wait"
)

// places is how many frames are asked for, or one where there are more than
// manyGoroutines to be listed.
const (
	places         = 8
	manyGoroutines = 1000
)

// List describes every live goroutine of the session, by number.
func (s *Scheduler) List() []report.Info {
	live := s.live()
	byNumber := func(a, b *G) int { return cmp.Compare(a.number, b.number) }
	if !slices.IsSortedFunc(live, byNumber) {
		slices.SortFunc(live, byNumber)
	}
	list := make([]report.Info, len(live))
	on := make([]report.Waiting, 0, len(live)) // most wait for one thing
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
func (s *Scheduler) describeNative(list []report.Info) {
	at := make(map[int]*report.Info)
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
func (g *G) info() (in report.Info, alive bool) {
	var on []report.Waiting
	alive = g.describe(&in, &on, places)
	return in, alive
}

// describe fills in. What g waits for is appended to on, and up to depth of its
// frames are asked for.
func (g *G) describe(in *report.Info, on *[]report.Waiting, depth int) (alive bool) {
	now := nanotime()
	*in = report.Info{
		Number: g.Number(),
		Parent: g.Parent(),
		Cell:   g.exec.cell.Number,
		Main:   g.kind == kindMain,
		Name:   g.origin.Name,
		Start:  g.origin.At,
		State:  wait.None.String(),
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
	in.Held = g.held.Locks()
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
func (w *Wait) waiting(on []report.Waiting) []report.Waiting {
	one := func(send bool, object unsafe.Pointer, site *Site, isChan bool) {
		x := report.Waiting{Send: send, Cap: -1, Object: object}
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
	case wait.SelectEmpty, wait.Sleep, wait.Native:
		return on
	case wait.Select:
		for _, c := range w.Cases {
			one(c.Send, c.Object, c.Site, true)
		}
		return on
	}
	if w.Object != nil || w.Site != nil {
		send := w.Kind == wait.Send || w.Kind == wait.SendNil
		one(send, w.Object, w.Site, w.Kind.IsChan())
	}
	return on
}
