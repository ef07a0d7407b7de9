//gosched:get github.com/panjf2000/ants/v2@v2.12.1
package main

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/panjf2000/ants/v2"
)

func main() {
	p, err := ants.NewPool(3)
	fmt.Println(err, p.Cap())
	var wg sync.WaitGroup
	var sum, running, most atomic.Int64
	for i := range 20 {
		wg.Add(1)
		err := p.Submit(func() {
			defer wg.Done()
			if n := running.Add(1); n > most.Load() {
				most.Store(n)
			}
			time.Sleep(time.Millisecond)
			sum.Add(int64(i))
			running.Add(-1)
		})
		if err != nil {
			fmt.Println(err)
		}
	}
	wg.Wait()
	fmt.Println(sum.Load(), most.Load() <= 3)
	p.Release()
	fmt.Println(p.IsClosed(), p.Submit(func() {}))
	f, _ := ants.NewPoolWithFunc(2, func(x any) { sum.Add(int64(x.(int))); wg.Done() })
	defer f.Release()
	for i := range 10 {
		wg.Add(1)
		_ = f.Invoke(i)
	}
	wg.Wait()
	fmt.Println(sum.Load())
	done := make(chan any)
	q, _ := ants.NewPool(1, ants.WithPanicHandler(func(v any) { done <- v }), ants.WithNonblocking(true))
	defer q.Release()
	_ = q.Submit(func() { panic("in the pool") })
	fmt.Println(<-done)
}
