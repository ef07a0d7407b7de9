package picture

import (
	"cmp"
	"slices"

	"github.com/gosched/gosched/kernel/observe"
)

// Spacings of the logical time axis: with room for every label, and without.
var (
	roomy = spacing{gap: 26, slant: 16, labels: true}
	tight = spacing{gap: 14, slant: 12}
)

// A spacing says how far apart things are put.
type spacing struct {
	gap    float64 // between events of a goroutine
	slant  float64 // between the two ends of an arrow, at least
	labels bool    // make room for labels
}

// place gives every drawn event its place from left to right: in the order in
// which they happened, with room for what is written beside them, and not to
// scale. Events that touch neither each other's lanes nor arrows may share a
// place.
func (f *figure) place() {
	room := f.room()
	p := f.layOut(roomy)
	if p.end > room {
		p = f.layOut(tight)
	}
	f.x, f.begun, f.cutX = p.x, p.begun, p.cut
	scale := 1.0
	if p.end > room || !p.labels { // what has no room for everything gets all there is
		scale = (room - margin) / (p.end - margin)
		p.end = room
	}
	squeeze := func(v float64) float64 {
		if v < 0 {
			return v
		}
		return margin + (v-margin)*scale
	}
	for _, e := range f.shown {
		f.x[e] = squeeze(f.x[e])
	}
	for i := range f.begun {
		f.begun[i] = squeeze(f.begun[i])
	}
	f.cutX = squeeze(f.cutX)
	f.plotW = max(p.end, 220)
	f.wind()
}

// wind notes which time it is at which place.
func (f *figure) wind() {
	ticks := make([]tick, 0, len(f.shown)+len(f.rows)+2)
	for _, e := range f.shown {
		ticks = append(ticks, tick{f.x[e], f.m.events[e].Time})
	}
	for r := range f.rows { // a goroutine stands a little behind its go statement
		if g := f.rows[r].g; g >= 0 && f.begun[r] >= 0 && f.m.birth[g] >= 0 {
			ticks = append(ticks, tick{f.begun[r], f.m.events[f.m.birth[g]].Time})
		}
	}
	slices.SortStableFunc(ticks, func(a, b tick) int { return cmp.Compare(a.x, b.x) })
	f.clock = append(f.clock, tick{0, 0})
	for _, t := range append(ticks, tick{f.plotW, f.m.end}) {
		last := &f.clock[len(f.clock)-1]
		t.time = max(t.time, last.time)
		if t.x <= last.x {
			last.time = t.time
			continue
		}
		f.clock = append(f.clock, t)
	}
}

// A placing is the work of finding places.
type placing struct {
	spacing
	f     *figure
	x     []float64
	begun []float64
	last  []float64    // for each row, where something was last put on it
	free  [][3]float64 // for each row, from where on its zones are free of labels
	now   float64
	end   float64
	cut   float64
}

// The zones of a row that labels are written in.
const (
	above = iota
	below
	between // this row and the next
)

func (f *figure) layOut(s spacing) *placing {
	n := len(f.rows)
	p := &placing{
		spacing: s, f: f, x: make([]float64, len(f.m.events)), begun: make([]float64, n),
		last: make([]float64, n), free: make([][3]float64, n), now: margin, cut: -1,
	}
	for i := range p.x {
		p.x[i] = -1
	}
	for i := range p.begun {
		p.begun[i], p.last[i] = -1, margin-s.gap
		if g := f.rows[i].g; g >= 0 && f.m.birth[g] < 0 && f.m.r.Goroutines[g].Main {
			p.begun[i] = margin - 10
		}
	}
	for i, e := range f.shown {
		if i == f.cut {
			p.cut = p.now + 34
			p.now += 68
		}
		p.put(e)
	}
	p.end = max(p.end, p.now) + 24
	return p
}

