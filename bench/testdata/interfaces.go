package main

import (
	"fmt"
	"time"
)

type shape interface{ area() int }

type square struct{ side int }
type rectangle struct{ width, height int }
type circle struct{ radius int }

func (s square) area() int     { return s.side * s.side }
func (r *rectangle) area() int { return r.width * r.height }
func (c circle) area() int     { return 3 * c.radius * c.radius }

func main() {
	start := time.Now()
	shapes := []shape{square{3}, &rectangle{2, 5}, circle{1}, square{1}}
	total := 0
	for i := range 1_000_000 {
		total += shapes[i&3].area()
	}
	if total != 5_750_000 {
		panic(total)
	}
	fmt.Println("ns", time.Since(start).Nanoseconds())
}
