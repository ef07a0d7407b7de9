package main

import (
	"fmt"
	"time"
)

func main() {
	start := time.Now()
	defer fmt.Println(time.Since(start)) // want "call to time.Since is not deferred"
}
