package main

func main() {
	var x int8
	_ = x << 8 // want "too small for shift of 8"
}
