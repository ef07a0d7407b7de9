package main

import "sync"

func main() {
	var a sync.Mutex
	b := a // want "assignment copies lock value to b: sync.Mutex"
	_ = &b
}
