// Variables are read after the calls of the same statement have been made.
package main

import "fmt"

var g = 1

func f() int { g++; return 10 }

func two(a, b int) string { return fmt.Sprint(a, b) }

func pair() (int, int) { return g, f() }

type S struct{ a, b int }

func main() {
	fmt.Println(two(g, f()))
	fmt.Println(g + f())
	fmt.Println(g, f())
	s := S{g, f()}
	fmt.Println(s)
	fmt.Println([]int{g, f()})
	fmt.Println(pair())
	x := 1
	inc := func() int { x++; return 10 }
	fmt.Println(x + inc())
	fmt.Println(two(x, inc()))
	a, b := x, inc()
	fmt.Println(a, b)
	m := map[int]int{g: f()}
	fmt.Println(m)
	y := 1
	p := &y
	h := func() int { *p = 50; return 1 }
	fmt.Println(y + h())
	arr := []int{1, 2, 3}
	k := func() int { arr[0] = 9; return 0 }
	fmt.Println(arr[0] + k())
	fmt.Println(two(arr[0], k()))
	arr[0] = 1
	fmt.Println(two(arr[0], k()))
	z := 1
	q := func() int { z = 7; return 1 }
	z = z + q()
	fmt.Println(z)
	z = 1
	z += q()
	fmt.Println(z)
	var i any = g
	fmt.Println(i, f(), g)
	fmt.Println(g == f(), fmt.Sprint(g, " ", f()))
}
