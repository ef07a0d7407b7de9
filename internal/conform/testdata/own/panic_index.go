package main

import "fmt"

func at(s []string, i int) string { return s[i] }

func main() {
	words := []string{"a"}
	fmt.Println(at(words, 0))
	fmt.Println(at(words, 5))
}