// put finds the place of one event.
func (p *placing) put(i int32) {
	m, f := p.f.m, p.f
	e := &m.events[i]
	row := f.row(e.Goroutine)
	switch {
	case p.x[i] >= 0:
		return // it came with a Choose
	case row < 0:
		p.x[i] = p.now
		return
	case e.Kind == observe.Choose && m.chosen[i] >= 0:
		p.putChoice(i, row)
		return
	}
	x := max(p.now, p.last[row]+p.gap)
	step := p.gap
	switch e.Kind {
	case observe.Unblock:
		x = max(p.now, p.last[row]+14)
		if b := p.waited(i); b >= 0 && p.labels {
			x = max(x, p.x[b]+p.room(b))
		}
		step = 0 // what was waited for comes at once
	case observe.Begin, observe.Yield, observe.Choose:
		step = 10
	case observe.End:
		x = max(p.now, p.last[row]+12)
	}
	if b := m.wakes[i]; b >= 0 && p.x[b] >= 0 { // that somebody waited is to be seen
		x = max(x, p.x[b]+p.gap)
		if p.labels {
			x = max(x, p.x[b]+p.room(b)-p.slant)
		}
	}
	from, late := e.Peer, false
	if from >= 0 && p.x[from] < 0 { // not drawn, or later in the record
		late = from > i
		if !late {
			from = -1
		}
	}
	switch {
	case late:
		if b := m.blockOf[from]; b >= 0 && p.x[b] >= 0 {
			x = max(x, p.x[b]+p.slant+6)
		}
		x = p.cross(f.row(m.events[from].Goroutine), row, x-p.slant, m.label(e)) + p.slant
	case from >= 0 && f.row(m.events[from].Goroutine) != row:
		x = max(x, p.x[from]+p.slant)
	}
	switch to := m.partner[i]; {
	case e.Kind == observe.Go && e.Object >= 0:
		child := f.rowOf[e.Object]
		x = p.cross(row, child, x, "")
		p.begun[child] = x + p.slant
		p.last[child] = x + p.slant - 6
		p.end = max(p.end, x+p.slant)
	case to > i:
		x = p.cross(row, f.row(m.events[to].Goroutine), x, m.label(&m.events[to]))
	case e.Kind == observe.Receive && e.Peer < 0:
		x = p.cross(f.beyond, row, x-p.slant, m.label(e)) + p.slant
	}
	if z, text := m.beside(i); text != "" {
		w := float64(width(text))*charWidth + 6
		if p.labels {
			x = max(x, p.free[row][z])
			p.free[row][z] = x + w
		}
		if p.labels {
			p.end = max(p.end, x+w-14)
		}
	}
	if n := m.outcome[i]; e.Kind == observe.Unblock && n > i && p.x[n] < 0 && m.events[n].Peer < i {
		p.now, p.last[row] = max(p.now, x), x-p.gap
		if c := m.chosenBy(n, i); c >= 0 {
			p.put(c)
		} else {
			p.put(n)
		}
		p.x[i] = p.x[n]
		return
	}
	p.x[i] = x
	p.now = max(p.now, x)
	p.last[row] = x - p.gap + step
	if p.begun[row] < 0 { // nobody has seen how it was started
		p.begun[row] = max(x-16, 2)
	}
}

// putChoice puts a Choose where the event of its case is.
func (p *placing) putChoice(i int32, row int) {
	_, text := p.f.m.beside(i)
	if p.labels {
		p.last[row] = max(p.last[row], p.free[row][above]-p.gap)
	}
	n := p.f.m.chosen[i]
	p.put(n)
	p.x[i] = p.x[n]
	if p.labels && text != "" {
		w := float64(width(text))*charWidth + 15
		p.free[row][above] = max(p.free[row][above], p.x[i]+w)
		p.end = max(p.end, p.x[i]+w-14)
	}
}

// chosenBy is the Choose after event i of which event n is the case, or -1.
func (m *model) chosenBy(n, i int32) int32 {
	for j := n - 1; j > i && j > n-64; j-- {
		if m.chosen[j] == n {
			return j
		}
	}
	return -1
}

// waited is the Block that an Unblock ends, if it has a place, or -1.
func (p *placing) waited(i int32) int32 {
	g := p.f.m.events[i].Goroutine
	for j := i - 1; j >= 0 && j > i-256; j-- {
		if e := &p.f.m.events[j]; e.Goroutine == g {
			if e.Kind == observe.Block && p.x[j] >= 0 {
				return j
			}
			break
		}
	}
	return -1
}

// room is how long a wait must be for its label.
func (p *placing) room(block int32) float64 {
	_, text := p.f.m.beside(block)
	return min(float64(width(text))*charWidth+4, 100)
}

// cross finds where an arrow from one row to another can start, at x or after,
// without running over labels, and keeps room for the arrow's own.
func (p *placing) cross(from, to int, x float64, text string) float64 {
	if !p.labels || from < 0 || to < 0 || from == to {
		return x
	}
	lo, hi := min(from, to), max(from, to)
	for r := lo; r < hi; r++ {
		x = max(x, p.free[r][below], p.free[r][between], p.free[r+1][above])
	}
	if text != "" {
		r := from
		if to < from {
			r = from - 1
		}
		w := float64(width(text))*charWidth + 14
		p.free[r][between] = x + p.slant/2 + w
		p.end = max(p.end, x+w)
	}
	return x
}

// beside says what is written on an event's own lane, and in which zone.
func (m *model) beside(i int32) (zone int, text string) {
	e := &m.events[i]
	switch e.Kind {
	case observe.Block:
		return below, m.waits(e)
	case observe.Lock, observe.RLock:
		return below, m.label(e)
	case observe.Send:
		if m.partner[i] < 0 { // nobody has received it
			return above, m.label(e) + "→"
		}
		return above, ""
	case observe.Receive, observe.ReceiveClosed, observe.Sleep:
		return above, "" // arrows have labels of their own
	}
	return above, m.label(e)
}
