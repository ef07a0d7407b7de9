package picture

import (
	"fmt"
	"strings"

	"github.com/gosched/gosched/kernel/observe"
)

// Sizes of a diagram in text, in columns and lines.
const (
	textLanes = 8   // goroutines that have a column; more are told in sentences
	textRows  = 80  // events of a diagram; more are left out in the middle
	tellRows  = 32  // events that are told in sentences
	textWidth = 112 // where it can be helped
)

// Text draws the record as a sequence diagram in plain text: time goes down, a
// column for each goroutine.
func Text(r *observe.Record) string { return newModel(r).text() }

func (m *model) text() string {
	var b strings.Builder
	b.WriteString(m.summary() + "\n")
	order, depth := m.order()
	if len(order)+b2i(m.outside) <= textLanes {
		m.diagram(&b, order)
	} else {
		m.account(&b, order, depth)
	}
	if list := m.fates(); len(list) > 0 {
		b.WriteString("Goroutines: " + strings.Join(list, ", ") + "\n")
	}
	for _, s := range m.stuck(6) {
		b.WriteString("  " + s + "\n")
	}
	if n := m.r.Dropped; n > 0 {
		b.WriteString(count(n, "event") + " came after the record was full\n")
	}
	return b.String()
}

// strokes are the states of a lane, as it goes down.
var strokes = [numStates]string{running: "┃", ready: "╎", waiting: "┊", asleep: "·", away: "~"}

// A diagram is a sequence diagram while it is written.
type diagram struct {
	m     *model
	b     *strings.Builder
	col   []int // for each goroutine, its column
	n     int   // of columns
	wide  int   // of each
	state []string
	used  [numStates]bool
}

func (m *model) diagram(b *strings.Builder, order []int) {
	d := &diagram{m: m, b: b, n: len(order) + b2i(m.outside), col: make([]int, len(order))}
	d.wide = min(max((textWidth-11-34)/max(d.n, 1), 9), 18)
	d.state = make([]string, d.n)
	heads, subs := make([]string, d.n), make([]string, d.n)
	for i, g := range order {
		d.col[g] = i
		info := &m.r.Goroutines[g]
		heads[i] = shorten(m.who(int32(g)), d.wide-1)
		subs[i] = shorten(place(info.Start), d.wide-1)
		if m.birth[g] < 0 {
			d.turn(int32(g), 0)
		}
	}
	if m.outside {
		heads[d.n-1] = shorten("outside", d.wide-1)
		d.state[d.n-1] = "~"
	}
	for _, line := range [][]string{heads, subs} {
		s := strings.Repeat(" ", 11)
		for _, h := range line {
			s += pad(h, d.wide)
		}
		b.WriteString(strings.TrimRight(s, " ") + "\n")
	}
	rows := d.rows()
	next := int32(0) // the first event that has not been looked at
	for i, e := range rows {
		for ; next < e; next++ {
			d.follow(next)
		}
		next++
		if len(rows) > textRows && i == textRows*3/4 {
			cut := rows[i : len(rows)-textRows/4]
			fmt.Fprintf(b, "%s⋮ %s left out, until %s\n", strings.Repeat(" ", 11), count(len(cut), "event"), duration(m.events[cut[len(cut)-1]].Time))
		}
		if len(rows) > textRows && i >= textRows*3/4 && i < len(rows)-textRows/4 {
			d.follow(e)
			continue
		}
		d.row(e)
	}
	d.foot()
}

// rows are the events that have a line of their own. The two ends of a message
// share one where nothing lies between them; going on needs none where what was
// waited for follows.
func (d *diagram) rows() []int32 {
	m := d.m
	followed := make([]bool, len(m.events))
	for _, w := range m.wakeOf {
		if w >= 0 {
			followed[w] = true
		}
	}
	var rows []int32
	for i := range m.events {
		e := &m.events[i]
		switch e.Kind {
		case observe.Begin, observe.Yield:
			continue
		case observe.Unblock:
			if followed[i] {
				continue
			}
		case observe.Send:
			if m.partner[i] >= 0 {
				continue // the receive tells of both
			}
		}
		rows = append(rows, int32(i))
	}
	return rows
}

// turn notes the state that goroutine g is in at a time, after event i.
func (d *diagram) turn(g int32, i int32) {
	if g < 0 {
		return
	}
	s := running
	if e := &d.m.events; int(i) < len(*e) && (*e)[i].Kind == observe.Block && (*e)[i].Goroutine == g {
		s = stateOf((*e)[i].Wait)
	}
	d.used[s] = true
	d.state[d.col[g]] = strokes[s]
}

