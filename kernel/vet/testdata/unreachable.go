package main

func main() {
	c := make(chan int)
	for {
	}
	<-c // want "unreachable code"
}
