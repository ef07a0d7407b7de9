package main

import "log"

func check(err error) {
	if err != nil {
		log.Fatal("fatal: ", err)
	}
}

type myErr string

func (e myErr) Error() string { return string(e) }

func main() {
	log.SetFlags(0)
	log.SetPrefix("prog: ")
	log.Println("one")
	check(nil)
	check(myErr("two"))
	log.Println("three")
}
