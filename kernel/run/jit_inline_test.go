package run

import "testing"

// Calls of small functions, whose code machine code has in their place: what goes wrong
// in them is Go's panic, and nothing is done twice.
func TestSmallFunctionsInMachineCode(t *testing.T) {
	for _, tt := range []struct{ name, src string }{
		{"methods", `
type T struct { a, b int; p *int; s string }
func (t *T) add(x int) { t.a += x; t.b ^= t.a }
func (t T) sum() int { return t.a + t.b }
func (t *T) set(p *int, s string) { t.a++; t.p = p; t.s = s }
func (t *T) both() (int, string, *int) { return t.a - 1, t.s, t.p }
func (t *T) div(n int) int { t.b++; return t.a / n }
func (t *T) at(a []int, i int) int { t.a = a[i]; return a[i] + 1 }
func swap(a, b *int) (*int, *int) { return b, a }
func pair(x, y float64, n uint8) (float64, uint8, float64) { return y, n + 200, x }
func constant() (int, string) { return 7, "seven" }
func shift(x int32, by int) int32 { return x << by }
func small(x int) int8 { return int8(x) }
func try(name string, f func() int) { defer func() { if e := recover(); e != nil { println(name, e.(error).Error()) } }(); println(name, f()) }
func main() {
	t, n, m := &T{}, 5, 6
	p, q := &n, &m
	x, y, k := 1.5, 2.5, uint8(3)
	s := 0
	for i := 0; i < 1000; i++ {
		t.add(i)
		s += t.sum()
		t.set(p, "abc"[i%3:])
		a, str, r := t.both()
		s = s*3 + a + len(str) + *r
		p, q = swap(p, q)
		x, k, y = pair(x, y, k)
		c, d := constant()
		s += c + len(d) + int(shift(int32(i), i&35)) + int(small(i*77)) + t.div(i+1)
	}
	println(s, x, y, k, *p, *q, t.a, t.b)
	a := []int{1, 2, 3}
	for i := 5; i >= -2; i-- {
		try("div", func() int { r := 0; for j := 0; j < 5; j++ { r += t.div(i) }; return r })
		try("at", func() int { r := 0; for j := 0; j < 5; j++ { r += t.at(a, i) }; return r })
		try("shift", func() int { r := 0; for j := 0; j < 5; j++ { r += int(shift(3, i)) }; return r })
	}
	println(t.a, t.b)
	var none *T
	try("nil add", func() int { for j := 0; j < 5; j++ { none.add(j) }; return 0 })
	try("nil sum", func() int { r := 0; for j := 0; j < 5; j++ { r += none.sum() }; return r })
	try("nil both", func() int { r := 0; for j := 0; j < 5; j++ { c, _, _ := none.both(); r += c }; return r })
}`},
		{"pointers", `
import "runtime"
type node struct { v int; next *node }
func (n *node) link(to *node) *node { n.v++; n.next = to; return n }
func (n *node) tail() *node { return n.next }
func (n *node) both(a, b *node) { n.next = a; a.next = b }
func main() {
	stop := make(chan bool)
	go func() { for { select { case <-stop: return; default: runtime.GC() } } }()
	var list *node
	t := 0
	for i := 0; i < 3000; i++ {
		n := &node{v: i}
		list = n.link(list)
		if i%7 == 0 { list = list.tail() }
		if i%11 == 0 { n.both(&node{v: 1}, list) ; list = n }
		for p, k := list, 0; p != nil && k < 50; p, k = p.tail(), k+1 { t = t*31 + p.v }
	}
	close(stop)
	println(t)
}`},
	} {
		t.Run(tt.name, func(t *testing.T) { alike(t, tt.src) })
	}
}
