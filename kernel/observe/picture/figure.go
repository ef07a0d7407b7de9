package picture

import (
	"fmt"
	"path"
	"sort"

	"github.com/gosched/gosched/kernel/observe"
)

// Sizes of a picture, in pixels.
const (
	pictureWidth = 960.0 // of the widest static picture
	charWidth    = 6.7   // of the labels' fixed-width font
	labelHeight  = 12.0
	barHeight    = 12.0
	margin       = 14.0
)

// How much is drawn one by one. What is more is grouped or left out, and said
// to be.
const (
	maxRows     = 32
	maxEvents   = 420
	tooSmall    = 3 // times the room is what events may take, or fewer are drawn
	leastEvents = 100
	headShare   = 3 // of them, in quarters: from the beginning; the rest from the end
)

// A figure is a record laid out: everything has its place in the plot, whose
// origin is the top left corner.
type figure struct {
	m      *model
	rows   []row
	rowOf  []int // for each goroutine
	beyond int   // the row of what is outside, or -1
	left   float64
	rowH   float64
	plotW  float64

	shown []int32   // the events that are drawn, in order
	cut   int       // how many of them come before the cut; len(shown) without one
	x     []float64 // for each event of the record, its place, or -1
	begun []float64 // for each row, where its goroutine starts
	cutX  float64
	clock []tick // times of places, both increasing

	bars   []bar
	held   []bar
	links  []link
	marks  []mark
	waits  []label
	clouds []cloud
	notes  []string // what a reader must know: what was left out
}

// A row is a lane from left to right.
type row struct {
	g       int32 // the goroutine, or -1
	title   string
	sub     string
	indent  int
	members int // of a group
	main    bool
	stop    float64 // where the goroutine ends
	end     int64   // and when
	fate    observe.Fate
	ended   bool
}

// A tick is a time at a place.
type tick struct {
	x    float64
	time int64
}

// A bar is a span of a row.
type bar struct {
	row    int
	x1, x2 float64
	t1, t2 int64
	state  state
	event  int32 // the Block that began it, or -1
}

// A link is an arrow from a row to another.
type link struct {
	from, to int
	x1, x2   float64
	kind     linkKind
	event    int32 // the one that it is about
	count    int   // of messages that it stands for
	label    label
}

type linkKind uint8

const (
	message linkKind = iota
	closing          // a receive from a closed channel
	handed           // a lock
	woken            // a wait that another goroutine ended
	started          // a go statement
)

// A mark is a sign on a row.
type mark struct {
	row   int
	x     float64
	event int32
	count int
	label label
}

// A label is text beside something. It starts at x; y is its baseline.
type label struct {
	x, y  float64
	at    float64 // the place and time of what it belongs to, for waits
	time  int64
	text  string
	class string
	shown bool
}

func (l *label) width() float64 { return float64(width(l.text)) * charWidth }

