package main

import (
	"fmt"
	"sync"
)

func main() {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		var m map[string]int
		fmt.Println("writing")
		m["a"] = 1
		wg.Done()
	}()
	wg.Wait()
	fmt.Println("not reached")
}
