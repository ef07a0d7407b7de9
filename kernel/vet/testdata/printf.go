package main

import "fmt"

func main() {
	fmt.Printf("%d", "x") // want "format %d has arg .x. of wrong type string"
}
