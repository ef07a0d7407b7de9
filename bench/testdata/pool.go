package main

import (
	"fmt"
	"sync"
	"time"
)

func main() {
	start := time.Now()
	jobs, results := make(chan int, 100), make(chan int, 100)
	var wg sync.WaitGroup
	for w := 0; w < 8; w++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for j := range jobs {
				results <- j * 2
			}
		}()
	}
	go func() {
		for j := 0; j < 100_000; j++ {
			jobs <- j
		}
		close(jobs)
		wg.Wait()
		close(results)
	}()
	sum := 0
	for r := range results {
		sum += r
	}
	if sum != 9_999_900_000 {
		panic("wrong")
	}
	fmt.Println("ns", time.Since(start).Nanoseconds())
}
