package picture

import (
	"fmt"
	"slices"
	"strings"
)

// account tells a record of many goroutines: who there was, which arrows went
// between them, and the first and last events in words.
func (m *model) account(b *strings.Builder, order, depth []int) {
	tell := tellRows
	if len(order) <= maxRows {
		for _, g := range order {
			info := &m.r.Goroutines[g]
			fmt.Fprintf(b, "  %s%s", strings.Repeat("  ", min(depth[g], 8)), m.who(int32(g)))
			if p := place(info.Start); p != "" {
				b.WriteString(", " + p)
			}
			b.WriteByte('\n')
		}
	} else {
		tell /= 2
		m.accountGroups(b, order)
	}
	n := len(m.events)
	for i := range m.events {
		if n > tell && i == tell*3/4 {
			fmt.Fprintf(b, "%9s  %s left out\n", "⋮", count(n-tell, "event"))
		}
		if n > tell && i >= tell*3/4 && i < n-tell/4 {
			continue
		}
		fmt.Fprintf(b, "%9s  %s: %s\n", duration(m.events[i].Time), m.who(m.events[i].Goroutine), m.note(int32(i)))
	}
}

// accountGroups tells which groups there are, and what went between them.
func (m *model) accountGroups(b *strings.Builder, order []int) {
	rows, rowOf := m.groups(order)
	for _, w := range rows {
		b.WriteString("  " + w.title)
		if w.sub != "" {
			b.WriteString(", " + w.sub)
		}
		b.WriteByte('\n')
	}
	title := func(g int32) string {
		if g < 0 {
			return "outside"
		}
		return rows[rowOf[g]].title
	}
	type way struct{ from, to, what string }
	total := map[way]int{}
	var ways []way
	for i := range m.events {
		e := &m.events[i]
		kind, from, ok := m.arrow(int32(i))
		if !ok {
			continue
		}
		w := way{title(from), title(e.Goroutine), [...]string{message: "message", closing: "close seen", handed: "lock handed over", woken: "wake"}[kind]}
		if total[w]++; total[w] == 1 {
			ways = append(ways, w)
		}
	}
	slices.SortStableFunc(ways, func(a, b way) int { return total[b] - total[a] })
	const most = 12
	for i, w := range ways {
		if i == most {
			fmt.Fprintf(b, "  and arrows of %s more\n", count(len(ways)-most, "kind"))
			break
		}
		fmt.Fprintf(b, "  %s → %s: %s × %s\n", w.from, w.to, thousands(total[w]), w.what)
	}
}
