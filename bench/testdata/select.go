package main

import (
	"fmt"
	"time"
)

func main() {
	start := time.Now()
	values, done := make(chan int), make(chan bool)
	go func() {
		for i := 0; i < 100_000; i++ {
			select {
			case values <- i:
			case <-done:
				return
			}
		}
		close(done)
	}()
	n := 0
	for ended := false; !ended; {
		select {
		case v := <-values:
			n += v
		case <-done:
			ended = true
		}
	}
	if n != 4_999_950_000 {
		panic("wrong")
	}
	fmt.Println("ns", time.Since(start).Nanoseconds())
}
