package main

import (
	"fmt"
	"os"
)

func main() {
	defer fmt.Println("not run")
	fmt.Println("leaving")
	fmt.Fprintln(os.Stderr, "with status 3")
	os.Exit(3)
}
