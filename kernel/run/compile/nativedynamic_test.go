package compile_test

import "testing"

// Calls of function values and of methods of interfaces: to what was seen there, to
// what was not, to nil, with captured values of all kinds, and with panics inside.
func TestDynamicCallsInMachineCode(t *testing.T) {
	for _, tt := range []struct{ name, src string }{
		{"functions", `
func twice(f func(int) int, n int) int { return f(f(n)) }
func add(n int) int { return n + 1 }
func main() {
	a, b, c, d, e := 1, int8(2), "three", []int{4, 5}, 6.5
	fs := []func(int) int{
		add,
		func(n int) int { a += n; return a },
		func(n int) int { b += int8(n); return int(b) },
		func(n int) int { c = c[1:] + c[:1]; return n ^ int(c[0]) },
		func(n int) int { d[n&1] += n; return d[0] - d[1] },
		func(n int) int { e = e*1.5 + float64(n&7); if e > 1e6 { e = 1 }; return int(e) },
		func(n int) int { a ^= d[n&1]; b--; return a + int(b) + len(c) },
	}
	s := 0
	for i := 0; i < 3000; i++ { s = s*3 + twice(fs[i%(1+i/500)%len(fs)], i) }
	println(s, a, b, c, d[0], d[1], e)
}`},
		{"recursion", `
func main() {
	var fib func(n int) int
	calls := 0
	fib = func(n int) int { calls++; if n < 2 { return n }; return fib(n-1) + fib(n-2) }
	println(fib(18), calls)
	var even, odd func(n int) bool
	even = func(n int) bool { return n == 0 || odd(n-1) }
	odd = func(n int) bool { return n != 0 && even(n-1) }
	println(even(3000), odd(3001), even(1001))
	var deep func(n int) int
	deep = func(n int) int { if n == 0 { return 0 }; return deep(n-1) + 1 }
	println(deep(50000))
}`},
		{"nil", `
type shape interface { area(n int) int }
type sq struct{ a int }
func (s sq) area(n int) int { return s.a*n }
func call(f func(int) int, n int) int { return f(n) + 1 }
func method(s shape, n int) int { return s.area(n) + 1 }
func try(f func() int) { defer func() { if e := recover(); e != nil { println(e.(error).Error()) } }(); println(f()) }
func main() {
	f := func(n int) int { return 100 / n }
	for i := 20; i >= -2; i-- {
		try(func() int { return call(f, i) })
		if i == 1 { f = nil }
	}
	s := shape(sq{3})
	for i := 20; i >= -2; i-- {
		try(func() int { return method(s, i) })
		if i == 1 { s = nil }
	}
}`},
		{"methods", `
type shape interface { area(k int) int; grow(n int) }
type empty struct{}
type number int8
type word string
type big struct { a, b int; c string; d float64 }
type huge struct { a [20]int }
type list []int
type inner struct{ n int }
type outer struct{ *inner; k int }
type holder struct{ p *int }
func (empty) area(k int) int { return k }
func (empty) grow(n int) {}
func (n number) area(k int) int { return int(n) * k }
func (n number) grow(int) {}
func (w word) area(k int) int { return len(w) + k }
func (w word) grow(int) {}
func (b *big) area(k int) int { return b.a*k + b.b + len(b.c) + int(b.d) }
func (b *big) grow(n int) { b.a += n; b.d *= 1.01 }
func (h huge) area(k int) int { return h.a[k%20] }
func (h huge) grow(n int) { h.a[n%20]++ }
func (l list) area(k int) int { return l[k%len(l)] }
func (l list) grow(n int) { l[n%len(l)]++ }
func (i *inner) area(k int) int { return i.n ^ k }
func (i *inner) grow(n int) { i.n += n }
func (h holder) area(k int) int { return *h.p + k }
func (h holder) grow(n int) { *h.p += n }
func total(all []shape, k int) (s int) {
	for i := range all { s = s*5 + all[i].area(k); all[i].grow(k + i) }
	return s
}
func main() {
	n := 5
	all := []shape{number(3), word("abc"), &big{1, 2, "x", 3.5}, empty{}, huge{}, list{1, 2, 3}, outer{&inner{4}, 1}, &inner{9}, holder{&n}}
	for k := 1; k <= len(all); k++ {
		s := 0
		for i := 0; i < 400; i++ { s = s*7 + total(all[:k], i) }
		println(k, s, n)
	}
	for k := len(all)-1; k >= 0; k-- {
		s := 0
		for i := 0; i < 300; i++ { s = s*7 + total(all[k:], i) }
		println(k, s, n)
	}
}`},
		{"bound", `
type counter struct{ n int }
func (c *counter) add(k int) int { c.n += k; return c.n }
func (c counter) get(k int) int { return c.n * k }
func apply(f func(int) int, n int) (s int) { for i := 0; i < n; i++ { s ^= f(i) }; return s }
func main() {
	c := &counter{1}
	println(apply(c.add, 500), apply(c.get, 500), c.n)
	println(apply(func(k int) int { return func(j int) int { c.n++; return j * k }(k + 1) }, 500), c.n)
	var sums []func() int
	for i := 0; i < 5; i++ { sums = append(sums, func() int { i += 2; return i * c.n }) }
	s := 0
	for r := 0; r < 200; r++ { for _, f := range sums { s = s*3 + f() } }
	println(s)
}`},
		{"words", `
type T struct{ name string }
func (t *T) String() string { return t.name }
func check(a int, t *T, s string) int { if a < 0 { panic(error(fault{s + t.String()})) }; return a }
type fault struct{ s string }
func (f fault) Error() string { return f.s }
func sum(n int, t *T) (s int) { for i := n; i > n-300; i-- { s += check(i, t, "s") }; return s }
func try(f func() int) { defer func() { if e := recover(); e != nil { println(e.(error).Error()) } }(); println(f()) }
func main() { for i := 0; i < 300; i += 7 { try(func() int { return sum(600-i*3, &T{"t"}) }) } }`},
		{"panics", `
type op interface { do(a []int, i int) int }
type get struct{}
type div struct{ by *int }
func (get) do(a []int, i int) int { return a[i] }
func (d div) do(a []int, i int) int { return a[i%len(a)] / *d.by }
func all(ops []op, a []int, i int) (s int) { for _, o := range ops { s += o.do(a, i) }; return s }
func try(f func() int) { defer func() { if e := recover(); e != nil { println(e.(error).Error()) } }(); println(f()) }
func main() {
	by := 3
	ops := []op{get{}, div{&by}}
	a := []int{5, 6, 7}
	for i := 0; i < 400; i++ { all(ops, a, i%3) }
	try(func() int { return all(ops, a, 1) })
	try(func() int { return all(ops, a, 3) })
	by = 0
	try(func() int { return all(ops, a, 2) })
	try(func() int { return all([]op{div{}}, a, 2) })
}`},
	} {
		t.Run(tt.name, func(t *testing.T) { alike(t, tt.src) })
	}
}
