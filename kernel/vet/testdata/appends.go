package main

func main() {
	s := []int{1}
	s = append(s) // want "append with no values"
	_ = s
}
