package main

import (
	"fmt"
	"time"
)

func counter(step int) func() int {
	n := 0
	return func() int {
		n += step
		return n
	}
}

func apply(list []int, f func(int) int) {
	for i, v := range list {
		list[i] = f(v)
	}
}

func main() {
	start := time.Now()
	next := counter(2)
	for range 500_000 {
		next()
	}
	list := make([]int, 1000)
	for k := range 500 {
		apply(list, func(v int) int { return v + k })
	}
	if n := next(); n != 1_000_002 || list[7] != 124_750 {
		panic(fmt.Sprint(n, list[7]))
	}
	fmt.Println("ns", time.Since(start).Nanoseconds())
}
