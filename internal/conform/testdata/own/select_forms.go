// Every form of select, and channels of every kind.
package main

import (
	"fmt"
	"time"
)

type msg struct {
	from string
	n    int
}

func gen(n int) <-chan int {
	c := make(chan int)
	go func() {
		defer close(c)
		for i := range n {
			c <- i
		}
	}()
	return c
}

func index(s string) int { fmt.Print(s, " "); return 0 }

func main() {
	c, d := make(chan int, 1), make(chan string, 1)
	select {
	case v := <-c:
		fmt.Println("wrong", v)
	default:
		fmt.Println("default")
	}
	c <- 1
	select {
	case v, ok := <-c:
		fmt.Println(v, ok)
	case s := <-d:
		fmt.Println(s)
	}
	select {
	case c <- 5:
		fmt.Println("sent", len(c)+len(d))
	case d <- "x":
		fmt.Println("sent", len(c)+len(d))
	}
	for len(c)+len(d) > 0 {
		select {
		case <-c:
		case <-d:
		}
	}
	var arr [1]int
	var m = map[string]int{}
	c <- 7
	select {
	case arr[index("idx")] = <-c:
	}
	fmt.Println(arr)
	close(c)
	var ok bool
	select {
	case m["k"], ok = <-c:
	}
	fmt.Println(m, ok)
	var x any
	ms := make(chan msg, 2)
	ms <- msg{"a", 1}
	select {
	case x = <-ms:
	}
	fmt.Printf("%+v %T\n", x, x)
	var nilc chan int
	select {
	case <-nilc:
	case nilc <- 1:
	case <-time.After(5 * time.Millisecond):
		fmt.Println("timeout")
	}
	cc := make(chan chan string, 1)
	go func() {
		reply := <-cc
		reply <- "pong"
		close(reply)
	}()
	r := make(chan string)
	cc <- r
	fmt.Println(<-r)
	if _, ok := <-r; !ok {
		fmt.Println("closed")
	}
	sum := 0
	for v := range gen(10) {
		sum += v
	}
	fmt.Println(sum)
	a, b := gen(5), gen(3)
	n := 0
	for a != nil || b != nil {
		select {
		case _, ok := <-a:
			if !ok {
				a = nil
				continue
			}
			n++
		case _, ok := <-b:
			if !ok {
				b = nil
				break
			}
			n += 10
		}
	}
	fmt.Println(n)
	done := make(chan struct{})
	fns := make(chan func() int, 3)
	go func() {
		defer close(done)
		for f := range fns {
			fmt.Println("called", f())
		}
	}()
	for i := range 3 {
		fns <- func() int { return i * i }
	}
	close(fns)
	<-done
	tick := time.NewTicker(2 * time.Millisecond)
	count := 0
	for range tick.C {
		if count++; count == 3 {
			tick.Stop()
			break
		}
	}
	timer := time.NewTimer(time.Hour)
	fmt.Println(count, timer.Stop(), timer.Reset(time.Millisecond))
	<-timer.C
	sem := make(chan struct{}, 2)
	var ro <-chan struct{} = sem
	var so chan<- struct{} = sem
	so <- struct{}{}
	fmt.Println(len(ro), cap(so))
	<-ro
	big := make(chan [100]int, 1)
	big <- [100]int{99: 7}
	fmt.Println((<-big)[99])
	errs := make(chan error, 1)
	errs <- nil
	fmt.Println(<-errs == nil)
	fmt.Printf("%T %T %T\n", ro, so, cc)
	unb := make(chan int)
	go func() { unb <- <-gen(1) + 41 }()
	fmt.Println(<-unb + 1)
}
