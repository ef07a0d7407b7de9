package main

import "sync"

func main() {
	var wg sync.WaitGroup
	go func() {
		wg.Add(1) // want "WaitGroup.Add called from inside new goroutine"
		defer wg.Done()
	}()
	wg.Wait()
}
