package compile_test

import (
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/gosched/gosched/internal/snippet"
	"github.com/gosched/gosched/kernel/goruntime"
)

// alike runs a source with and without machine code, and wants the same.
func alike(t *testing.T, src string) {
	t.Helper()
	want := compiledWith(t, src, "off").Run("main")
	for _, mode := range []string{"always", "on"} {
		s := compiledWith(t, src, mode)
		if !goruntime.MachineKnown {
			t.Skip("there is no machine code here")
		}
		got := s.Run("main")
		if got.Printed != want.Printed || got.Failed() != want.Failed() {
			t.Errorf("with machine code (%q):\n%s%s\nwithout:\n%s%s", mode, got.Printed, got.Failed(), want.Printed, want.Failed())
		}
	}
}

// A dump tells whether there is machine code, and where closures enter it.
func TestMachineCodeIsDumped(t *testing.T) {
	if !goruntime.MachineKnown {
		t.Skip("there is no machine code here")
	}
	const src = "func f(n int) int { s := 0; for i := range n { s += i }; return s }\nfunc g() { go f(1) }\nfunc main() { println(f(10)) }"
	for mode, want := range map[string]string{"off": "", "on": "not yet", "always": "entered at b0 b1"} {
		s := compiledWith(t, src, mode)
		s.Run("main")
		if got := machineCodeOf(s, "f"); got != want {
			t.Errorf("with %q it says %q, want %q", mode, got, want)
		}
		if got := machineCodeOf(s, "g"); strings.Contains(got, "entered") {
			t.Errorf("with %q, of what closures do: %s", mode, got)
		}
	}
}

// machineCodeOf is what a dump says of a function's machine code.
func machineCodeOf(s *snippet.Snippet, fn string) string {
	for l := range strings.Lines(s.Dump(fn)) {
		if text, ok := strings.CutPrefix(l, "machine code: "); ok {
			return strings.TrimSpace(text)
		}
	}
	return ""
}

// What packages begin with runs once, so more of it is run by closures; not all.
func TestMachineCodeOfInitialisers(t *testing.T) {
	if !goruntime.MachineKnown {
		t.Skip("there is no machine code here")
	}
	const sum = "func sum(n int) int { s := 0; for i := range n { s += i }; return s }\n"
	for _, tt := range []struct{ name, src, run, want string }{
		{"a short loop of a call", "func main() { println(sum(1000)) }", "main", "entered at b0 b1"},
		{"a short loop of an initialiser", "var x = sum(1000)", "init", "not yet"},
		{"a long loop of an initialiser", "var x = sum(100000)", "init", "entered at b0 b1"},
	} {
		s := compiledWith(t, sum+tt.src, "on")
		s.Run(tt.run)
		if got := machineCodeOf(s, "sum"); got != tt.want {
			t.Errorf("%s: it says %q, want %q", tt.name, got, tt.want)
		}
	}
}

// Faults of memory are panics in Go's own code alone, so who asks for these gets closures.
func TestMachineCodeHasNoFaults(t *testing.T) {
	if !goruntime.MachineKnown {
		t.Skip("there is no machine code here")
	}
	alike(t, `
import ("runtime/debug"; "syscall"; "unsafe")
func read(b []byte, n int) (s int) {
	defer func() { if e := recover(); e != nil { s = -1 } }()
	return sum(b, n)
}
func sum(b []byte, n int) int { s := 1; for i := 0; i < n; i++ { s += int(b[i]) }; return s }
func main() {
	debug.SetPanicOnFault(true)
	page := syscall.Getpagesize()
	b, err := syscall.Mmap(-1, 0, 2*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil { panic(err) }
	if err := syscall.Mprotect(b[page:], syscall.PROT_NONE); err != nil { panic(err) }
	println(read(b, page), read(b, page+1), unsafe.Sizeof(b))
}`)
}

