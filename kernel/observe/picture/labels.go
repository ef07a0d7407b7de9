package picture

import (
	"math"
	"slices"

	"github.com/gosched/gosched/kernel/observe"
)

// A box is a part of the plot that something stands in.
type box struct{ x1, y1, x2, y2 float64 }

func (b box) meets(o box) bool { return b.x1 < o.x2 && o.x1 < b.x2 && b.y1 < o.y2 && o.y1 < b.y2 }

// box is what a label takes.
func (l *label) box() box {
	return box{l.x - 1, l.y - labelHeight + 3, l.x + l.width() + 1, l.y + 3}
}

// A board keeps what has been written so far.
type board struct {
	f     *figure
	taken map[int][]box // by stripes of the height of a row
	lines []link
}

// labels puts the labels where they do not run into each other, into lanes or
// out of the plot. The most important come first; those for which there is no
// room stay hidden until there is.
func (f *figure) labels() {
	b := &board{f: f, taken: map[int][]box{}}
	if len(f.links) <= 200 {
		b.lines = f.links
	}
	for r := range f.rows {
		b.take(box{0, f.y(r) - barHeight/2 - 1, f.plotW, f.y(r) + barHeight/2 + 1})
		if w := &f.rows[r]; w.members == 1 && (hopeless(w.fate) || w.fate == observe.Stopped) {
			b.take(box{w.stop - 52, f.y(r) - 22, w.stop, f.y(r) - 8}) // says so there
		}
	}
	marks := make([]*mark, 0, len(f.marks))
	for i := range f.marks {
		f.marks[i].label = f.markLabel(&f.marks[i])
		if f.marks[i].label.text != "" {
			marks = append(marks, &f.marks[i])
		}
	}
	slices.SortStableFunc(marks, func(a, c *mark) int {
		return rank(f.m.events[a.event].Kind) - rank(f.m.events[c.event].Kind)
	})
	urgent := 0
	for urgent < len(marks) && rank(f.m.events[marks[urgent].event].Kind) == 0 {
		urgent++
	}
	for _, k := range marks[:urgent] {
		b.putMark(k)
	}
	for i := range f.links {
		b.putLink(&f.links[i])
	}
	for i := range f.waits {
		b.put(&f.waits[i], [][2]float64{{f.waits[i].x, f.waits[i].y}, {f.waits[i].x + 10, f.waits[i].y}}, false)
	}
	for _, k := range marks[urgent:] {
		b.putMark(k)
	}
}

// rank says how much a label matters: less is more.
func rank(k observe.EventKind) int {
	switch k {
	case observe.Panic:
		return 0
	case observe.Close, observe.Cancel, observe.Fire:
		return 1
	case observe.Choose, observe.Print, observe.Send:
		return 2
	case observe.Load, observe.Store, observe.Add, observe.Done:
		return 4
	}
	return 3
}

// markLabel is the label of a mark, where it would stand best.
func (f *figure) markLabel(k *mark) label {
	zone, text := f.m.beside(k.event)
	l := label{x: k.x - 3, y: f.y(k.row) - 11, text: text}
	if k.count > 1 {
		l.text = "×" + thousands(k.count)
	}
	if zone == below {
		l.x, l.y = k.x+1, f.y(k.row)+18
	}
	switch f.m.events[k.event].Kind {
	case observe.Panic:
		l.class = "badt"
	case observe.Lock, observe.RLock:
		l.class = "lokt"
	case observe.Load, observe.Store, observe.Add, observe.Done, observe.Signal:
		l.class = "mu"
	}
	return l
}

func (b *board) putMark(k *mark) {
	l := &k.label
	b.put(l, [][2]float64{{l.x, l.y}, {k.x + 9, l.y}, {k.x - l.width() + 4, l.y}, {k.x - l.width() - 8, l.y}, {k.x - l.width()/2, l.y}}, false)
}

// putLink writes a link's label beside its line, in a gap between two lanes.
func (b *board) putLink(l *link) {
	if l.label.text == "" {
		return
	}
	f := b.f
	t := &l.label
	w := t.width()
	var places [][2]float64
	if l.from == l.to {
		xm := (l.x1 + l.x2) / 2
		places = append(places, [2]float64{xm - w/2, f.y(l.from) - 22})
	} else {
		y1, y2 := f.y(l.from), f.y(l.to)
		step := 1
		if l.to < l.from {
			step = -1
		}
		for r := l.from; r != l.to; r += step {
			for _, dy := range []float64{0.5, 0.4, 0.6, 0.32, 0.68} {
				y := f.y(r) + float64(step)*dy*f.rowH
				x := l.x1 + (l.x2-l.x1)*(y-y1)/(y2-y1)
				slope := math.Abs((l.x2 - l.x1) / (y2 - y1)) // how far the line moves while it passes the label
				places = append(places, [2]float64{x + 5 + min(slope*6, 40), y + 4}, [2]float64{x - w - 5 - min(slope*6, 40), y + 4})
			}
		}
	}
	b.put(t, places, true)
}

// put writes a label at the first of the places where it runs into nothing,
// or hides it at the first.
func (b *board) put(l *label, places [][2]float64, free bool) {
	best := -1
	for i, p := range places {
		l.x, l.y = p[0], p[1]
		bx := l.box()
		if bx.x1 < 0 || bx.x2 > b.f.plotW+margin-2 || bx.y1 < -16 || b.hits(bx) {
			continue
		}
		if free && b.crossed(bx) || !free && b.crossed(bx) && i < len(places)-1 {
			if best < 0 {
				best = i
			}
			continue
		}
		best = i
		break
	}
	l.shown = best >= 0
	i := max(best, 0)
	l.x, l.y = places[i][0], places[i][1]
	if l.shown {
		b.take(l.box())
	}
}

func (b *board) stripes(x box) (lo, hi int) {
	return int(math.Floor(x.y1 / b.f.rowH)), int(math.Floor(x.y2 / b.f.rowH))
}

func (b *board) take(x box) {
	lo, hi := b.stripes(x)
	for s := lo; s <= hi; s++ {
		b.taken[s] = append(b.taken[s], x)
	}
}

func (b *board) hits(x box) bool {
	lo, hi := b.stripes(x)
	for s := lo; s <= hi; s++ {
		for _, o := range b.taken[s] {
			if x.meets(o) {
				return true
			}
		}
	}
	return false
}

// crossed reports whether an arrow runs through a box.
func (b *board) crossed(x box) bool {
	for i := range b.lines {
		l := &b.lines[i]
		if l.from == l.to {
			continue
		}
		y1, y2 := b.f.y(l.from), b.f.y(l.to)
		lo, hi := max(x.y1, min(y1, y2)), min(x.y2, max(y1, y2))
		if lo >= hi {
			continue
		}
		xa := l.x1 + (l.x2-l.x1)*(lo-y1)/(y2-y1)
		xb := l.x1 + (l.x2-l.x1)*(hi-y1)/(y2-y1)
		if max(xa, xb) > x.x1 && min(xa, xb) < x.x2 {
			return true
		}
	}
	return false
}
