// Range over functions: break, continue, return, goto, labels, and misuse.
package main

import (
	"fmt"
	"iter"
	"maps"
	"slices"
)

func count(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		defer fmt.Print("<done ", n, ">")
		for i := range n {
			if !yield(i) {
				fmt.Print("<stop ", i, ">")
				return
			}
		}
	}
}

func pairs[K, V any](ks []K, vs []V) iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		for i, k := range ks {
			if !yield(k, vs[i]) {
				return
			}
		}
	}
}

func none(yield func() bool) {
	for yield() {
	}
}

func find(x int) (pos int, found bool) {
	defer func() { fmt.Print("[find ends]") }()
	for i := range count(10) {
		for j := range count(10) {
			if i*j == x {
				return i*10 + j, true
			}
		}
	}
	return -1, false
}

func named() (s string) {
	defer func() { s += "!" }()
	for i := range count(5) {
		s += fmt.Sprint(i)
		if i == 2 {
			return s + "r"
		}
	}
	return "no"
}

type tree struct {
	l, r *tree
	v    int
}

func (t *tree) all(yield func(int) bool) bool {
	return t == nil || t.l.all(yield) && yield(t.v) && t.r.all(yield)
}
func (t *tree) All() iter.Seq[int] { return func(y func(int) bool) { t.all(y) } }

func main() {
	for i := range count(5) {
		if i == 1 {
			continue
		}
		if i == 3 {
			break
		}
		fmt.Print(i, " ")
	}
	fmt.Println()
	for k, v := range pairs([]string{"a", "b"}, []int{1, 2}) {
		fmt.Print(k, v, " ")
	}
	n := 0
	for range none {
		n++
		if n == 3 {
			break
		}
	}
	fmt.Println(n)
	fmt.Println(find(42))
	fmt.Println(find(1000))
	fmt.Println(named())
outer:
	for i := range count(4) {
		for j := range count(4) {
			switch {
			case j == 2:
				continue outer
			case i == 2:
				break outer
			}
			fmt.Print(i, j, " ")
		}
	}
	fmt.Println()
	var fs []func() int
	for i := range count(3) {
		fs = append(fs, func() int { i += 10; return i })
	}
	for _, f := range fs {
		f()
		fmt.Print(f(), " ")
	}
	fmt.Println()
	t := &tree{&tree{nil, nil, 1}, &tree{&tree{nil, nil, 3}, nil, 4}, 2}
	for v := range t.All() {
		fmt.Print(v, " ")
		if v == 3 {
			break
		}
	}
	next, stop := iter.Pull(t.All())
	a, ok := next()
	b, _ := next()
	fmt.Println(a, b, ok)
	stop()
	fmt.Println(next())
	var i int
	for i = range count(3) {
	}
	fmt.Println(i)
	fmt.Println(slices.Collect(count(3)), slices.Sorted(maps.Keys(map[string]int{"b": 1, "a": 2})))
	for i, s := range slices.Backward([]string{"x", "y"}) {
		fmt.Print(i, s, " ")
	}
	for c := range slices.Chunk([]int{1, 2, 3}, 2) {
		fmt.Print(c)
	}
	fmt.Println()
	func() {
		defer func() { fmt.Println("recovered:", recover()) }()
		for i := range count(3) {
			if i == 1 {
				panic("in body")
			}
		}
	}()
	bad := func(yield func(int) bool) {
		yield(1)
		yield(2)
	}
	func() {
		defer func() { fmt.Println("recovered:", recover()) }()
		for range bad {
			break
		}
	}()
	var saved func(int) bool
	for range func(y func(int) bool) { saved = y; y(0) } {
	}
	func() {
		defer func() { fmt.Println("recovered:", recover()) }()
		saved(1)
	}()
}
