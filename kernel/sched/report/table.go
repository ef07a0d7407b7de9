package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gosched/gosched/internal/table"
	"github.com/gosched/gosched/kernel/sched/wait"
)

// Waits says in one phrase what the goroutine waits on, such as
// "ch (chan int, 0/0)", or nothing.
func (in *Info) Waits() string {
	parts := make([]string, 0, len(in.On))
	for i, on := range in.On {
		if i == 4 {
			parts = append(parts, fmt.Sprintf("%d more", len(in.On)-i))
			break
		}
		s := on.String()
		if in.Kind == wait.Select {
			if on.Send {
				s = "send " + s
			} else {
				s = "receive " + s
			}
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, ", ")
}

// String is one thing waited for: "ch (chan int, 2/10)".
func (w Waiting) String() string {
	var b strings.Builder
	b.WriteString(w.Name)
	if w.Name == "" {
		b.WriteString("unnamed")
	}
	if w.Type != "" || w.Cap >= 0 {
		b.WriteString(" (")
		b.WriteString(w.Type)
		if w.Cap >= 0 {
			if w.Type != "" {
				b.WriteString(", ")
			}
			fmt.Fprintf(&b, "%d/%d", w.Len, w.Cap)
		}
		b.WriteString(")")
	}
	if w.Holder != 0 {
		fmt.Fprintf(&b, ", held by goroutine %d", w.Holder)
	}
	return b.String()
}

// maxRows is how many goroutines a table shows one by one. What is beyond is
// counted, those that wait alike together.
const maxRows = 50

// maxGroups is how many such counts are shown.
const maxGroups = 20

var columns = [...]string{"goroutine", "cell", "started", "function", "state", "on", "at", "since"}

type row [len(columns)]string

func (in *Info) row() row {
	r := row{
		strconv.Itoa(in.Number),
		strconv.Itoa(in.Cell),
		"", in.Name, in.State, in.Waits(), "", "",
	}
	if in.Leaked {
		r[4] += " (leaked)"
	}
	if in.Main {
		r[2] = "with the cell"
	} else if in.Start.Line > 0 {
		r[2] = in.Start.Where()
	}
	if len(in.At) > 0 {
		r[6] = in.At[0].String()
	}
	if in.Blocked {
		r[7] = duration(in.For)
	}
	return r
}

// duration is a time for people: "120 ms", "4 s", "3 min", "2 h".
func duration(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	}
	return fmt.Sprintf("%d h", int(d.Hours()))
}

// alike is what goroutines that wait alike have in common.
type alike struct {
	name  string
	cell  int
	state string
	on    string
	at    Place
}

type group struct {
	alike
	count int
	first int // lowest number
}

// contents are the rows of a table, and what is not in them.
type contents struct {
	rows   []row
	groups []group // of what is not in rows
	more   int     // groups that are not shown
	hidden int     // goroutines that are not in rows
}

func newContents(list []Info) contents {
	var t contents
	for i := range list[:min(len(list), maxRows)] {
		t.rows = append(t.rows, list[i].row())
	}
	rest := list[len(t.rows):]
	t.hidden = len(rest)
	index := make(map[alike]int)
	for i := range rest {
		in := &rest[i]
		key := alike{name: in.Name, cell: in.Cell, state: in.State}
		if len(in.On) > 0 {
			key.on = in.On[0].Name
		}
		if len(in.At) > 0 {
			key.at = in.At[0]
		}
		at, ok := index[key]
		if !ok {
			at = len(t.groups)
			index[key] = at
			t.groups = append(t.groups, group{alike: key, first: in.Number})
		}
		t.groups[at].count++
	}
	slices.SortStableFunc(t.groups, func(a, b group) int { return b.count - a.count })
	if len(t.groups) > maxGroups {
		t.more = len(t.groups) - maxGroups
		t.groups = t.groups[:maxGroups]
	}
	return t
}

func (g *group) String() string {
	s := fmt.Sprintf("%d × %s, cell %d: %s", g.count, g.name, g.cell, g.state)
	if g.on != "" {
		s += " on " + g.on
	}
	if g.at != (Place{}) {
		s += " at " + g.at.String()
	}
	return s
}

func (t *contents) footer() []string {
	if t.hidden == 0 {
		return nil
	}
	lines := []string{fmt.Sprintf("and %d more:", t.hidden)}
	for i := range t.groups {
		lines = append(lines, "  "+t.groups[i].String())
	}
	if t.more > 0 {
		lines = append(lines, fmt.Sprintf("  and %d other kinds", t.more))
	}
	return lines
}

// layout is what both renderings show.
func layout(list []Info) *table.Table {
	c := newContents(list)
	t := &table.Table{
		Columns: columns[:],
		Right:   []bool{0: true, 1: true, len(columns) - 1: true}, // numbers
		Class:   "gosched-goroutines",
		Notes:   c.footer(),
	}
	for i := range c.rows {
		t.Rows = append(t.Rows, c.rows[i][:])
	}
	return t
}

// Text is a table of goroutines for a terminal, with aligned columns, cut at 50
// rows.
func Text(list []Info) string {
	if len(list) == 0 {
		return "no goroutines\n"
	}
	return layout(list).Text()
}

// HTML is the table of [Text] for a notebook.
func HTML(list []Info) string {
	if len(list) == 0 {
		return "<p>no goroutines</p>"
	}
	return layout(list).HTML()
}