func TestMachineCode(t *testing.T) {
	for _, tt := range []struct{ name, src string }{
		{"fib", `
func fib(n int) int { if n < 2 { return n }; return fib(n-1) + fib(n-2) }
func main() { println(fib(22)) }`},
		{"loop", `func main() { s := 0; for i := 0; i < 3000; i++ { s += i*i }; println(s) }`},
		{"sieve", `func main() {
	n := 10000
	c := make([]bool, n+1)
	k := 0
	for i := 2; i <= n; i++ { if !c[i] { k++; for j := i*2; j <= n; j += i { c[j] = true } } }
	println(k) }`},
		{"mandelbrot", `func main() {
	in := 0
	for y := 0; y < 40; y++ { for x := 0; x < 60; x++ {
		c := complex(float64(x)/30-1.5, float64(y)/20-1)
		z, n := complex128(0), 0
		for ; n < 100 && real(z)*real(z)+imag(z)*imag(z) < 4; n++ { z = z*z + c }
		in += n } }
	println(in) }`},
		{"matrix", `
func mul(a, b [][]float64) [][]float64 {
	n := len(a)
	c := make([][]float64, n)
	for i := range c { c[i] = make([]float64, n); for j := range c[i] { s := 0.0; for k := range b { s += a[i][k]*b[k][j] }; c[i][j] = s } }
	return c
}
func main() {
	n := 20
	a, b := make([][]float64, n), make([][]float64, n)
	for i := range a { a[i], b[i] = make([]float64, n), make([]float64, n); for j := range a[i] { a[i][j], b[i][j] = float64(i+j), float64(i-j) } }
	c := mul(a, b)
	t := 0.0
	for i := range c { for _, v := range c[i] { t += v*float64(i) } }
	println(t) }`},
		{"quicksort", `
func sort(a []int) {
	if len(a) < 2 { return }
	p, i, j := a[len(a)/2], 0, len(a)-1
	for i <= j { for a[i] < p { i++ }; for a[j] > p { j-- }; if i <= j { a[i], a[j] = a[j], a[i]; i++; j-- } }
	sort(a[:j+1]); sort(a[i:])
}
func sort2(a []int, lo, hi int) {
	if lo >= hi { return }
	p, i, j := a[(lo+hi)/2], lo, hi
	for i <= j { for a[i] < p { i++ }; for a[j] > p { j-- }; if i <= j { a[i], a[j] = a[j], a[i]; i++; j-- } }
	sort2(a, lo, j); sort2(a, i, hi)
}
func main() {
	for k := 0; k < 2; k++ {
	a := make([]int, 5000); x := 1
	for i := range a { x = x*1103515245 + 12345; x &= 1<<31-1; a[i] = x }
	if k == 0 { sort(a) } else { sort2(a, 0, len(a)-1) }
	for i := 1; i < len(a); i++ { if a[i-1] > a[i] { println("wrong", i) } }
	println(a[0], a[2500], a[4999])
	} }`},
		{"list", `
type node struct { v int; next *node }
func sum(n *node) int { if n == nil { return 0 }; return n.v + sum(n.next) }
func rev(n *node) *node { var r *node; for n != nil { next := n.next; n.next = r; r, n = n, next }; return r }
func main() { var l *node; for i := 0; i < 3000; i++ { l = &node{i, l} }; println(sum(l)); l = rev(l); println(l.v, sum(l)) }`},
		{"bounds", `func at(a []int, i int) int { return a[i] }
func main() { a := []int{1,2,3}; s := 0; for i := 0; i < 5; i++ { s += at(a, i); println(s) } }`},
		{"nil", `type p struct { x, y int }
func get(q *p) int { return q.y }
func main() { q := &p{1,2}; for i := 0; i < 3; i++ { println(get(q)); if i == 1 { q = nil } } }`},
		{"divide", `func div(a, b int) int { return a/b }
func main() { for i := 3; i >= -3; i-- { println(div(100, i)) } }`},
		{"deep", `func depth(n int) int { if n == 0 { return 0 }; return 1 + depth(n-1) }
func main() { println(depth(100000)) }`},
		{"deepResults", `
type pair struct { a, b *pair; n int }
func build(n int) (*pair, string, float64, complex128, uint8, error) {
	if n == 0 { return nil, "end", 0.5, 1i, 7, nil }
	p, s, f, c, u, err := build(n-1)
	if n%1000 == 0 { s = s + "x" }
	return &pair{p, p, n}, s, f*1.0001, c*c + 0.25, u*3, err
}
func plain(n int, p *pair, s string, f float64) (*pair, string, float64, int8) {
	if n == 0 { return p, s, f, -3 }
	q, t, g, i := plain(n-1, p.b, s[1:], f/2)
	if q == nil { return p, t, g+float64(n), i*5 }
	return q.a, s, g*f + 1, i-1
}
func main() {
	p, s, f, c, u, err := build(3000)
	println(p.n, p.a.n, s, f, real(c), imag(c), u, err == nil)
	long := ""
	for i := 0; i < 3000; i++ { long += "abc" }
	for _, n := range []int{10, 700, 1500, 2900} {
		q, t, g, i := plain(n, p, long, 1e6)
		if q != nil { println(n, q.n) }
		println(len(t), g, i)
	}
}`},
		{"deepPanic", `
var depths []int
func down(a []int, n int) int {
	if n > 2000 { return a[n] }
	return down(a, n+1) + n
}
func caught(n int) (r int) { defer func() { if e := recover(); e != nil { println(e.(error).Error()); r = -n } }(); return down(make([]int, n), 0) }
func main() { for i := 1999; i < 2004; i++ { println(caught(i)) }; println(down(nil, 1990)) }`},
		{"edge", `
func leaf(n int) int { return n ^ 5 }
func at(depth, times int) int {
	if depth > 0 { return at(depth-1, times) + 1 }
	s := 0
	for i := 0; i < times; i++ { s += leaf(i) + shallow(3) }
	return s
}
func shallow(n int) int { if n == 0 { return 1 }; return shallow(n-1) + shallow(n-1) }
func main() { for d := 100; d < 700; d += 7 { println(at(d, 30)) } }`},
		{"mutual", `func even(n int) bool { if n == 0 { return true }; return odd(n-1) }
func odd(n int) bool { if n == 0 { return false }; return even(n-1) }
func main() { println(even(10001), odd(10001)) }`},
		{"recover", `func f(i int) int { a := [3]int{1,2,3}; return a[i] }
func g(i int) (r int) { defer func() { if e := recover(); e != nil { println(e.(error).Error()); r = -1 } }(); s := 0; for j := 0; j < 3; j++ { s += f(i+j) }; return s }
func main() { println(g(0)); println(g(1)); println(g(-1)) }`},
		{"strings", `func count(s string, c byte) int { n := 0; for i := 0; i < len(s); i++ { if s[i] == c { n++ } }; return n }
func main() { t := ""; for i := 0; i < 50; i++ { t += "abca" }; println(count(t, 'a'), count("banana", 'a'), count("", 'x')) }`},
		{"swap", `func main() { a, b, c := 1, 2, 3; x, y := 1.5, 2.5; for i := 0; i < 1000; i++ { a, b, c = b, c, a; x, y = y, x+0.25 }; println(a, b, c, x, y) }`},
		{"structs", `
type vector struct { x, y, z int }
type mixed struct { p *vector; s string; f float64 }
type padded struct { b bool; n int64 }
type one struct { v vector }
type small struct { a, b uint16; c int32 }
func (v vector) plus(w vector) vector { return vector{v.x + w.x, v.y + w.y, v.z + w.z} }
func (v vector) dot(w vector) int { return v.x*w.x + v.y*w.y + v.z*w.z }
func (v *vector) turn() { v.x, v.y, v.z = v.y, v.z, v.x }
func (m mixed) next(n int) mixed { if n%3 == 0 { return mixed{m.p, m.s + "x", m.f} }; m.f += 0.5; return m }
func (o one) deeper(n int) one { if n == 0 { return o }; r := o.deeper(n-1); r.v.y += n; return r }
func (p padded) flip() padded { return padded{!p.b, p.n + 1} }
func (s small) mix() small { return small{s.b, s.a + 40000, int32(s.a) - s.c} }
func pick(a, b vector, first bool) vector { r := a; if !first { r = b }; return r }
func main() {
	sum, step, total := vector{}, vector{1, 2, 3}, 0
	m, p, o, s := mixed{&step, "s", 1}, padded{}, one{vector{1, 2, 3}}, small{1, 2, 3}
	list := make([]vector, 4)
	for i := 0; i < 1000; i++ {
		sum = sum.plus(step)
		step.turn()
		total += sum.dot(step) & 15
		if i < 100 { m = m.next(i) }
		p, s = p.flip(), s.mix()
		list[i&3] = pick(sum, list[(i+1)&3], i%5 < 2)
		if list[0] == list[1] { total++ }
	}
	o = o.deeper(900)
	println(sum.x, sum.y, sum.z, total, m.p == &step, len(m.s), m.f, p.b, p.n, o.v.x, o.v.y, s.a, s.b, s.c, list[1].x, list[2].z)
	var none *mixed
	defer func() { println(recover().(error).Error()) }()
	println(none.next(1).f)
}`},
		{"closures", `func main() { n := 0; add := func(k int) { n += k }; for i := 0; i < 1000; i++ { add(i); if i%100 == 0 { println(n) } } }`},
		{"map", `func main() { m := map[int]int{}; s := 0; for i := 0; i < 1000; i++ { m[i%7] += i; for j := 0; j < 10; j++ { s += j ^ i } }; println(m[3], s) }`},
		{"map updates", `func main() { m, h := map[string]int{}, map[int64]float64{}; keys := []string{"a", "b", "c"}; x := 3; for i := 0; i < 1000; i++ { x = x*5 + i; m[keys[i%3]] += x & 255; h[int64(x&3)] += float64(i) / 2; m["n"]++; if i%400 == 0 { println(x, m["a"], h[1]) } }; println(m["b"], m["c"], m["n"], h[0], h[3]) }`},
		{"channels", `func main() { c := make(chan int); go func() { for i := 0; i < 500; i++ { c <- i*i }; close(c) }(); s := 0; for v := range c { s += v % 17 }; println(s) }`},
		{"unsigned", `func main() { var h uint32 = 2166136261; var u uint8; var w uint64 = 1; for i := 0; i < 1000; i++ { h ^= uint32(i&0xff); h *= 16777619; u += uint8(h); w = w*6364136223846793005 + uint64(u); w ^= w >> 33 }; println(h, u, w, w%1000, int64(w)/7) }`},
	} {
		t.Run(tt.name, func(t *testing.T) { alike(t, tt.src) })
	}
}

