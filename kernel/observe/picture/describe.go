package picture

import (
	"fmt"
	"strings"
)

// describe tells the picture in sentences, for those who do not see it.
func (f *figure) describe() string {
	m := f.m
	var b strings.Builder
	b.WriteString(m.summary() + ".")
	if list := m.fates(); len(list) > 0 {
		b.WriteString(" Goroutines: " + strings.Join(list, ", ") + ".")
	}
	for _, s := range m.stuck(6) {
		b.WriteString(" " + s + ".")
	}
	for _, n := range f.notes {
		b.WriteString(" " + n + ".")
	}
	const most = 30
	for n, i := range f.shown {
		if n == most {
			fmt.Fprintf(&b, " And %s more.", count(len(f.shown)-most, "event"))
			break
		}
		b.WriteString(" " + m.sentence(i) + ".")
	}
	return b.String()
}
