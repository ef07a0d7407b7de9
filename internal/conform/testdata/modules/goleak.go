//gosched:get go.uber.org/goleak@v1.3.0
package main

import (
	"fmt"
	"strings"
	"time"

	"go.uber.org/goleak"
)

func main() {
	fmt.Println(goleak.Find())
	c := make(chan int)
	go func() { <-c }()
	err := goleak.Find(goleak.IgnoreCurrent())
	fmt.Println(err)
	time.Sleep(10 * time.Millisecond)
	err = goleak.Find()
	fmt.Println(err != nil && strings.Contains(err.Error(), "chan receive"))
	close(c)
	fmt.Println(goleak.Find())
}
