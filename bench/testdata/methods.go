package main

import (
	"fmt"
	"time"
)

type vector struct{ x, y, z int }

func (v vector) plus(w vector) vector { return vector{v.x + w.x, v.y + w.y, v.z + w.z} }
func (v vector) dot(w vector) int     { return v.x*w.x + v.y*w.y + v.z*w.z }
func (v *vector) turn()               { v.x, v.y, v.z = v.y, v.z, v.x }

func main() {
	start := time.Now()
	sum, step, total := vector{}, vector{1, 2, 3}, 0
	for range 300_000 {
		sum = sum.plus(step)
		step.turn()
		total += sum.dot(step) & 15
	}
	if sum.x != 600_000 || total != 2_300_000 {
		panic(fmt.Sprint(sum, total))
	}
	fmt.Println("ns", time.Since(start).Nanoseconds())
}
