package main

import (
	"fmt"
	"runtime"
	"sort"
	"sync"
	"sync/atomic"
)

type counter struct{ n atomic.Int64 }

func (c *counter) inc() { c.n.Add(1) }

// WaitGroup.Go: however a goroutine ends, if not by a panic, it is waited for.
func main() {
	var wg sync.WaitGroup
	var c counter
	var mu sync.Mutex
	var seen []int
	for i := range 10 {
		wg.Go(func() {
			mu.Lock()
			defer mu.Unlock()
			seen = append(seen, i)
			if i%2 == 0 {
				runtime.Goexit()
			}
			c.inc()
		})
	}
	wg.Go(c.inc)
	wg.Go(runtime.GC)
	wg.Go(runtime.Goexit)
	wg.Go(func() {
		defer func() { fmt.Println("recovered:", recover()) }()
		panic("inside")
	})
	wg.Wait()
	sort.Ints(seen)
	fmt.Println(seen, c.n.Load())

	var outer sync.WaitGroup
	outer.Go(func() {
		for range 3 {
			outer.Go(c.inc)
		}
	})
	outer.Wait()
	fmt.Println(c.n.Load())
}
