package main

type temp float64

func main() {
	panic(temp(36.6))
}
