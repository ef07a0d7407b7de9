package main

import (
	"fmt"
	"time"
)

func escape(c complex128) int {
	z := complex128(0)
	for n := 0; n < 50; n++ {
		if real(z)*real(z)+imag(z)*imag(z) > 4 {
			return n
		}
		z = z*z + c
	}
	return 50
}

func main() {
	start := time.Now()
	const width, height = 400, 300
	inside := 0
	for y := range height {
		for x := range width {
			if escape(complex(float64(x)*3/width-2, float64(y)*2/height-1)) == 50 {
				inside++
			}
		}
	}
	if inside != 31869 {
		panic(inside)
	}
	fmt.Println("ns", time.Since(start).Nanoseconds())
}
