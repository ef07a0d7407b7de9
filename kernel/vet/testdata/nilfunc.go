package main

func main() {
	_ = main == nil // want "comparison of function main == nil is always false"
}
