// Calls, receives and assignments happen in the order that the spec says.
package main

import "fmt"

var trace []string

func t[T any](name string, v T) T {
	trace = append(trace, name)
	return v
}

func show(label string) {
	fmt.Println(label, trace)
	trace = nil
}

type S struct{ n int }

func (s S) M(args ...int) S { trace = append(trace, fmt.Sprint("M", s.n)); return S{s.n + 1} }

func two() (int, int) { trace = append(trace, "two"); return 1, 2 }
func sum(xs ...int) (n int) {
	for _, x := range xs {
		n += x
	}
	return
}

func main() {
	_ = t("a", 1) + t("b", 2)*t("c", 3)
	show("binary")
	_ = sum(t("x", 1), t("y", 2), t("z", 3))
	show("args")
	m := map[string]int{}
	m[t("key", "k")] = t("val", 1)
	show("map store")
	arr := []int{1, 2, 3}
	arr[t("i", 0)], arr[t("j", 1)] = t("v", 5), t("w", 6)
	show("tuple")
	_ = []int{t("e0", 0), t("e1", 1), 5: t("e5", 5)}
	show("literal")
	_ = S{t("field", 1)}.M(t("arg", 1)).M(t("arg2", 2))
	show("chain")
	_ = t("l", false) && t("r", true)
	_ = t("l2", true) || t("r2", true)
	show("short circuit")
	c := make(chan int, 1)
	t("chan", c) <- t("value", 3)
	show("send")
	_ = t("before", 1) + <-t("recv", c) + t("after", 1)
	show("receive")
	fmt.Println(sum(two()), sum(append([]int{0}, t("app", 1))...))
	show("multi")
	func() {
		defer t[func(int)]("fn", func(int) { trace = append(trace, "deferred") })(t("darg", 1))
		trace = append(trace, "body")
	}()
	show("defer")
	done := make(chan bool)
	go t[func(chan bool)]("gofn", func(d chan bool) { d <- true })(t("goarg", done))
	<-done
	show("go")
	for i, v := range t("range", []int{7}) {
		_, _ = i, v
	}
	show("range")
	switch t("tag", 2) {
	case t("c1", 1), t("c2", 2), t("c3", 3):
	case t("c4", 4):
	}
	show("switch")
	p := &S{1}
	q := p
	p.n, p = 5, &S{9}
	fmt.Println(q.n, p.n)
	i := 0
	i, arr[i] = 1, 42
	arr[0], arr[1], arr[2] = arr[2], arr[0], arr[1]
	fmt.Println(i, arr)
	x := []int{1, 2, 3}
	j := 0
	x[j], j = 10, 2
	x[1], x[2] = x[2], x[1]
	fmt.Println(x, j)
	var ip *int
	func() {
		defer func() { recover(); show("panic order") }()
		*ip = t("rhs", 1)
	}()
	mm := map[string]int{"a": 1}
	v, ok := mm["a"], len(mm) == 1
	mm["a"], mm["b"] = 2, mm["a"]
	fmt.Println(v, ok, mm)
	y := 1
	f := func() int { y++; return y }
	fmt.Println(f(), f()*f(), y)
	z := [2]func() int{f, f}
	fmt.Println(z[0]()+z[1](), (func() int { return y })())
	var nilm map[string]int
	func() {
		defer func() { recover(); show("nil map order") }()
		nilm[t("nk", "k")] = t("nv", 1)
	}()
}
