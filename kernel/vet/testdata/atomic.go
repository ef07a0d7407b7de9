package main

import "sync/atomic"

func main() {
	var n uint64
	n = atomic.AddUint64(&n, 1) // want "direct assignment to atomic value"
}
