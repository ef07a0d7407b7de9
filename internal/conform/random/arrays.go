package random

import (
	"fmt"
	"strings"
)

// small is an index below n.
func (m *numbers) small(n int) string {
	return fmt.Sprintf("%s%%%d", m.expr(m.pick("uint8", "uint16", "uint64")), n)
}

// index is an index that may be out of range, or a constant.
func (m *numbers) index(constant string) string {
	if m.r.IntN(3) == 0 {
		return m.of(m.pick("int8", "int", "uint64"))
	}
	return m.pick(m.small(5), m.small(9), constant)
}

// arrays is a statement of arrays of arrays, and of structs with arrays.
func (m *numbers) arrays() {
	m.names++
	v := fmt.Sprint("a", m.names)
	switch m.r.IntN(9) {
	case 0, 1:
		m.line("grid[%s][%s] = %s", m.small(3), m.small(4), m.expr("int32"))
	case 2:
		m.line("grid[%s] = grid[%s]", m.small(3), m.small(3))
	case 3:
		m.line("%s := grid[%s]", v, m.small(3))
		m.line("%s[%s]++", v, m.small(4))
		m.line("grid[%s] = %s", m.small(3), v)
	case 4:
		m.line("for i, r := range grid { for j := range r { global += uint32(r[j]) << i } }")
	case 5:
		if i, t := m.assignable(); strings.Contains(t, "int") { // may go wrong
			m.line("grid[%s][%d] = 7", i, m.r.IntN(4))
			m.line("grid[%d][%s]++", m.r.IntN(3), i)
		}
	case 6:
		m.line("bx.a[%s] = %s", m.small(4), m.expr("int16"))
		m.line("bx.b[%s][%s] = %s", m.small(2), m.small(3), m.expr("uint8"))
	case 7:
		m.line("%s", m.pick("q.k = bx", "bx = q.k", "q.next.k, bx = bx, q.k", "bx.n++; boxes[bx.a[0]&1] = bx", "bx = boxes[bx.n&1]"))
	case 8:
		m.line("%s := bx", v)
		m.line("%s.n += int64(bx.b[%s][1])", v, m.small(2))
		m.line("%s = %s", m.pick("bx", "q.k", "boxes["+m.small(2)+"]"), v)
	}
}

// slices is a statement that slices.
func (m *numbers) slices() {
	m.names++
	v := fmt.Sprint("t", m.names)
	from := m.pick("s", "s", "q.s", "q.b", "grid["+m.small(3)+"]", "bx.a")
	lo, hi := m.pick("", m.index("1")), m.pick("", m.index("3"))
	limit := ""
	if hi != "" && m.r.IntN(3) == 0 {
		limit = ":" + m.index("4")
	}
	m.line("%s := %s[%s:%s%s]", v, from, lo, hi, limit)
	m.line("trace = append(trace, len(%s), cap(%s))", v, v)
	m.line("if len(%s) > 0 { %s[len(%s)-1] = %s[0]; %s = %s[1:]; if len(%s) > 1 { %s[1]++ } }", v, v, v, v, v, v, v, v)
	if m.r.IntN(2) == 0 {
		m.line("for i := range %s { if i > 3 { %s = %s[:i] }; global = global*3 + uint32(len(%s[i:])) }", v, v, v, v)
	}
}

// texts is a statement of strings.
func (m *numbers) texts() {
	m.names++
	v := fmt.Sprint("x", m.names)
	m.line("%s := %s[%s:%s]", v, m.pick("text", "text", "more"), m.pick("", m.index("2")), m.pick("", m.index("5")))
	m.line("for i := 0; i < len(%s); i++ { global = global*5 + uint32(%s[i]) }", v, v)
	if m.r.IntN(2) == 0 {
		m.line("for i, c := range %s { global ^= uint32(c) << (i & 7) }", v)
	}
	if m.r.IntN(2) == 0 {
		m.line("more = %s", v)
	}
}

// appends is a statement that appends, where there is room, which others may see, and
// where there is none.
func (m *numbers) appends() {
	m.names++
	v := fmt.Sprint("l", m.names)
	switch m.r.IntN(4) {
	case 0:
		m.line("%s := append(s[:%s], %s)", v, m.small(9), m.expr("int64"))
		m.line("trace = append(trace, len(%s), cap(%s), int(%s[0]))", v, v, v)
	case 1:
		m.line("for len(q.s) < 12 { q.s = append(q.s, %s, int64(len(q.s))) }", m.expr("int64"))
		m.line("q.s = q.s[:8]")
	case 2:
		m.line("var %s []uint8", v)
		m.line("for i := 0; i < 9; i++ { %s = append(%s, %s, uint8(i)); if i == 4 { %s = append(%s[:2], %s[5:]...) } }", v, v, m.of("uint8"), v, v, v)
		m.line("for _, b := range %s { global = global*7 + uint32(b) }", v)
	case 3:
		m.line("{")
		m.line("boxed := []box{bx, q.k}")
		m.line("for i := range 3 { boxed = append(boxed, boxed[i]); boxed[i].n++ }")
		m.line("var list []pair; for i := range 5 { list = append(list, pair{float32(i), %s, q}) }", m.of("int"))
		m.line("global += uint32(list[%s].n) + uint32(len(boxed)); if list[3].q != q { global++ }", m.small(5))
		m.line("}")
	}
}

// values is a statement that calls functions and methods by values.
func (m *numbers) values() {
	m.names++
	v := fmt.Sprint("f", m.names)
	switch m.r.IntN(4) {
	case 0:
		w, t := m.assignable()
		m.line("%s := func(n int) int { %s = %s; return n + 1 }", v, w, m.expr(t))
		m.line("for i := 0; i < 12; i++ { global += uint32(%s(i)) }", v)
	case 1:
		m.line("for i := 0; i < 15; i++ { global ^= uint32(things[i*i%%(1+i&3)].do(q, i)) }")
	case 2:
		m.line("var %s func(n int) int", v)
		m.line("%s = func(n int) int { steps--; if n <= 0 || steps < 0 { return int(q.h) }; q.h++; return %s(n-1) + %s(n-3) }", v, v, v)
		m.line("trace = append(trace, %s(7))", v)
	case 3:
		m.line("for i := range 12 { global += applied(q.do, i) + applied(doings[i&3], i) }")
	}
}

// structs writes a statement of structs as wholes. Their fields are variables like others.
func (m *numbers) structs() {
	switch m.r.IntN(6) {
	case 0:
		m.line("w, u = u, w")
	case 1:
		m.line("w = wide{%s, %s, %s}", m.expr("int32"), m.expr("int32"), m.expr("float64"))
	case 2:
		m.line("u = wide{u.b, %s, u.f}", m.of("int32"))
	case 3:
		m.line("for x, i := w, 0; i < %d; i++ { x.a += int32(i); if x.a&1 == 0 { u = x; x.b-- } }", 1+m.r.IntN(9))
	case 4:
		m.line("global += uint32(%s.do(q, %d))", m.pick("w", "u"), m.r.IntN(9))
	case 5:
		m.line("total, w = w, total")
	}
}
