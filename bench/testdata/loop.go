package main

import (
	"fmt"
	"time"
)

func loop() int {
	n := 0
	for i := 0; i < 3_000_000; i++ {
		n = i
	}
	return n
}

func main() {
	start := time.Now()
	if loop() != 2_999_999 {
		panic("wrong")
	}
	fmt.Println("ns", time.Since(start).Nanoseconds())
}
