package main

import "fmt"

func main() {
	fmt.Sprint("x") // want "result of fmt.Sprint call not used"
}
