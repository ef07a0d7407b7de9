//gosched:get github.com/puzpuzpuz/xsync/v3@v3.5.1
package main

import (
	"fmt"
	"sync"

	"github.com/puzpuzpuz/xsync/v3"
)

func main() {
	m := xsync.NewMapOf[string, int]()
	var wg sync.WaitGroup
	c := xsync.NewCounter()
	for i := range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for j := range 100 {
				m.Compute(fmt.Sprint("k", j), func(old int, _ bool) (int, bool) { return old + i, false })
				c.Inc()
			}
		}()
	}
	wg.Wait()
	v, ok := m.Load("k5")
	fmt.Println(v, ok, m.Size(), c.Value())
	m.Delete("k5")
	_, ok = m.Load("k5")
	fmt.Println(ok)
	sum := 0
	m.Range(func(_ string, v int) bool { sum += v; return true })
	fmt.Println(sum)
	q := xsync.NewMPMCQueueOf[int](4)
	for i := range 4 {
		q.Enqueue(i)
	}
	fmt.Println(q.TryEnqueue(9), q.Dequeue())
	var mu xsync.RBMutex
	t := mu.RLock()
	mu.RUnlock(t)
	mu.Lock()
	mu.Unlock()
	old := xsync.NewMap()
	old.Store("a", 1)
	fmt.Println(old.LoadOrStore("a", 2))
}