// follow takes note of an event without a line.
func (d *diagram) follow(i int32) {
	e := &d.m.events[i]
	if e.Goroutine < 0 {
		return
	}
	switch e.Kind {
	case observe.Go:
		if e.Object >= 0 {
			d.turn(e.Object, i)
		}
		d.turn(e.Goroutine, i)
	case observe.End:
		d.state[d.col[e.Goroutine]] = ""
	default:
		d.turn(e.Goroutine, i)
		if e.Kind == observe.Receive && e.Peer > i { // the sender was waiting
			d.turn(d.m.events[e.Peer].Goroutine, i)
		}
	}
}

// row writes the line of an event.
func (d *diagram) row(i int32) {
	m := d.m
	e := &m.events[i]
	to := d.column(e.Goroutine)
	from, arrow, text := to, false, ""
	switch p := e.Peer; e.Kind {
	case observe.Go:
		if e.Object >= 0 && m.birth[e.Object] == i {
			from, to, arrow, text = to, d.column(e.Object), true, "go"
		}
	case observe.Receive, observe.ReceiveClosed, observe.Lock, observe.RLock, observe.WaitDone, observe.CondWait, observe.Unblock:
		if p >= 0 {
			from, arrow = d.column(m.events[p].Goroutine), true
		} else if e.Kind == observe.Receive {
			from, arrow = d.n-1, true
		}
		switch e.Kind {
		case observe.Receive, observe.ReceiveClosed:
			if text = e.Value; e.Kind == observe.ReceiveClosed {
				text = "closed"
			}
		case observe.Lock, observe.RLock:
			if o := m.object(e); o != nil {
				text = o.Name
			}
		case observe.WaitDone:
			text = "Done"
		}
	}
	cells := make([]string, d.n*d.wide+1)
	for c := range d.n {
		cells[c*d.wide] = d.state[c]
	}
	d.follow(i)
	if to < 0 {
		to, from = d.n-1, d.n-1
	}
	if arrow && from >= 0 && from != to {
		lo, hi := min(from, to)*d.wide, max(from, to)*d.wide
		for c := lo + 1; c < hi; c++ {
			cells[c] = "─"
		}
		cells[from*d.wide] = map[bool]string{true: "├", false: "┤"}[to > from]
		head, at := "▶", hi-1
		if to < from {
			head, at = "◀", lo+1
		}
		cells[at] = head
		if e.Kind == observe.Go {
			cells[to*d.wide] = "┳"
		} else {
			cells[to*d.wide] = d.state[to]
		}
		// The text stands in the first gap of the arrow.
		t := " " + isolate(shorten(text, d.wide-6)) + " "
		if w := width(t); text != "" {
			start := from*d.wide + 2
			if to < from {
				start = from*d.wide - 2 - w
			}
			cells[start] = t
			for c := start + 1; c < start+w; c++ {
				cells[c] = "\x00"
			}
		}
	} else {
		cells[to*d.wide] = own(e.Kind)
	}
	var line strings.Builder
	fmt.Fprintf(&line, "%9s  ", duration(e.Time))
	for _, c := range cells[:d.n*d.wide] {
		switch c {
		case "":
			line.WriteByte(' ')
		case "\x00":
		default:
			line.WriteString(c)
		}
	}
	line.WriteString(m.note(i))
	d.b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
}

func (d *diagram) column(g int32) int {
	if g < 0 {
		if d.m.outside {
			return d.n - 1
		}
		return -1
	}
	return d.col[g]
}

// own is the sign of an event on its own lane.
func own(k observe.EventKind) string {
	switch k {
	case observe.Panic:
		return "✖"
	case observe.End:
		return "┻"
	case observe.Block:
		return "┳"
	case observe.Close:
		return "■"
	case observe.Choose:
		return "◆"
	case observe.Unblock, observe.Sleep:
		return "┳"
	}
	return "●"
}

// foot says how the lanes stand at the end, and what the strokes mean.
func (d *diagram) foot() {
	var words []string
	for s, used := range d.used {
		if used {
			words = append(words, strokes[s]+" "+stateNames[s])
		}
	}
	if len(words) > 0 {
		d.b.WriteString("\n" + strings.Join(words, "   ") + "\n")
	}
}

// pad fills text up to n columns.
func pad(s string, n int) string { return s + strings.Repeat(" ", max(n-width(s), 0)) }