// While the garbage collector runs all the time, goroutines move pointers about in
// machine code. What only a register had would be freed and used again.
func TestMachineCodeGarbage(t *testing.T) {
	rounds := 40
	if testing.Short() { // as under the race detector, where all of this is slow
		rounds = 4
	}
	src := fmt.Sprintf("const rounds = %d\n", rounds) + `
type tree struct { left, right *tree; key int; text []byte }
func insert(n *tree, key int) *tree {
	if n == nil { return &tree{key: key, text: []byte{byte(key)}} }
	if key < n.key { n.left = insert(n.left, key) } else { n.right = insert(n.right, key) }
	return n
}
func rotate(n *tree) *tree {
	if n == nil || n.left == nil { return n }
	l := n.left
	n.left, l.right = l.right, n
	return l
}
func sum(n *tree) int { if n == nil { return 0 }; return n.key + int(n.text[0]) - int(byte(n.key)) + sum(n.left) + sum(n.right) }
func sort(a []*tree) {
	if len(a) < 2 { return }
	p, i, j := a[len(a)/2], 0, len(a)-1
	for i <= j { for a[i].key < p.key { i++ }; for a[j].key > p.key { j-- }; if i <= j { a[i], a[j] = a[j], a[i]; i++; j-- } }
	sort(a[:j+1]); sort(a[i:])
}
func chain(n, last *tree, depth int) *tree {
	if depth == 0 { return last }
	next := n.right
	if next == nil { next = n.left }
	if next == nil { next = last }
	if next == nil { next = n }
	r := chain(next, n, depth-1)
	if depth%3 == 0 { return n }
	return r
}
func work(seed int) int {
	var root *tree
	x, total := seed, 0
	all := make([]*tree, 0, 300)
	for i := 0; i < 300; i++ {
		x = (x*1103515245 + 12345) & (1<<31 - 1)
		root = insert(root, x%1000)
		all = append(all, &tree{key: x % 1000, text: []byte{byte(x % 1000)}, left: root})
		if i%3 == 0 { root = rotate(root) }
		total += sum(root)
	}
	sort(all)
	for i := 1; i < len(all); i++ {
		if all[i-1].key > all[i].key { println("wrong order") }
		if int(all[i].text[0]) != int(byte(all[i].key)) { println("wrong text") }
		all[i].left, all[i-1].left = all[i-1].left, all[i].left
	}
	var rev *tree
	for _, n := range all { n.right = rev; rev = n }
	for n := rev; n != nil; n = n.right { total += n.key + len(n.text) }
	total += chain(rev, nil, 1500).key
	return total
}
func main() {
	done := make(chan int)
	for g := 0; g < 4; g++ { go func() { t := 0; for i := 0; i < rounds; i++ { t += work(g + 1) }; done <- t }() }
	s := 0
	for g := 0; g < 4; g++ { s += <-done }
	println(s)
}`
	var over atomic.Bool
	collected := make(chan int)
	go func() {
		n := 0
		for ; !over.Load(); n++ {
			runtime.GC()
		}
		collected <- n
	}()
	alike(t, src)
	over.Store(true)
	t.Log(<-collected, "collections")
}
