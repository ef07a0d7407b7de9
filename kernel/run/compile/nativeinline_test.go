package compile_test

import (
	"testing"

	"github.com/gosched/gosched/internal/testenv"
)

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
		{"aliases", `
import "unsafe"
type T struct { a, b int; c int32; d, e int16; f float32; next *T }
var g T
func (t *T) set(x int) { t.a = x }
func (t *T) get() int { return t.a }
func (t *T) add(u *T) int { t.a += u.a; u.b += t.b; t.c, u.c = u.c+1, t.c+2; return t.a ^ u.b ^ int(t.c) }
func both(p, q *T, n int) int { p.a = n; q.a = n + 1; r := p.a; p.next = q; q.next.a += r; p.next.next = p; return p.a*3 + q.a }
func parts(p *T, n int) (int, int32, int16) {
	w := (*uint64)(unsafe.Pointer(&p.c))
	h := (*int32)(unsafe.Pointer(&p.d))
	p.c, p.d, p.e = int32(n), int16(n+1), int16(n+2)
	*w += 1<<32 + 5
	c, d := p.c, p.d
	*h = int32(n * 100000)
	p.f = float32(n) / 3
	*(*uint32)(unsafe.Pointer(&p.f)) ^= 1 << 31
	return int(p.e) + int(p.f*10), c, d
}
func global(p *T, n int) int { g.a = n; p.a++; g.b = g.a; p.b--; return g.a + g.b }
func elements(a []int, p *int, i int) int { a[0] = i; *p = 2; a[i&3] += 3; return a[0] + *p + a[1] }
func main() {
	x, y := &T{}, &T{b: 3}
	s := 0
	for i := 0; i < 1000; i++ {
		p, q := x, y
		if i%3 == 0 { q = p }
		if i%5 == 0 { p = &g }
		p.set(i); q.set(i * 2)
		s = s*31 + p.get() + q.get() + p.add(q) + both(p, q, i)
		a, b, c := parts(p, i)
		arr := []int{1, 2, 3, 4}
		s = s*7 + a + int(b) + int(c) + global(q, i) + elements(arr, &arr[i&1], i)
		for _, v := range arr { s = s*3 + v }
	}
	println(s, x.a, x.b, x.c, x.d, x.e, x.f, y.a, y.b, y.c, g.a, g.b, g.c)
}`},
		{"spinning", `
import "runtime"
type T struct { stop bool; n int }
func (t *T) done() bool { return t.stop }
func (t *T) count() { t.n++ }
func main() {
	t := &T{}
	over := make(chan int)
	go func() { for !t.done() { t.count(); runtime.Gosched() }; over <- 1 }()
	for i := 0; i < 1000; i++ { runtime.Gosched() }
	t.stop = true
	println(<-over)
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
		t.Run(tt.name, func(t *testing.T) {
			if testenv.Raced && tt.name == "spinning" {
				t.Skip("the program has a data race, as such loops have")
			}
			alike(t, tt.src)
		})
	}
}
