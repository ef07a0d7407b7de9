// Method values keep a copy of the receiver; method expressions take it.
package main

import (
	"fmt"
	"strings"
)

type T struct{ n int }

func (t T) Val(d int) int          { return t.n + d }
func (t *T) Ptr(d int) int         { t.n += d; return t.n }
func (t T) Var(s ...string) string { return fmt.Sprint(t.n, len(s), s) }

type F func(int) int

func (f F) Twice(x int) int { return f(f(x)) }

type S []int

func (s S) Sum() (n int) {
	for _, x := range s {
		n += x
	}
	return
}
func (s *S) Add(x int) { *s = append(*s, x) }

type M map[string]int

func (m M) Inc(k string) { m[k]++ }

type I interface{ Val(int) int }

func apply(f func(int) int, x int) int { return f(x) }

func next() *T {
	fmt.Print("next ")
	return &T{100}
}

func main() {
	t := T{1}
	v, p := t.Val, t.Ptr
	t.n = 10
	fmt.Println(v(1), p(1), t.n, v(1))
	fmt.Println(T.Val(t, 5), (*T).Ptr(&t, 5), (*T).Val(&t, 0), t.n)
	var i I = t
	iv := i.Val
	i = T{1000}
	fmt.Println(iv(0), I.Val(i, 1), apply(t.Val, 2), apply(t.Ptr, 2))
	fmt.Println(T.Var(t), T.Var(t, "a", "b"), t.Var([]string{"c"}...))
	double := F(func(x int) int { return 2 * x })
	fmt.Println(double.Twice(3), F.Twice(double, 4), apply(double.Twice, 5))
	s := S{1, 2}
	add, sum := s.Add, s.Sum
	add(3)
	fmt.Println(sum(), s.Sum(), len(s))
	m := M{}
	inc := m.Inc
	inc("a")
	M.Inc(m, "a")
	fmt.Println(m)
	f := next().Val
	fmt.Println(f(1), f(2))
	defer t.Ptr(1)
	defer fmt.Println("deferred", t.Val(0))
	fs := []func(int) int{}
	for j := range 3 {
		fs = append(fs, T{j}.Val)
	}
	for _, f := range fs {
		fmt.Print(f(10), " ")
	}
	fmt.Println()
	up := strings.ToUpper
	r := strings.NewReplacer("a", "b").Replace
	fmt.Println(up(r("banana")))
	fmt.Printf("%T %T %T\n", t.Val, T.Val, (*T).Ptr)
	func() {
		defer func() { fmt.Println(recover()) }()
		var ni I
		g := ni.Val
		fmt.Println("not reached", g)
	}()
	func() {
		defer func() { fmt.Println(recover()) }()
		var np *T
		g := np.Val
		fmt.Println("not reached", g)
	}()
	var np *T
	g := np.Ptr
	func() {
		defer func() { fmt.Println(recover()) }()
		g(1)
	}()
}
