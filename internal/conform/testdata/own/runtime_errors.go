// The texts of run-time errors, and that they are runtime.Error.
package main

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
)

type T struct{ n int }
type I interface{ M() }
type J interface {
	M()
	N()
}

func (T) M()        {}
func (t *T) P() int { return t.n }

type L []int
type other struct{ T }

func try(name string, f func()) {
	defer func() {
		r := recover()
		re, ok := r.(runtime.Error)
		if ok {
			fmt.Printf("%s: %v\n", name, re.Error())
		} else {
			fmt.Printf("%s: %v (%T)\n", name, r, r)
		}
	}()
	f()
	fmt.Println(name, "did not panic")
}

func main() {
	s, a, str := []int{1}, [3]int{}, "héllo"
	i, neg, big := 5, -1, uint64(1<<63)
	var m map[string]int
	var p *T
	var in I
	var e any
	var f func()
	zero := 0
	try("index", func() { _ = s[i] })
	try("index neg", func() { _ = s[neg] })
	try("index array", func() { _ = a[i] })
	try("index string", func() { _ = str[i*2] })
	try("index named", func() { _ = L{}[zero] })
	try("index big", func() { _ = s[big] })
	try("store", func() { s[i] = 1 })
	try("slice hi", func() { _ = s[:i] })
	try("slice lo", func() { _ = s[i:] })
	try("slice order", func() { _ = s[1:zero] })
	try("slice neg", func() { _ = s[neg:] })
	try("slice3", func() { _ = s[0:1:i] })
	try("slice3 order", func() { _ = s[0:i:1] })
	try("slice3 order2", func() { _ = s[i:1:1] })
	try("slice string", func() { _ = str[i*3:] })
	try("slice string hi", func() { _ = str[:i*3] })
	try("slice array", func() { _ = a[i:] })
	try("slice array hi", func() { _ = a[:i] })
	try("nil map", func() { m["a"] = 1 })
	try("nil deref", func() { _ = p.n })
	try("nil deref store", func() { p.n = 1 })
	try("nil method", func() { p.P() })
	try("nil value method", func() { p.M() })
	try("nil interface", func() { in.M() })
	try("nil func", func() { f() })
	try("div", func() { _ = i / zero })
	try("mod", func() { _ = i % zero })
	try("div8", func() { _ = int8(i) / int8(zero) })
	try("assert nil", func() { _ = e.(int) })
	try("assert nil iface", func() { _ = e.(I) })
	e = T{}
	try("assert", func() { _ = e.(string) })
	try("assert ptr", func() { _ = e.(*T) })
	try("assert iface", func() { _ = e.(J) })
	try("assert named", func() { e = L{}; _ = e.(other) })
	in = T{}
	try("assert from iface", func() { _ = in.(other) })
	try("assert iface to iface", func() { _ = in.(J) })
	try("closed", func() { c := make(chan int); close(c); close(c) })
	try("close nil", func() { var c chan int; close(c) })
	try("send closed", func() { c := make(chan int, 1); close(c); c <- 1 })
	try("select send closed", func() {
		c := make(chan int)
		close(c)
		select {
		case c <- 1:
		default:
		}
	})
	try("makeslice", func() { _ = make([]int, neg) })
	try("makeslice cap", func() { _ = make([]int, 2, i-4) })
	try("makechan", func() { _ = make(chan int, neg) })
	try("makemap", func() { _ = len(make(map[int]int, neg)) })
	try("shift", func() { _ = 1 << neg })
	try("shift right", func() { _ = i >> neg })
	try("to array", func() { _ = [2]int(s) })
	try("to array ptr", func() { _ = (*[4]int)(s) })
	try("waitgroup", func() { var wg sync.WaitGroup; wg.Done() })
	try("unhashable", func() { _ = map[any]int{s: 1} })
	try("uncomparable", func() { e = s; _ = e == e })
	try("repeat", func() { strings.Repeat("x", neg) })
	try("index 2d", func() { x := [][]int{{1}, {2, 3}}; _ = x[1][i] })
	try("append nil deref", func() { var ps *[]int; *ps = append(*ps, 1) })
	try("custom", func() { panic(fmt.Errorf("wrapped: %w", error(custom("c")))) })
	try("range ptr", func() {
		var ap *[3]int
		for i, v := range ap {
			fmt.Println(i, v)
		}
	})
	try("index ptr", func() { var ap *[3]int; _ = ap[1] })
	try("index ptr range", func() { ap := &a; _ = ap[i] })
}

type custom string

func (c custom) Error() string { return string(c) }
