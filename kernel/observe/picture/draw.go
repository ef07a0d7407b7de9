package picture

import "github.com/gosched/gosched/kernel/observe"

// draw makes bars, arrows and marks of what happened.
func (f *figure) draw() {
	m := f.m
	for r := range f.rows {
		w := &f.rows[r]
		if w.g < 0 {
			w.stop = f.plotW
			continue
		}
		f.drawSpans(r)
	}
	f.drawLocks()
	for _, i := range f.shown {
		e := &m.events[i]
		r := f.row(e.Goroutine)
		if r < 0 {
			continue
		}
		f.drawLinks(i, r)
		if e.Kind == observe.Block {
			if _, text := m.beside(i); text != "" {
				f.waits = append(f.waits, label{at: f.x[i], time: e.Time, x: f.x[i] + 1, y: f.y(r) + 20, text: text, class: stateClasses[stateOf(e.Wait)] + "t"})
			}
			continue
		}
		if e.Kind == observe.Lock || e.Kind == observe.RLock {
			f.waits = append(f.waits, label{at: f.x[i], time: e.Time, x: f.x[i] + 1, y: f.y(r) + 20, text: m.label(e), class: "lokt"})
		}
		if marked(e.Kind) {
			f.marks = append(f.marks, mark{row: r, x: f.x[i], event: i, count: 1})
		}
	}
}

// marked reports whether events of a kind have a sign of their own on the lane.
func marked(k observe.EventKind) bool {
	switch k {
	case observe.Block, observe.Unblock, observe.Receive, observe.Begin, observe.Yield,
		observe.Sleep, observe.Lock, observe.RLock, observe.Unlock, observe.RUnlock, observe.WaitDone, observe.CondWait:
		return false
	}
	return true
}

func (f *figure) drawSpans(r int) {
	w := &f.rows[r]
	spans := f.m.spans[w.g]
	start := f.begun[r]
	if start < 0 {
		start = f.at(-1, spans[0].start)
	}
	for i, s := range spans {
		x1, x2 := f.at(s.from, s.start), f.at(s.to, s.stop)
		if i == 0 {
			x1 = start
		}
		if s.to < 0 && !w.ended {
			x2 = f.plotW
		}
		x1 = max(x1, start)
		w.stop = max(w.stop, x2)
		w.end = s.stop
		if x2-x1 < 0.5 {
			continue
		}
		f.bars = append(f.bars, bar{row: r, x1: x1, x2: x2, t1: s.start, t2: s.stop, state: s.state, event: s.block})
	}
	w.stop = max(w.stop, start+2)
}

// drawLinks makes the arrow that leads to event i, if there is one.
func (f *figure) drawLinks(i int32, r int) {
	m := f.m
	e := &m.events[i]
	l := link{to: r, x2: f.x[i], event: i, count: 1}
	switch e.Kind {
	case observe.Go:
		if e.Object < 0 || m.birth[e.Object] != i {
			return
		}
		c := f.rowOf[e.Object]
		l = link{from: r, to: c, x1: f.x[i], x2: f.begun[c], kind: started, event: i, count: 1}
		f.links = append(f.links, l)
		return
	case observe.Receive:
		l.kind = message
	case observe.ReceiveClosed:
		l.kind = closing
	case observe.Lock, observe.RLock:
		l.kind = handed
		if m.blockOf[i] < 0 {
			return // it did not wait, so nobody handed it over
		}
	case observe.WaitDone, observe.CondWait, observe.OnceDo, observe.Load, observe.Store, observe.Cancel, observe.Sleep:
		l.kind = woken
		if m.blockOf[i] < 0 && e.Kind != observe.CondWait && e.Kind != observe.WaitDone {
			return
		}
	case observe.Unblock:
		if e.Peer < 0 || m.told[i] {
			return
		}
		l.kind = woken
	default:
		return
	}
	switch p := e.Peer; {
	case p < 0:
		if e.Kind != observe.Receive || f.beyond < 0 {
			return
		}
		l.from = f.beyond
		l.x1 = l.x2 - min(roomy.slant, l.x2/2)
	case f.x[p] < 0:
		return // its beginning is not drawn
	default:
		l.from = f.row(m.events[p].Goroutine)
		l.x1 = f.x[p]
		if p > i { // the sender was waiting, and noticed later
			l.x1 = l.x2 - roomy.slant
			if b := m.blockOf[p]; b >= 0 && f.x[b] >= 0 {
				l.x1 = max(l.x1, min(f.x[b], l.x2-4))
			}
		}
	}
	if l.from < 0 || l.from == l.to && e.Kind != observe.Receive {
		return
	}
	if l.kind == message {
		l.label.text = m.label(e)
	}
	f.links = append(f.links, l)
}

// drawLocks makes a band for each time that a goroutine held a lock.
func (f *figure) drawLocks() {
	type holder struct{ g, object int32 }
	since := map[holder]int32{}
	var order []holder
	band := func(h holder, x2 float64, t2 int64) {
		r := f.row(h.g)
		x1 := f.x[since[h]]
		if x2-x1 >= 1 {
			f.held = append(f.held, bar{row: r, x1: x1, x2: x2, t1: f.m.events[since[h]].Time, t2: t2, event: since[h]})
		}
		delete(since, h)
	}
	for _, i := range f.shown {
		e := &f.m.events[i]
		h := holder{e.Goroutine, e.Object}
		if e.Goroutine < 0 || e.Object < 0 {
			continue
		}
		switch e.Kind {
		case observe.Lock, observe.RLock:
			if _, again := since[h]; !again {
				since[h] = i
				order = append(order, h)
			}
		case observe.Unlock, observe.RUnlock:
			if _, ok := since[h]; ok {
				band(h, f.x[i], e.Time)
			}
		}
	}
	for _, h := range order {
		if _, ok := since[h]; ok {
			w := &f.rows[f.row(h.g)]
			band(h, w.stop, w.end)
		}
	}
}
