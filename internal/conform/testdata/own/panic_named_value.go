package main

type code int

type text string

func main() {
	defer func() {
		if r := recover(); r != code(1) {
			panic("wrong value")
		}
		panic(text("a named string"))
	}()
	panic(code(1))
}
