// A panic that nobody recovers ends the program after the deferred calls.
package main

import "fmt"

type problem struct{ code int }

func (p problem) Error() string { return fmt.Sprintf("problem %d", p.code) }

func level3() {
	defer fmt.Println("deferred in level3")
	panic(problem{42})
}

func level2() {
	defer func() {
		fmt.Println("deferred in level2")
	}()
	level3()
	fmt.Println("not reached")
}

func main() {
	fmt.Println("start")
	level2()
	fmt.Println("not reached either")
}
