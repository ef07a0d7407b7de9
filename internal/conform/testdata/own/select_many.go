package main

import (
	"fmt"
	"sync"
	"time"
)

type point struct {
	x, y int
	name string
}

// Selects of more than two cases, on channels with elements of every layout.
func main() {
	ints, bytes, halves := make(chan int), make(chan byte, 1), make(chan int16)
	strs, points, arrays := make(chan string), make(chan point), make(chan [3]int8)
	anys, slices, empties := make(chan any), make(chan []string), make(chan struct{})
	funcs, floats, maps := make(chan func() int), make(chan float32), make(chan map[string]int)
	quit := make(chan bool)
	var wg sync.WaitGroup
	wg.Go(func() {
		defer close(quit)
		for i := range 12 {
			// The other cases never get ready: their channels are nil.
			var si chan int
			var sb chan byte
			var sh chan int16
			var ss chan string
			var sp chan point
			var sa chan [3]int8
			var sy chan any
			var sl chan []string
			var se chan struct{}
			var sf chan func() int
			var sx chan float32
			var sm chan map[string]int
			switch i {
			case 0:
				si = ints
			case 1:
				sb = bytes
			case 2:
				sh = halves
			case 3:
				ss = strs
			case 4:
				sp = points
			case 5:
				sa = arrays
			case 6:
				sy = anys
			case 7:
				sl = slices
			case 8:
				se = empties
			case 9:
				sf = funcs
			case 10:
				sx = floats
			case 11:
				sm = maps
			}
			select {
			case si <- 1:
			case sb <- 2:
			case sh <- 3:
			case ss <- "four":
			case sp <- point{5, 6, "five"}:
			case sa <- [3]int8{6, 7, 8}:
			case sy <- point{7, 8, "seven"}:
			case sl <- []string{"eight"}:
			case se <- struct{}{}:
			case sf <- func() int { return 10 }:
			case sx <- 11.5:
			case sm <- map[string]int{"twelve": 12}:
			}
		}
	})
	for open := true; open; {
		select {
		case v := <-ints:
			fmt.Println("int", v)
		case v := <-bytes:
			fmt.Println("byte", v)
		case v := <-halves:
			fmt.Println("int16", v)
		case v := <-strs:
			fmt.Println("string", v)
		case v := <-points:
			fmt.Println("point", v)
		case v := <-arrays:
			fmt.Println("array", v)
		case v := <-anys:
			fmt.Println("any", v)
		case v := <-slices:
			fmt.Println("slice", v)
		case <-empties:
			fmt.Println("empty")
		case f := <-funcs:
			fmt.Println("func", f())
		case v := <-floats:
			fmt.Println("float", v)
		case v := <-maps:
			fmt.Println("map", v)
		case _, open = <-quit:
		}
	}
	wg.Wait()

	// Without others being ready; with a closed channel; with a value dropped.
	select {
	case v := <-points:
		fmt.Println("unexpected", v)
	case arrays <- [3]int8{}:
		fmt.Println("unexpected")
	case <-strs:
		fmt.Println("unexpected")
	default:
		fmt.Println("none is ready")
	}
	close(points)
	select {
	case v, ok := <-points:
		fmt.Printf("closed: %+v %v\n", v, ok)
	case <-ints:
	case <-strs:
	}
	anys2 := make(chan any, 1)
	anys2 <- "dropped"
	select {
	case <-anys2:
		fmt.Println("received", len(anys2))
	case <-ints:
	case <-time.After(time.Minute):
	}

	// Plain sends and receives of structs wait, too.
	back := make(chan point)
	go func() {
		for p := range back {
			p.x++
			back <- p
		}
		fmt.Println("the channel was closed")
		empties <- struct{}{}
	}()
	p := point{name: "there and back"}
	for range 1000 {
		back <- p
		p = <-back
	}
	close(back)
	<-empties
	fmt.Println(p)

	defer func() { fmt.Println("recovered:", recover()) }()
	select {
	case points <- p:
	case <-ints:
	case <-strs:
	}
}
