package main

func main() {
	var r interface{ Read() int }
	_ = r.(interface{ Read() string }) // want "impossible type assertion"
}
