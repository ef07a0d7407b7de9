package main

import (
	"fmt"
	"time"
)

func multiply(a, b [][]float64) [][]float64 {
	n := len(a)
	c := make([][]float64, n)
	for i := range c {
		c[i] = make([]float64, n)
		for j := range c[i] {
			sum := 0.0
			for k := 0; k < n; k++ {
				sum += a[i][k] * b[k][j]
			}
			c[i][j] = sum
		}
	}
	return c
}

func matrix(n, factor int) [][]float64 {
	m := make([][]float64, n)
	for i := range m {
		m[i] = make([]float64, n)
		for j := range m[i] {
			m[i][j] = float64((i*factor + j) % 7)
		}
	}
	return m
}

func main() {
	start := time.Now()
	c := multiply(matrix(300, 3), matrix(300, 5))
	trace := 0.0
	for i := range c {
		trace += c[i][i]
	}
	if trace != 899993 {
		panic(trace)
	}
	fmt.Println("ns", time.Since(start).Nanoseconds())
}
