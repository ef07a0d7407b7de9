package main

import (
	"fmt"
	"sync"
)

type account struct {
	mu      sync.Mutex
	balance int
}

func (a *account) add(n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.balance += n
	if a.balance > 5 {
		a.add(-1)
	}
}

func main() {
	a := &account{}
	a.add(3)
	fmt.Println(a.balance)
	a.add(3)
	fmt.Println("not reached")
}
