package main

func main() {
	n := 66
	_ = "a" + string(n) // want "conversion from int to string yields a string of one rune"
}
