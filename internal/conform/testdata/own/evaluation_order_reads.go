package main

import "fmt"

var out []string
var g = 1

func visit(n int) string {
	if n < 3 {
		out = append(out, visit(n+1))
	}
	return fmt.Sprint("n", n)
}

type T struct {
	a, b int
	s    []int
	next *T
}

func (t T) Get() int        { return t.a }
func (t *T) Ptr() int       { return t.a }
func (t *T) M(n int) string { return fmt.Sprint("M", t.a, n) }
func (t T) V(n int) string  { return fmt.Sprint("V", t.a, n) }

func set() int          { g++; return g }
func three(a, b, c int) { fmt.Println(a, b, c) }
func anys(a ...any)     { fmt.Println(a...) }
func two() (int, int)   { g += 10; return g, g }
func ints(a ...int)     { fmt.Println(a) }

type I interface{ M(int) string }

func results() (int, int)       { x := 1; f := func() int { x = 5; return x }; return x, f() }
func named() (a int, b int)     { a = 1; f := func() int { a = 5; return 6 }; return a + 1, f() }
func gresults() (int, int, int) { return g, set(), g }

func main() {
	out = append(out, visit(0))
	fmt.Println(out)
	x := 1
	f := func() int { x = 10; return x }
	fmt.Println(x, f(), x)
	x = 1
	y := x + func() int { x = 100; return 1 }()
	fmt.Println(y)
	a, b := x, func() int { x = 7; return x }()
	fmt.Println(a, b)
	fmt.Println([]int{x, f(), x})
	x = 2
	fmt.Println([3]int{x, f(), x}, map[int]int{1: x, 2: f()})
	x = 2
	m := map[int]int{x: f(), x + 1: x}
	fmt.Println(m)
	x = 3
	t := T{x, f(), nil, nil}
	fmt.Println(t)
	x = 3
	pt := &T{a: x, b: f()}
	fmt.Println(*pt)
	three(g, set(), g)
	anys(g, set(), g)
	ints(g, set(), g)
	fmt.Println(g + set() + g)
	fmt.Println(g*2 - set())
	fmt.Println(results())
	fmt.Println(named())
	fmt.Println(gresults())
	// index expressions
	s := []int{0, 1, 2, 3}
	i := 1
	fi := func() int { i = 3; return 9 }
	s[i] = fi()
	fmt.Println(s)
	i = 1
	fmt.Println(s[i] + fi())
	i = 1
	s[i] += fi()
	fmt.Println(s)
	fs := func() int { s = []int{7, 7, 7, 7}; return 0 }
	fmt.Println(s[2], fs(), len(s))
	s = []int{1, 2, 3, 4}
	s[fs()], s[1] = 5, 6
	fmt.Println(s)
	s = []int{1, 2, 3, 4, 5}
	fmt.Println(len(s), fs(), cap(s))
	s = []int{1, 2, 3, 4}
	fmt.Println(s[1:2], fs(), s[1:2])
	arr := [3]int{1, 2, 3}
	fa := func() int { arr = [3]int{4, 5, 6}; return 1 }
	fmt.Println(arr[1]+fa(), arr)
	arr = [3]int{1, 2, 3}
	fmt.Println(arr, fa())
	arr = [3]int{1, 2, 3}
	b3 := arr == [3]int{fa() + 3, 5, 6}
	fmt.Println(b3)
	// maps
	mm := map[string]int{"a": 1}
	fm := func() int { mm["a"]++; return mm["a"] }
	fmt.Println(mm["a"], fm(), mm["a"])
	fmt.Println(mm["a"] + fm())
	k := "a"
	fk := func() int { k = "z"; return 1 }
	mm[k] = fk()
	fmt.Println(mm)
	k = "a"
	v, w := mm[k], fk()
	fmt.Println(v, w)
	mm[k] += fk()
	// pointers, methods
	p := &T{a: 1}
	fp := func() int { p = &T{a: 2}; return 5 }
	fmt.Println(p.M(fp()))
	p = &T{a: 1}
	fmt.Println(p.V(fp()))
	p = &T{a: 1}
	fmt.Println(p.a, fp(), p.a)
	p = &T{a: 1}
	p.a = fp()
	fmt.Println(p.a)
	p = &T{a: 1}
	fmt.Println(p.a + fp())
	t2 := T{a: 1}
	ft := func() int { t2.a = 2; return 5 }
	fmt.Println(t2.V(ft()))
	t2.a = 1
	fmt.Println(t2.M(ft()))
	t2.a = 1
	fmt.Println(t2, ft())
	t2.a = 1
	fmt.Println(t2.a, ft())
	t2.a = 1
	mv := []func(int) string{t2.V, t2.M, func() func(int) string { ft(); return t2.V }()}
	fmt.Println(mv[0](1), mv[1](1), mv[2](1))
	var in I = &T{a: 1}
	fin := func() int { in = &T{a: 2}; return 5 }
	fmt.Println(in.M(fin()))
	in = &T{a: 1}
	fmt.Println(in.(*T).a, fin())
	// strings
	str := "a"
	fstr := func() string { str = "b"; return "f" }
	fmt.Println(str + fstr() + str)
	str = "a"
	fmt.Println(str, fstr(), str)
	str = "a"
	fmt.Println(str == fstr(), str)
	str = "ab"
	fmt.Println(string(str[0])+fstr(), []byte(str))
	str = "ab"
	fmt.Println([]byte(str), fstr(), string([]byte(str)))
	// function values
	fn := func(n int) string { return fmt.Sprint("one", n) }
	ff := func() int { fn = func(n int) string { return fmt.Sprint("two", n) }; return 3 }
	fmt.Println(fn(ff()))
	// channels
	ch := make(chan int, 4)
	ch <- 1
	ch2 := make(chan int, 4)
	ch2 <- 2
	fc := func() int { ch = ch2; return 3 }
	fmt.Println(fc(), <-ch)
	fs2 := func() int { ch = make(chan int, 1); return 4 }
	old := ch
	ch <- fs2()
	fmt.Println(len(old), len(ch))
	// logical
	x = 1
	fmt.Println(x == 1 && f() == 10 && x == 10, x)
	x = 1
	if x < f() {
		fmt.Println("less")
	} else {
		fmt.Println("not less")
	}
	x = 1
	switch x + f() {
	case 20:
		fmt.Println("twenty")
	case 11:
		fmt.Println("eleven")
	}
	x = 1
	for i := x; i < x+f(); i += 100 {
		fmt.Println("loop", i)
	}
	x = 1
	z := 0
	func() {
		var z, zz = x, f()
		fmt.Println(z, zz)
	}()
	x = 1
	x, z = f(), x
	fmt.Println(x, z)
	x = 1
	x += f()
	fmt.Println(x)
	x = 1
	x = x + f()
	fmt.Println(x)
	defer fmt.Println(g, set(), g)
	x = 1
	func(a, b int) { fmt.Println(a, b) }(x, f())
	q := 1
	fq := func() (int, int) { q = 2; return 3, 4 }
	r := []int{q}
	r[0], q = fq()
	fmt.Println(r, q)
	q = 1
	pq := &q
	fmt.Println(*pq, func() int { *pq = 5; return 1 }(), *pq)
	q = 1
	fmt.Println(-q, func() int { q = 5; return 1 }(), ^q)
	q = 1
	fmt.Println(float64(q)/2, func() int { q = 5; return 1 }(), float64(q))
	q = 0
	func() {
		defer func() { fmt.Println(recover(), q) }()
		fmt.Println(10/q, func() int { q = 5; panic("first") }())
	}()
	func() {
		defer func() { fmt.Println(recover() != nil, q) }()
		var np *T
		q = 0
		fmt.Println(np.a, func() int { q = 6; return 1 }())
	}()
	q = 1
	e := []any{q, func() int { q = 8; return 1 }(), q}
	fmt.Println(e...)
	type S struct{ in []int }
	fmt.Println(S{[]int{q, func() int { q = 9; return 1 }(), q}}, max(q, func() int { q = 10; return 1 }()))
}
