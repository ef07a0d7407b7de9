package snippet

// A Family is a function f that uses a family of instructions, with what it prints,
// or what the panic says that it ends with. The right results are the language's,
// not an engine's.
type Family struct{ Name, Src, Want, Panics string }

// Families has the families of instructions, each by itself: names are those of
// files of kernel/run/compile.
var Families = []Family{
	{"arith.go: wrapping", `
func f() {
	var a int8 = 127; a++
	var b uint16 = 0; b--
	var c uint32 = 1<<31; c *= 2
	var d int64 = -1 << 63; d = -d
	println(a, b, c, d, -7/2, -7%2, a+a)
}`, "-128 65535 0 -9223372036854775808 -3 -1 0\n", ""},
	{"arith.go: division by zero", `func f() { a, b := 1, 0; println(a / b) }`, "", "runtime error: integer divide by zero"},
	{"arith.go: floats", `
func f() {
	x, zero := 1.5, 0.0
	nan := zero / zero
	println(x/zero > 1e308, nan != nan, -zero == zero, int(x*3), float32(0.1) == 0.1)
}`, "true true true 4 true\n", ""},
	{"arith.go: negative zero", `
func f() {
	zero := 0.0
	n := -1 / (1 / zero)
	m, c, i := float32(n), complex(n, n), 7
	println(1/(n-0), 1/(n+0), 1/(0-n), 1/-n, 1/(n*1), 1/(m-0), 1/real(c-0), 1/imag(c-0), i-0)
}`, "-Inf +Inf +Inf +Inf -Inf -Inf -Inf -Inf 7\n", ""},
	{"arith.go: complex", `func f() { c := complex(1, 2); c *= c; println(real(c) == -3, imag(c) == 4) }`, "true true\n", ""},
	{"arith.go: strings", `func f() { s := "go"; s += "!"; println(s+s, s < "go?", len(s)) }`, "go!go! true 3\n", ""},
	{"shift.go", `
func f() {
	n := uint(70); var one int32 = 1; var neg int8 = -128
	x := uint8(0xf0)
	println(one<<n, neg>>n, x<<4, 1<<(n-6)>>(n-7))
}`, "0 -1 0 0\n", ""},
	{"shift.go: negative", `func f() { n := -1; println(1 << n) }`, "", "runtime error: negative shift amount"},
	{"fold.go: bits", `
func f() {
	x := uint32(0xdeadbeef)
	println(x&0xff, x|1, x^x, x&^0xff, ^x == 0x21524110)
}`, "239 3735928559 0 3735928320 true\n", ""},
	{"coalesce.go: swapped phis", `
func f() {
	a, b := 1, 2
	for range 3 { a, b = b, a+b }
	println(a, b)
}`, "5 8\n", ""},
	{"branch.go: fused comparisons", `
func f() {
	n := 0
	for i := 10; i >= 0; i -= 3 { if i != 4 && i > 0 || i == 4 { n += i } }
	switch { case n > 100: println("big"); case n == 22: println("22"); default: println(n) }
}`, "22\n", ""},
	{"convert.go", `
func f() {
	f := 3.99; i := int64(-1); s := "hé"
	println(int(f), uint8(i), uint32(i), float64(i), string(rune(233)), len([]byte(s)), len([]rune(s)), string([]rune{104, 105}))
}`, "3 255 4294967295 -1 é 3 2 hi\n", ""},
	{"compare.go: structs, arrays, interfaces", `
type p struct { x int; s string }
func f() {
	var a, b any = p{1, "x"}, p{1, "x"}
	c := [2]p{{1, "a"}, {2, "b"}}
	d := c; d[1].s = "c"
	var e error
	println(a == b, c == d, e == nil, a == any(1))
}`, "true false true false\n", ""},
	{"compare.go: what cannot be", `func f() { var a any = []int{1}; println(a == a) }`, "", "runtime error: comparing uncomparable type []int"},
	{"load.go, element.go: pointers, slices, arrays", `
type node struct { v int16; next *node; a [3]uint8 }
func f() {
	l := &node{1, &node{2, nil, [3]uint8{9, 8, 7}}, [3]uint8{}}
	l.next.a[1]++
	s := make([]node, 2); s[1].v = l.next.v; s[0] = *l
	s[0].a[2] = 5
	println(l.next.a[1], s[1].v, s[0].next.a[0], l.a[2], s[0].a[2])
}`, "9 2 9 0 5\n", ""},
	{"address.go: nil", `type t struct{ a [10]int; x int }
func f() { var p *t; println(p.x) }`, "", "runtime error: invalid memory address or nil pointer dereference"},
	{"element.go: out of range", `func f() { s := []int{1, 2}; i := 2; println(s[i]) }`, "", "runtime error: index out of range [2] with length 2"},
	{"slices.go", `
func f() {
	s := []int{1, 2, 3, 4, 5}
	t := append(s[1:2:3], 20, 30)
	s = append(s[:1], s[3:]...)
	a := [2]int(s)
	println(len(t), cap(s), s[1], t[0], a[1], copy(s, s[1:]), s[0], min(3, len(s)), max(2.5, 1))
	clear(t); println(t[0], len(t))
}`, "3 5 4 2 4 2 4 3 2.5\n0 3\n", ""},
	{"slices.go: bounds", `func f() { s := []int{1}; n := 5; println(len(s[2:n])) }`, "", "runtime error: slice bounds out of range [:5] with capacity 1"},
	{"mapops.go", `
func f() {
	m := map[string][]int{"a": {1}}
	m["a"] = append(m["a"], 2); m["b"] = nil
	v, ok := m["c"]; delete(m, "b")
	k := map[[2]int]bool{{1, 2}: true}
	n := 0
	for range m { n++ }
	println(len(m), len(m["a"]), v == nil, ok, k[[2]int{1, 2}], k[[2]int{2, 1}], n)
}`, "1 2 true false true false 1\n", ""},
	{"mapops.go: kinds of keys", `
type name string
type wide [200]byte
func f() {
	s, i, h, b := map[name]wide{"a": {1}}, map[int]wide{-1: {2}}, map[int32]string{}, map[bool]int8{}
	s["b"], i[1<<40], h[-5], b[true] = wide{3}, s["a"], "five", 7
	u, p := map[uint32]*int{1 << 31: new(int)}, map[float64]int{0.5: 1}
	delete(s, "a"); delete(i, -1); delete(u, 0)
	println(len(s), s["b"][0], s["a"][0], i[1<<40][0], i[-1][0], h[-5], b[true], b[false], *u[1<<31], p[0.5])
}`, "1 3 0 1 0 five 7 0 0 1\n", ""},
	{"mapupdate.go", `
type name string
var m = map[name]int{}
func grow(n int) int { for i := range n { m[name(rune('a'+i))]++ }; return n }
func f() {
	m["a"] += grow(20)
	m["b"] -= m["a"]
	m["b"] *= 3
	x := m["a"]
	m["a"] = m["a"]&x | 1<<10 ^ x
	f, c, i := map[float64]float32{}, map[int32]complex128{}, map[any]uint8{}
	f[0.5] -= 0.25; f[0.5] *= f[0.5]
	c[-7] += 2i; c[-7] *= c[-7]
	i["k"] |= 1<<3 | 1; i["k"] &^= 1; i[2]--
	d := map[int]int{}
	func() { defer func() { println(recover().(error).Error(), len(d)) }(); d[1] /= d[1] }()
	println(len(m), m["a"], m["b"], f[0.5], real(c[-7]), i["k"], i[2], len(i))
}`, "runtime error: integer divide by zero 0\n20 1024 -60 0.0625 -4 8 255 2\n", ""},
	{"mapupdate.go: no hash", `func f() { m := map[any]int{}; m[func() {}]++ }`, "", "hash of unhashable type"},
	{"mapupdate.go: nil", `func f() { var m map[string]int; m["a"]++ }`, "", "assignment to entry in nil map"},
	{"mapops.go: nil", `func f() { var m map[int]int; m[1] = 1 }`, "", "assignment to entry in nil map"},
	{"iface.go", `
type shape interface { area() int }
type sq int
func (s sq) area() int { return int(s * s) }
type named struct { sq; name string }
func f() {
	var x shape = named{3, "n"}
	_, isSq := x.(sq)
	n, isNamed := x.(named)
	g := x.area
	switch y := x.(type) { case sq: println("sq"); case named: println("named", y.name) }
	println(isSq, isNamed, n.area(), g(), shape.area(sq(2)))
}`, "named n\nfalse true 9 9 4\n", ""},
	{"iface.go: wrong type", `func f() { var x any = "s"; println(x.(int)) }`, "", "interface conversion: interface {} is string, not int"},
	{"closure.go", `
func f() {
	var fs []func() int
	for i := range 3 { n := i * 10; fs = append(fs, func() int { n++; return n + i }) }
	println(fs[0](), fs[0](), fs[2]())
	add := func(a int) func(int) int { return func(b int) int { return a + b } }
	println(add(1)(2))
}`, "1 2 23\n3\n", ""},
	{"panic.go: recover and results", `
func g() (r int) {
	defer func() { if e := recover(); e != nil { r = 7 } }()
	defer func() { r++ }()
	panic("x")
}
func f() { println(g()); defer println("deferred"); func() { defer println("inner") }() }`, "7\ninner\ndeferred\n", ""},
	{"panic.go: again", `func f() { defer func() { panic(recover().(string) + "b") }(); panic("a") }`, "", "ab"},
	{"channel.go, select.go", `
func f() {
	c, d := make(chan int, 2), make(chan string)
	c <- 1; c <- 2
	go func() { d <- "from d"; close(c) }()
	println(<-d)
	for v := range c { println(v) }
	select { case _, ok := <-c: println(ok); case d <- "x": println("sent") }
	select { case v := <-d: println(v); default: println("nothing") }
}`, "from d\n1\n2\nfalse\nnothing\n", ""},
	{"channel.go: closed", `func f() { c := make(chan int); close(c); c <- 1 }`, "", "send on closed channel"},
	{"range functions", `
func count(n int) func(func(int) bool) {
	return func(yield func(int) bool) { for i := range n { if !yield(i) { return } } }
}
func f() {
	for i := range count(10) { if i == 1 { continue }; if i == 3 { break }; println(i) }
	for i, r := range "aé" { println(i, r) }
}`, "0\n2\n0 97\n1 233\n", ""},
	{"generics", `
type list[T any] struct { v T; next *list[T] }
func (l *list[T]) push(v T) *list[T] { return &list[T]{v, l} }
func sum[T ~int | ~float64](l *list[T]) (s T) { for ; l != nil; l = l.next { s += l.v }; return }
type my int
func f() {
	var l *list[my]
	println(sum(l.push(1).push(2)), sum((*list[float64])(nil).push(0.5)) == 0.5)
}`, "3 true\n", ""},
	{"unsafe.go", `
import "unsafe"
func f() {
	a := [4]uint16{1, 2, 3, 4}
	p := (*uint16)(unsafe.Add(unsafe.Pointer(&a), 4))
	println(*p, unsafe.Sizeof(a), len(unsafe.Slice(&a[0], 3)))
}`, "3 8 3\n", ""},
	{"native.go: compiled functions and callbacks", `
import ("sort"; "strings"; "fmt")
type byLen []string
func (b byLen) Len() int { return len(b) }
func (b byLen) Less(i, j int) bool { return len(b[i]) < len(b[j]) }
func (b byLen) Swap(i, j int) { b[i], b[j] = b[j], b[i] }
func f() {
	b := byLen{"ccc", "a", "bb"}
	sort.Sort(b)
	println(strings.Join(b, ","), strings.Map(func(r rune) rune { return r + 1 }, "HAL"), fmt.Sprintf("%v %T", b, b))
}`, "a,bb,ccc IBM [a bb ccc] main.byLen\n", ""},
	{"16-bit values", `
type rec struct { a, b int16; c uint16 }
func f() {
	rs := []rec{{1, -2, 65535}}
	rs[0].a += rs[0].b; rs[0].c++
	ch := make(chan int16, 1); ch <- rs[0].a
	m := map[uint16]int16{7: <-ch}
	println(m[7], rs[0].c)
}`, "-1 0\n", ""},
}
