package picture

import (
	"slices"

	"github.com/gosched/gosched/kernel/observe"
)

// gatherLinks puts the arrows between two lanes in the same stretch of the plot
// together, and keeps those that stand for most.
func (f *figure) gatherLinks() {
	m := f.m
	type key struct {
		from, to, bin int
		kind          linkKind
	}
	index := map[key]int{}
	var all []link
	for i := range m.events {
		e := &m.events[i]
		kind, source, ok := m.arrow(int32(i))
		if !ok {
			continue
		}
		from, to := f.row(source), f.row(e.Goroutine)
		if from < 0 || to < 0 || from == to {
			continue
		}
		k := key{from, to, int(f.x[i] / f.plotW * linkBins), kind}
		if j, ok := index[k]; ok {
			all[j].count++
			continue
		}
		index[k] = len(all)
		all = append(all, link{from: from, to: to, x1: f.x[i], x2: f.x[i] + roomy.slant, kind: kind, event: int32(i), count: 1})
	}
	if len(all) > mostLinks {
		slices.SortStableFunc(all, func(a, b link) int { return b.count - a.count })
		all = all[:mostLinks]
		slices.SortStableFunc(all, func(a, b link) int { return int(a.event) - int(b.event) })
	}
	for i := range all {
		l := &all[i]
		if l.count > 1 {
			l.label.text = "×" + thousands(l.count)
		} else if l.kind == message {
			l.label.text = m.label(&m.events[l.event])
		}
	}
	f.links = all
}

// arrow says from which goroutine, if any, an arrow leads to an event.
func (m *model) arrow(i int32) (kind linkKind, from int32, ok bool) {
	e := &m.events[i]
	switch e.Kind {
	case observe.Receive:
		kind = message
	case observe.ReceiveClosed:
		kind = closing
	case observe.Lock, observe.RLock:
		kind = handed
		if m.blockOf[i] < 0 {
			return 0, 0, false // it did not wait, so nobody handed it over
		}
	case observe.WaitDone, observe.CondWait:
		kind = woken
	default:
		return 0, 0, false
	}
	if e.Peer >= 0 {
		return kind, m.events[e.Peer].Goroutine, true
	}
	return kind, observe.Outside, e.Kind == observe.Receive
}

// gatherMarks keeps the events that matter most, and one of each kind in a
// stretch of a lane.
func (f *figure) gatherMarks() {
	type key struct {
		row, bin int
		kind     observe.EventKind
	}
	index := map[key]int{}
	var all []mark
	for i := range f.m.events {
		e := &f.m.events[i]
		r := f.row(e.Goroutine)
		if r < 0 || !marked(e.Kind) || signs[e.Kind].svg == "" || e.Kind == observe.Send {
			continue
		}
		if r := rank(e.Kind); r > 3 || r > 2 && f.rows[f.row(e.Goroutine)].members > 1 {
			continue
		}
		k := key{r, int(f.x[i] / 22), e.Kind}
		if j, ok := index[k]; ok {
			all[j].count++
			continue
		}
		index[k] = len(all)
		all = append(all, mark{row: r, x: f.x[i], event: int32(i), count: 1})
	}
	if len(all) > mostMarks {
		slices.SortStableFunc(all, func(a, b mark) int {
			return rank(f.m.events[a.event].Kind) - rank(f.m.events[b.event].Kind)
		})
		all = all[:mostMarks]
		slices.SortStableFunc(all, func(a, b mark) int { return int(a.event) - int(b.event) })
	}
	f.marks = all
	for _, k := range all {
		f.shown = append(f.shown, k.event)
	}
}
