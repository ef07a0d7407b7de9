package compile_test

import "testing"

// Structs that are a variable a field for machine code, and memory for closures, which
// take over in all kinds of places.
func TestStructsInMachineCode(t *testing.T) {
	for _, tt := range []struct{ name, src string }{
		{"methods on values", `
type v struct{ x, y, z int }
func (a v) plus(b v) v { return v{a.x + b.x, a.y + b.y, a.z + b.z} }
func (a v) dot(b v) int { return a.x*b.x + a.y*b.y + a.z*b.z }
func (a *v) turn() { a.x, a.y, a.z = a.y, a.z, a.x }
func (a v) swapped() v { a.x, a.z = a.z, a.x; return a }
func main() {
	sum, step, total := v{}, v{1, 2, 3}, 0
	for range 1000 { sum = sum.plus(step).swapped(); step.turn(); total += sum.dot(step) & 15 }
	println(sum.x, sum.y, sum.z, step.x, step.y, step.z, total)
}`},
		{"kinds", `
type mixed struct { a int8; b uint8; c uint16; d float32; e complex128; f bool }
type pair struct { a, b int32; in struct { c float64; d uint64 } }
func (m mixed) next(i int) mixed {
	m.a += int8(i); m.b ^= m.b<<1 | 1; m.c *= 3; m.d = m.d/2 + float32(m.c); m.e *= complex(0.5, float64(i&3)); m.f = !m.f
	return m
}
func (p pair) next() pair { q := p; q.in.c, q.in.d = float64(q.in.d), uint64(q.a); q.in.d += uint64(p.in.c); q.a, q.b = p.b+1, p.a-q.a; return q }
func main() {
	m, p := mixed{1, 2, 3, 4, 5i, true}, pair{a: 1, b: 2}
	for i := range 500 { m = m.next(i); p = p.next(); if i%100 == 0 { println(m.a, m.b, m.c, m.d, m.e, m.f, p.a, p.b, p.in.c, p.in.d) } }
}`},
		{"left between parts", `
type state struct { n, sum int; f float64 }
func walk(m map[int]int, a []int, by int) (s int) {
	st := state{n: by}
	for i := range a {
		st.n++
		m[st.n&7] += st.sum
		st.sum += m[i&7] + a[i]
		st.f += float64(st.sum)
		if i%7 == by { a = append(a, st.n); st.f = -st.f }
		copied := st
		copied.n *= 2
		if copied.n%3 == 0 { st = copied; st.n /= 2 }
		s ^= copied.n + st.sum + int(st.f)
	}
	return s + len(a) + st.n/by
}
func try(by int) {
	defer func() { if e := recover(); e != nil { println(e.(error).Error()) } }()
	println(walk(map[int]int{}, make([]int, 300), by))
}
func main() { for by := range 5 { try(by) } }`},
		{"a new one each round", `
type acc struct { n, m int }
func main() {
	total := 0
	for i := range 400 {
		var a acc
		if i&1 == 0 { a.n = i }
		for j := range 3 { var b acc; if j == 1 { b.m = i }; a.m += b.m; a.n += b.n + j }
		total = total*3 + a.n ^ a.m
	}
	println(total)
}`},
		{"panics half way", `
type box struct { lo, hi int }
func cut(b box, a []int) int { b.lo++; x := a[b.lo]; b.hi -= x; y := a[b.hi]; b.lo, b.hi = y, b.lo; return a[b.lo] + a[b.hi]/x }
func try(b box, a []int) { defer func() { if e := recover(); e != nil { println(e.(error).Error()) } }(); println(cut(b, a)) }
func main() {
	for range 40 { try(box{0, 3}, []int{0, 1, 2, 3}) }
	try(box{0, 3}, []int{0, 0, 2, 3}); try(box{3, 3}, []int{0, 1, 2, 3}); try(box{0, 9}, []int{0, 1, 2, 3}); try(box{0, 3}, []int{0, 1, -2, 3})
}`},
		{"escaping and not", `
type p struct { x, y int }
var kept *p
func keep(q *p) { kept = q }
func main() {
	s := 0
	for i := range 300 {
		a := p{i, -i}
		b := a
		b.x++
		if i%50 == 0 { keep(&b) }
		kept.y += b.x
		f := func() int { return a.x + b.y }
		s += f() + b.y
		c := [2]p{a, b}
		c[i&1].x++
		d := c[1]
		s += d.x
	}
	println(s, kept.x, kept.y)
}`},
	} {
		t.Run(tt.name, func(t *testing.T) { alike(t, tt.src) })
	}
}
