package compile_test

import "testing"

// Calls of function values in loops: of a value that stays the same, of which it is asked
// before the loop whose it is, and of one that does not.
func TestFunctionValuesInLoops(t *testing.T) {
	defer collecting(t.Context())()
	for _, tt := range []struct{ name, src string }{
		{"the same", `
func apply(list []int, f func(int) int) { for i, v := range list { list[i] = f(v) } }
func main() {
	list, n := make([]int, 100), 0
	for k := range 300 {
		apply(list, func(v int) int { n++; return v + k })
	}
	next := func() int { n += 2; return n }
	s := 0
	for range 20000 { s = s*3 + next() }
	println(list[0], list[99], n, s)
}`},
		{"another each time", `
func main() {
	var all []func(int) int
	kept := [7]*int{}
	for i := range 7 { kept[i] = &i; all = append(all, func(n int) int { i += 2; return i * n }) }
	s := 0
	for r := range 3000 { for _, f := range all { s = s*3 + f(r) } }
	f := all[0]
	for r := range 3000 { s += f(r); f = all[r%7] }
	for _, p := range kept { println(*p) }
	println(s)
}`},
		{"calls that may be left", `
type T struct{ n int }
func main() {
	t := &T{1}
	var all []func() int
	kept := [5]*int{}
	for i := range 5 { kept[i] = &i; all = append(all, func() int { i += 2; return i * t.n }) }
	s := 0
	for range 2000 { for _, f := range all { s = s*3 + f() } }
	for _, p := range kept { println(*p) }
	println(s)
}`},
		{"another in each round of the outer loop", `
func main() {
	a, b, s := 1, 2.5, 0
	fs := []func(int) int{
		func(n int) int { a += n; return a },
		func(n int) int { b *= 1.0001; return n ^ int(b) },
		func(n int) int { return -n },
	}
	for r := range 300 {
		f := fs[r%(1+r/100)]
		for i := range 50 { s = s*5 + f(i) }
	}
	println(a, b, s)
}`},
		{"two, and one twice", `
func both(f, g func(int) int, n int) (s int) { for i := range n { s += f(i)*3 + g(i) + f(s) }; return s }
func main() {
	a, b := 0, 1
	f, g := func(n int) int { a += n & 7; return a }, func(n int) int { b ^= n; return b }
	println(both(f, g, 5000), both(g, f, 5000), both(f, f, 5000), a, b)
}`},
		{"with what closures do in between", `
func main() {
	a, s, m := 0, 0, map[int]string{}
	f := func(n int) int { a += n; return a }
	for i := range 3000 {
		s = s*3 + f(i)
		if i%100 == 0 { println(i, s) }
		m[i%50] += "x"
		s += f(len(m[i%50])) + len([]byte(m[i%7]))
	}
	println(a, s, len(m))
}`},
		{"many captured", `
func main() {
	a, b, c, d, e := 1, "b", []int{1, 2}, 2.5, int8(3)
	f := func(n int) int { a++; c[n&1] += a; d += 0.5; e += 3; b = b[:1] + string(rune('a'+n%26)); return a + len(b) + c[0] + int(d) + int(e) }
	g := func() int { return len(b) + a + c[1] + int(e) }
	s := 0
	for i := range 3000 { s = s*3 + f(i) + g() }
	println(s, a, b, c[0], c[1], d, e)
}`},
		{"compiled functions and methods", `
type T struct{ n int }
func (t *T) add(k int) int { t.n += k; return t.n }
func (t T) get(k int) int { return t.n * k }
func double(n int) int { return 2 * n }
func apply(f func(int) int, n int) (s int) { for i := 0; i < n; i++ { s ^= f(i) + s<<1 }; return s }
func main() {
	t := &T{1}
	for range 20 { println(apply(t.add, 100), apply(t.get, 100), apply(double, 100), t.n) }
	for range 20 { println(apply(double, 100)) }
}`},
		{"nil", `
func try(f func() int) { defer func() { if e := recover(); e != nil { println(e.(error).Error()) } }(); println(f()) }
func apply(f func(int) int, from, n int) (s int) { for i := from; i < n; i++ { s += f(i) }; return s }
func main() {
	f := func(n int) int { return n }
	for i := range 50 { try(func() int { return apply(f, 0, 100) + apply(nil, 5, i%7) }) }
}`},
		{"panics and results", `
func try(f func() int) { defer func() { if e := recover(); e != nil { println(e.(error).Error()) } }(); println(f()) }
func main() {
	list, by := []int{5, 6, 7, 8}, 3
	at := func(i int) (int, bool, string) { return list[i] / by, i > 2, "abcd"[i:] }
	for r := range 80 {
		if r == 60 { by = 0 }
		try(func() int {
			s := 0
			for i := range 3 + r/20 { v, ok, t := at(i); if ok { s++ }; s = s*3 + v + len(t) }
			return s
		})
	}
}`},
		{"recursion", `
func walk(n int, f func(int) int) (s int) {
	for i := range n { s += f(i) + walk(i, f) }
	return s
}
func main() {
	c := 0
	println(walk(12, func(n int) int { c++; return n*c }), c)
}`},
	} {
		t.Run(tt.name, func(t *testing.T) { alike(t, tt.src) })
	}
}
