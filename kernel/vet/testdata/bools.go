package main

func main() {
	x := 1
	_ = x == 1 || x == 1 // want "redundant or"
}
