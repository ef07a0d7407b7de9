// Blank identifiers, side effects without use, and assignments that convert.
package main

import (
	"fmt"
	_ "image/png"
	. "strings"
)

type Iface interface{ M() int }
type impl struct{ n int }

func (i impl) M() int { return i.n }

var _ Iface = impl{}
var _ = sideEffect("package")
var _, keep = sideEffect("pair"), 7

func sideEffect(s string) string { fmt.Println("effect", s); return s }
func (impl) _()                  {}
func _()                         {}

type padded struct {
	a int
	_ [4]byte
	_ string
	b int
}

func main() {
	_ = sideEffect("main")
	_, _ = sideEffect("a"), sideEffect("b")
	var _ int = len(sideEffect("c"))
	for range 2 {
		_ = 1
	}
	for _, _ = range []int{1} {
		fmt.Println("once")
	}
	var i Iface
	i = impl{4}
	var a any = i
	a, i = i, a.(Iface)
	fmt.Println(i.M(), a.(impl).n, keep, ToUpper("dot"), Repeat("-", 3))
	p := padded{a: 1, b: 2}
	fmt.Println(p, p == padded{1, [4]byte{}, "", 2})
	const _ = 5
	type _ struct{}
	var x, _ = 1, sideEffect("var")
	x, _ = 2, 3
	f := func(_, y int) int { return y }
	fmt.Println(x, f(1, 2))
	{
	}

	if _, ok := a.(Iface); ok {
		fmt.Println("ok")
	}
	switch _ = x; {
	default:
	}
}
