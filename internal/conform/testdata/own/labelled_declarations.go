// Declarations that have labels.
package main

import "fmt"

func main() {
	n := 0
again:
	x := n * 2
	n++
	if n < 3 {
		goto again
	}
	fmt.Println(x, n)
	func() {
	once:
		var y, z = n, "z"
		n++
		if n < 5 {
			goto once
		}
		fmt.Println(y, z)
	}()
first:
second:
	v, err := fmt.Sscan("4", &x)
	n++
	if n == 6 {
		goto first
	}
	if n == 7 {
		goto second
	}
	fmt.Println(v, err, x, n)
outer:
	for i := range 3 {
		for j := range 3 {
			if j > i {
				continue outer
			}
			fmt.Print(i, j, " ")
		}
	}
	fmt.Println()
}
