// Closures capture variables, and each iteration has its own.
package main

import (
	"fmt"
	"sync"
)

func fibonacci() func() int {
	a, b := 0, 1
	return func() int {
		defer func() { a, b = b, a+b }()
		return a
	}
}

func counters() (inc func() int, get func() int, reset func(int)) {
	n := 0
	return func() int { n++; return n }, func() int { return n }, func(v int) { n = v }
}

type handler struct{ fns []func(string) string }

func (h *handler) use(f func(string) string) *handler { h.fns = append(h.fns, f); return h }
func (h *handler) run(s string) string {
	for _, f := range h.fns {
		s = f(s)
	}
	return s
}

func compose(fs ...func(int) int) func(int) int {
	return func(x int) int {
		for i := len(fs) - 1; i >= 0; i-- {
			x = fs[i](x)
		}
		return x
	}
}

func main() {
	var fs []func() int
	for i := 0; i < 3; i++ {
		fs = append(fs, func() int { i *= 10; return i })
	}
	for i := range 3 {
		fs = append(fs, func() int { return i })
	}
	for i, v := range []string{"a", "b"} {
		v := v + v
		fs = append(fs, func() int { return i*100 + len(v) })
	}
	for _, f := range fs {
		fmt.Print(f(), " ", f(), " ")
	}
	fmt.Println()
	var ptrs []*int
	for i := 0; i < 3; i++ {
		ptrs = append(ptrs, &i)
		i := i * 2
		ptrs = append(ptrs, &i)
	}
	for _, p := range ptrs {
		fmt.Print(*p, " ")
	}
	fmt.Println()
	for i := 0; i < 6; i++ {
		defer func() { fmt.Print("d", i, " ") }()
		func() { i++ }()
	}
	f := fibonacci()
	for range 8 {
		fmt.Print(f(), " ")
	}
	fmt.Println()
	inc, get, reset := counters()
	inc()
	inc()
	fmt.Print(get(), " ")
	reset(40)
	fmt.Println(inc(), get())
	prefix := ">"
	h := (&handler{}).use(func(s string) string { return prefix + s }).use(func(s string) string { prefix += "!"; return s + prefix })
	fmt.Println(h.run("x"), h.run("y"))
	var fact func(int) int
	fact = func(n int) int {
		if n < 2 {
			return 1
		}
		return n * fact(n-1)
	}
	fmt.Println(fact(10), compose(fact, func(x int) int { return x + 1 })(4))
	var mu sync.Mutex
	var wg sync.WaitGroup
	total := 0
	for i := range 10 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			mu.Lock()
			defer mu.Unlock()
			total += i
		}()
	}
	wg.Wait()
	fmt.Println(total)
	x := 1
	set := func() { x = 2 }
	y := x
	set()
	fmt.Println(x, y)
	{
		x := x
		x++
		func() { x++ }()
		fmt.Print(x, " ")
	}
	fmt.Println(x)
	arr := [3]int{1, 2, 3}
	st := struct{ n int }{1}
	mod := func() { arr[0] = 9; st.n = 9 }
	cp := arr
	mod()
	fmt.Println(arr, cp, st)
	if v, err := 5, error(nil); err == nil {
		defer func() { fmt.Println("v", v) }()
		v++
	}
	switch z := x * 2; z {
	case 4:
		func() { z++ }()
		fmt.Println("z", z)
	}
}
