// A defer in the body of a range over a function runs when the function ends.
package main

import "fmt"

func seq(n int) func(func(int) bool) {
	return func(yield func(int) bool) {
		fmt.Print("(start)")
		defer fmt.Print("(end)")
		for i := 0; i < n && yield(i); i++ {
		}
	}
}

func simple() {
	defer fmt.Println(" first")
	for i := range seq(3) {
		defer fmt.Print("d", i, " ")
		fmt.Print("b", i, " ")
	}
	fmt.Print("after ")
}

func nested() (r int) {
	defer func() { r *= 2 }()
	for i := range seq(2) {
		for j := range seq(2) {
			defer func() { r += i*10 + j; fmt.Print("n", i, j, " ") }()
			if i == 1 && j == 0 {
				return 100
			}
		}
		defer fmt.Print("outer", i, " ")
	}
	return -1
}

func recovers() (msg string) {
	for i := range seq(3) {
		defer func() {
			if r := recover(); r != nil {
				msg += fmt.Sprint("got ", r, " in ", i)
			}
		}()
		if i == 1 {
			panic("boom")
		}
	}
	return "no panic"
}

func mixed() {
	for i := range 2 {
		defer fmt.Print("x", i, " ")
		for j := range seq(2) {
			defer fmt.Print("y", i, j, " ")
		}
	}
	func() {
		for k := range seq(1) {
			defer fmt.Print("inner", k, " ")
		}
		fmt.Print("end of closure ")
	}()
	fmt.Print("end ")
}

func main() {
	simple()
	fmt.Println(nested())
	fmt.Println(recovers())
	mixed()
	fmt.Println()
}
