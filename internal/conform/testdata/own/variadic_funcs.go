// Functions: variadic, several results, types, recursion, as values.
package main

import (
	"fmt"
	"strings"
)

type Option func(*config)
type config struct {
	name string
	n    int
}

func WithName(s string) Option { return func(c *config) { c.name = s } }
func WithN(n int) Option       { return func(c *config) { c.n = n } }
func New(opts ...Option) config {
	c := config{n: 1}
	for _, o := range opts {
		o(&c)
	}
	return c
}

func divmod(a, b int) (q, r int, err error) {
	if b == 0 {
		err = fmt.Errorf("%d/0", a)
		return
	}
	return a / b, a % b, nil
}

func wrap(q, r int, err error) string { return fmt.Sprint(q, r, err) }
func join(sep string, xs ...any) string {
	var ss []string
	for _, x := range xs {
		ss = append(ss, fmt.Sprint(x))
	}
	return strings.Join(ss, sep)
}
func ack(m, n int) int {
	switch {
	case m == 0:
		return n + 1
	case n == 0:
		return ack(m-1, 1)
	}
	return ack(m-1, ack(m, n-1))
}
func even(n int) bool { return n == 0 || odd(n-1) }
func odd(n int) bool  { return n != 0 && even(n-1) }
func curry(a int) func(int) func(int) int {
	return func(b int) func(int) int { return func(c int) int { return a*100 + b*10 + c } }
}
func blank(_ int, _ string, x int) int { return x }
func ret() (a, _, c int)               { return 1, 2, 3 }
func swap(a, b *int)                   { *a, *b = *b, *a }
func big(a, b, c, d, e, f, g, h int, s string, x float64, y [4]int) (int, string, float64, [4]int) {
	y[0] = a
	return a + b + c + d + e + f + g + h, s + "!", x * 2, y
}

type visitor interface{ visit(n int) visitor }
type sumVisitor struct{ total *int }

func (v sumVisitor) visit(n int) visitor { *v.total += n; return v }

func hanoi(n int, a, b, c string, moves *int) {
	if n == 0 {
		return
	}
	hanoi(n-1, a, c, b, moves)
	*moves++
	hanoi(n-1, c, b, a, moves)
}

func main() {
	fmt.Println(New(), New(WithName("x"), WithN(5)), New([]Option{WithN(7)}...))
	fmt.Println(divmod(17, 5))
	fmt.Println(divmod(1, 0))
	fmt.Println(wrap(divmod(9, 2)), join("-"), join("-", 1, "a", nil, 2.5), join("+", []any{1, 2}...), join("/", []int{1, 2}))
	fmt.Println(ack(2, 3), even(101), odd(7), curry(1)(2)(3), blank(1, "", 9))
	a, _, c := ret()
	swap(&a, &c)
	fmt.Println(a, c)
	fmt.Println(big(1, 2, 3, 4, 5, 6, 7, 8, "s", 1.5, [4]int{9, 9}))
	ops := map[string]func(float64, float64) float64{
		"+": func(a, b float64) float64 { return a + b },
		"/": func(a, b float64) float64 { return a / b },
	}
	fmt.Println(ops["+"](1, 2), ops["/"](1, 4), ops["^"] == nil)
	t := 0
	var v visitor = sumVisitor{&t}
	for i := range 5 {
		v = v.visit(i)
	}
	fmt.Println(t)
	moves := 0
	hanoi(10, "a", "b", "c", &moves)
	fmt.Println(moves)
	memo := map[int]int{}
	var fib func(int) int
	fib = func(n int) int {
		if n < 2 {
			return n
		}
		if v, ok := memo[n]; ok {
			return v
		}
		memo[n] = fib(n-1) + fib(n-2)
		return memo[n]
	}
	fmt.Println(fib(80))
	fmt.Println(func(xs ...int) int { return len(xs) }(1, 2, 3), func() (n int) { n = 5; return }())
	x, y := func() (int, string) { return 1, "y" }()
	fmt.Println(x, y)
	deep := 0
	var rec func(n int)
	rec = func(n int) {
		if n > 0 {
			deep++
			rec(n - 1)
		}
	}
	rec(10000)
	fmt.Println(deep)
	type node struct{ kids []*node }
	tree := &node{[]*node{{}, {[]*node{{}, {}}}}}
	var count func(*node) int
	count = func(n *node) int {
		c := 1
		for _, k := range n.kids {
			c += count(k)
		}
		return c
	}
	fmt.Println(count(tree))
	fmt.Printf("%T %T\n", divmod, New)
}
