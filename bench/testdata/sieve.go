package main

import (
	"fmt"
	"time"
)

func sieve(limit int) int {
	composite := make([]bool, limit)
	count := 0
	for i := 2; i < limit; i++ {
		if composite[i] {
			continue
		}
		count++
		for j := i * i; j < limit; j += i {
			composite[j] = true
		}
	}
	return count
}

func main() {
	start := time.Now()
	if sieve(1_000_000) != 78498 {
		panic("wrong")
	}
	fmt.Println("ns", time.Since(start).Nanoseconds())
}
