package main

import "fmt"

func f(n int) int {
	if n == 0 {
		panic(fmt.Sprintf("reached %d", n))
	}
	return f(n - 1)
}

func main() {
	fmt.Println("before")
	fmt.Println(f(3))
}
