package main

import (
	"fmt"
	"time"
)

func fib(n int) int {
	if n < 2 {
		return n
	}
	return fib(n-1) + fib(n-2)
}

func main() {
	start := time.Now()
	if fib(30) != 832040 {
		panic("wrong")
	}
	fmt.Println("ns", time.Since(start).Nanoseconds())
}
