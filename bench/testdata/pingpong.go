package main

import (
	"fmt"
	"time"
)

func main() {
	start := time.Now()
	ping, pong := make(chan int), make(chan int)
	go func() {
		for v := range ping {
			pong <- v + 1
		}
		close(pong)
	}()
	v := 0
	for i := 0; i < 100_000; i++ {
		ping <- v
		v = <-pong
	}
	close(ping)
	<-pong
	if v != 100_000 {
		panic("wrong")
	}
	fmt.Println("ns", time.Since(start).Nanoseconds())
}
