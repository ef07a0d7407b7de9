package main

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

func main() {
	start := time.Now()
	var wg sync.WaitGroup
	var n atomic.Int64
	for i := 0; i < 100_000; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			n.Add(1)
		}()
	}
	wg.Wait()
	if n.Load() != 100_000 {
		panic("wrong")
	}
	fmt.Println("ns", time.Since(start).Nanoseconds())
}
