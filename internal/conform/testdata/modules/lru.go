//gosched:get github.com/hashicorp/golang-lru/v2@v2.0.7
package main

import (
	"fmt"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/hashicorp/golang-lru/v2/expirable"
)

func main() {
	c, err := lru.NewWithEvict(3, func(k string, v int) { fmt.Println("evicted", k, v) })
	fmt.Println(err)
	for i, k := range []string{"a", "b", "c"} {
		c.Add(k, i)
	}
	fmt.Println(c.Get("a"))
	c.Add("d", 3)
	fmt.Println(c.Keys(), c.Values(), c.Len(), c.Contains("b"))
	fmt.Println(c.Peek("c"))
	c.Remove("a")
	c.RemoveOldest()
	fmt.Println(c.Len())
	_, err = lru.New[int, int](0)
	fmt.Println(err)
	q, _ := lru.New2Q[int, string](4)
	for i := range 8 {
		q.Add(i, fmt.Sprint(i))
		q.Get(0)
	}
	fmt.Println(q.Len(), q.Contains(0))
	e := expirable.NewLRU[string, int](2, nil, 2*time.Second)
	e.Add("x", 1)
	fmt.Println(e.Get("x"))
	for e.Contains("x") {
		time.Sleep(10 * time.Millisecond)
	}
	fmt.Println(e.Get("x"))
}
