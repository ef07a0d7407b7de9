package main

import (
	"errors"
	"fmt"
	"strings"
)

type P struct{ x, y int }

func (p P) Sum() int     { return p.x + p.y }
func (p *P) Inc() *P     { p.x++; return p }
func (p P) With(n int) P { return P{p.x + n, p.y} }

type Node struct {
	val         int
	left, right *Node
}

var count int
var log []string

func next() int            { count++; return count }
func note(s string) string { log = append(log, s); return s }
func pair() (int, error)   { count += 5; return count, errors.New(fmt.Sprint(count)) }
func (n *Node) add(v int) *Node {
	if n == nil {
		return &Node{val: v}
	}
	if v < n.val {
		n.left = n.left.add(v)
	} else {
		n.right = n.right.add(v)
	}
	return n
}

func gen[T any](a T, f func() T) []T     { return []T{a, f(), a} }
func genCap[T any](p *T, f func() T) []T { return []T{*p, f(), *p} }

func main() {
	p := P{1, 2}
	change := func() int { p = P{10, 20}; return 0 }
	fmt.Println(p.Sum()+change(), p.Sum())
	p = P{1, 2}
	fmt.Println(p.With(change()).Sum())
	p = P{1, 2}
	r := p.Inc().With(p.x)
	fmt.Println(r.Inc2())
	p = P{1, 2}
	q := []P{p, {change(), p.x}, p}
	fmt.Println(q)
	p = P{1, 2}
	var e any = p
	ee := []any{p, change(), e == any(p)}
	fmt.Println(ee...)
	p = P{1, 2}
	st := struct {
		a any
		b int
		c *P
		d P
	}{p, change(), &p, p}
	fmt.Println(st.a, st.b, st.d)
	fmt.Println(count, next(), count+next(), count)
	fmt.Println(fmt.Sprint(count, next()), fmt.Sprint(next(), count), len(log), note("x"), len(log))
	a, err := count, error(nil)
	a, err = pair()
	fmt.Println(a, err, count)
	var root *Node
	for _, v := range []int{5, 2, 8, 1} {
		root = root.add(v)
	}
	fmt.Println(root.left.val, root.right.val, root.left.left.val)
	s := "x"
	s += strings.Repeat(s, next()) + s
	fmt.Println(len(s))
	grid := [][]int{{1, 2}, {3, 4}}
	row := 0
	fr := func() int { row = 1; grid[0][0] = 50; return row }
	fmt.Println(grid[row][0] + fr())
	row = 0
	grid[row][fr()] = grid[row][0]
	fmt.Println(grid)
	row = 0
	grid[row], grid[1] = grid[1], append(grid[row], fr())
	fmt.Println(grid)
	v := 1
	fmt.Println(gen(v, func() int { v = 9; return v }), genCap(&v, func() int { v++; return v }))
	m := map[string][]int{}
	key := "k"
	m[key] = append(m[key], len(m[key]), func() int { m["k"] = []int{4}; key = "other"; return 1 }())
	fmt.Println(m)
	fs := []func() int{func() int { return v }, func() int { v = 77; return v }, func() int { return v }}
	fmt.Println(fs[0](), fs[1](), fs[2](), v)
	i := 0
	idx := func() int { i++; return i }
	arr := []int{10, 20, 30, 40, 50, 60}
	fmt.Println(arr[idx()]+arr[i], arr[i]+arr[idx()], i)
	arr[i], arr[idx()] = idx(), i
	fmt.Println(arr, i)
	var iface fmt.Stringer = st1(1)
	swap := func() string { iface = st1(2); return "swapped" }
	fmt.Println(iface.String(), swap(), iface.String())
	iface = st1(1)
	fmt.Println(iface, swap(), iface)
	iface = st1(1)
	get := iface.String
	fmt.Println(get(), swap(), get())
	if n, ok := iface.(st1); ok && n == 2 && iface == st1(2) {
		fmt.Println("two")
	}
	x := 5
	ptr := &x
	other := 6
	move := func() int { ptr = &other; return 1 }
	*ptr = move()
	fmt.Println(x, other)
	ptr = &x
	*ptr, x = move(), 3
	fmt.Println(x, other)
	ptr = &x
	*ptr += move()
	fmt.Println(x, other)
	c := make(chan int, 3)
	n := 1
	c <- n + func() int { n = 10; return 1 }()
	c <- n
	select {
	case c <- n + func() int { n = 100; return 1 }():
	}
	fmt.Println(<-c, <-c, <-c)
	func() (r int) {
		defer func() { fmt.Println("r", r) }()
		r = 1
		set := func() int { r = 20; return 2 }
		return r + set()
	}()
	for k, w := range []int{n, func() int { n = 1; return 2 }(), n} {
		fmt.Print(k, w, " ")
	}
	fmt.Println()
	go func(a, b int) { c <- a*100 + b }(n, func() int { n = 7; return 2 }())
	fmt.Println(<-c)
	func() {
		defer func(a, b int) { fmt.Println(a, b) }(n, func() int { n = 8; return 2 }())
	}()
	type big struct{ a [20]int }
	bb := big{}
	fb := func() int { bb.a[3] = 9; return 1 }
	fmt.Println(bb.a[3], fb(), bb.a[3])
	bb = big{}
	cp, _ := bb, fb()
	fmt.Println(cp.a[3])
	bb = big{}
	fmt.Println(bb.a == big{}.a || fb() == 2, bb.a[3])
	bb = big{}
	anyb, _ := any(bb), fb()
	fmt.Println(anyb.(big).a[3])
	w := 1
	wf := func() int { w *= 3; return w }
	fmt.Println(w+wf()*w, w-(wf()-w), (w+w)*wf(), w<<1|wf())
	fmt.Println(w > wf(), w == wf(), wf() == w, w != w+wf())
	fmt.Println(-w+wf(), []int{wc: 1, 2: wf2()}, [2]bool{w == wf(), w == w})
}

const wc = 3

func wf2() int { return 1 }

type st1 int

func (s st1) String() string { return fmt.Sprint("st", int(s)) }
func (p *P) Inc2() int       { p.x += 100; return p.x }
