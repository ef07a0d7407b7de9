package main

import (
	"fmt"
	"runtime"
	"sync"
)

func memory() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}

func main() {
	const n = 50_000
	var started, ended sync.WaitGroup
	stop := make(chan bool)
	before := memory()
	started.Add(n)
	ended.Add(n)
	for i := 0; i < n; i++ {
		go func() {
			defer ended.Done()
			started.Done()
			<-stop
		}()
	}
	started.Wait()
	after := memory()
	close(stop)
	ended.Wait()
	fmt.Println("bytes", (after-before)/n)
}
