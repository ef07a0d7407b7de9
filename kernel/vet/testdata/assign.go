package main

func main() {
	x := 1
	x = x // want "self-assignment of x"
}