// newFigure lays out a record.
func newFigure(m *model) *figure {
	f := &figure{m: m, beyond: -1, cutX: -1}
	order, depth := m.order()
	if len(order)+b2i(m.outside) > maxRows {
		f.group(order)
		return f
	}
	f.rowOf = make([]int, len(m.r.Goroutines))
	for i, g := range order {
		f.rowOf[g] = i
		f.rows = append(f.rows, f.lane(g, depth[g]))
	}
	if m.outside {
		f.addOutside()
	}
	f.measure()
	f.choose()
	f.place()
	f.draw()
	f.labels()
	return f
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (f *figure) addOutside() {
	f.beyond = len(f.rows)
	f.rows = append(f.rows, row{g: -1, title: "outside", sub: "compiled code, timers"})
}

// lane is the row of one goroutine.
func (f *figure) lane(g, depth int) row {
	info := &f.m.r.Goroutines[g]
	spans := f.m.spans[g]
	last := spans[len(spans)-1]
	w := row{
		g: int32(g), indent: min(depth, 4), members: 1, main: info.Main, fate: info.Fate,
		title: isolate(shorten(fmt.Sprintf("G%d %s", info.Number, function(info.Name)), 28)),
		ended: last.to >= 0 && f.m.events[last.to].Kind == observe.End || !lives(info),
	}
	if w.ended && hopeless(w.fate) {
		w.fate = observe.Returned
	}
	start := info.Start
	if start.File != "" {
		start.File = path.Base(start.File)
	}
	w.sub = place(start)
	if w.sub == "" && info.Start.Cell > 0 {
		w.sub = fmt.Sprintf("cell %d", info.Start.Cell)
	}
	w.sub = isolate(shorten(w.sub, 26))
	return w
}

// choose picks the events that are drawn: all, or the first and the last, as
// many as are not too small to be seen.
func (f *figure) choose() {
	n := len(f.m.events)
	f.take(n)
	if n <= maxEvents*5/4 { // to leave out only a few would be worse
		f.dropped()
		return
	}
	budget := maxEvents
	for f.take(budget); budget > leastEvents && f.layOut(tight).end > tooSmall*f.room(); f.take(budget) {
		budget -= budget / 4
	}
	from, to := f.shown[f.cut-1], f.shown[f.cut]
	f.notes = append(f.notes, fmt.Sprintf("%s in the middle are not drawn (%s to %s)",
		count(int(to-from)-1, "event"), duration(f.m.events[from].Time), duration(f.m.events[to].Time)))
	f.dropped()
}

// take chooses so many events to be drawn, from both ends of the record.
func (f *figure) take(budget int) {
	n := len(f.m.events)
	head, tail := n, n
	if budget < n {
		head = budget * headShare / 4
		tail = n - (budget - head)
	}
	f.shown, f.cut = f.shown[:0], head
	for i := range f.m.events {
		if i < head || i >= tail {
			f.shown = append(f.shown, int32(i))
		}
	}
}

// room is how wide the plot may be.
func (f *figure) room() float64 { return pictureWidth - f.left - margin }

func (f *figure) dropped() {
	if n := f.m.r.Dropped; n > 0 {
		f.notes = append(f.notes, count(n, "event")+" came after the record was full")
	}
}

// measure finds the width of the names and the height of the rows.
func (f *figure) measure() {
	f.left = 120
	if f.m.r.Virtual {
		f.left = 172 // the caption of its axis is longer
	}
	for i := range f.rows {
		w := &f.rows[i]
		in := float64(w.indent) * 12
		f.left = max(f.left, in+float64(width(w.title))*7.2+margin+14, in+float64(width(w.sub))*5.9+margin+14)
	}
	f.left = min(f.left, 240)
	switch n := len(f.rows); {
	case n <= 10:
		f.rowH = 60
	case n <= 16:
		f.rowH = 46
	default:
		f.rowH = 36
	}
}

// y is the middle of a row.
func (f *figure) y(row int) float64 { return (float64(row) + 0.5) * f.rowH }

// height is that of the rows together.
func (f *figure) height() float64 { return float64(len(f.rows)) * f.rowH }

// row returns where goroutine g is drawn.
func (f *figure) row(g int32) int {
	if g < 0 {
		return f.beyond
	}
	return f.rowOf[g]
}

// at is the place of an event, or of a time where the event is not drawn.
func (f *figure) at(event int32, time int64) float64 {
	if event >= 0 && f.x[event] >= 0 {
		return f.x[event]
	}
	n := len(f.clock)
	i := sort.Search(n, func(i int) bool { return f.clock[i].time >= time })
	switch {
	case n == 0:
		return margin
	case i == 0:
		return f.clock[0].x
	case i == n:
		return f.clock[n-1].x
	}
	a, b := f.clock[i-1], f.clock[i]
	if b.time == a.time {
		return a.x
	}
	return a.x + (b.x-a.x)*float64(time-a.time)/float64(b.time-a.time)
}
