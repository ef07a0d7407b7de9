// Goroutines with sync: results do not depend on the order.
package main

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"sync"
	"sync/atomic"
	"time"
)

type result struct {
	id  int
	val string
}

func worker(id int, jobs <-chan int, out chan<- result, wg *sync.WaitGroup) {
	defer wg.Done()
	for j := range jobs {
		out <- result{j, fmt.Sprint("r", j*j)}
	}
	_ = id
}

func pool() {
	jobs, out := make(chan int), make(chan result)
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Add(1)
		go worker(i, jobs, out, &wg)
	}
	go func() {
		for i := range 20 {
			jobs <- i
		}
		close(jobs)
		wg.Wait()
		close(out)
	}()
	var all []result
	for r := range out {
		all = append(all, r)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].id < all[j].id })
	fmt.Println(len(all), all[0], all[19])
}

type cache struct {
	sync.RWMutex
	m map[int]int
}

func (c *cache) get(k int) (int, bool) {
	c.RLock()
	defer c.RUnlock()
	v, ok := c.m[k]
	return v, ok
}

func (c *cache) set(k, v int) {
	c.Lock()
	defer c.Unlock()
	c.m[k] = v
}

func stage(in <-chan int, f func(int) int) <-chan int {
	out := make(chan int)
	go func() {
		defer close(out)
		for v := range in {
			out <- f(v)
		}
	}()
	return out
}

func source(ctx context.Context) <-chan int {
	c := make(chan int)
	go func() {
		defer close(c)
		for i := 0; ; i++ {
			select {
			case c <- i:
			case <-ctx.Done():
				return
			}
		}
	}()
	return c
}

func main() {
	pool()
	c := cache{m: map[int]int{}}
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			c.set(i%10, i)
			c.get(i)
		})
	}
	wg.Wait()
	fmt.Println(len(c.m))
	var n atomic.Int64
	var plain int32
	var once sync.Once
	for range 100 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			n.Add(2)
			atomic.AddInt32(&plain, 1)
			once.Do(func() { n.Add(1000) })
		}()
	}
	wg.Wait()
	fmt.Println(n.Load(), atomic.LoadInt32(&plain))
	ctx, cancel := context.WithCancel(context.Background())
	sum := 0
	for v := range stage(stage(source(ctx), func(x int) int { return x * x }), func(x int) int { return x + 1 }) {
		sum += v
		if v > 100 {
			break
		}
	}
	cancel()
	fmt.Println(sum)
	cond := sync.NewCond(&sync.Mutex{})
	ready := 0
	for range 3 {
		go func() {
			cond.L.Lock()
			ready++
			cond.L.Unlock()
			cond.Broadcast()
		}()
	}
	cond.L.Lock()
	for ready < 3 {
		cond.Wait()
	}
	cond.L.Unlock()
	fmt.Println(ready)
	errc := make(chan error, 3)
	for i := range 3 {
		go func() {
			defer func() {
				if r := recover(); r != nil {
					errc <- fmt.Errorf("worker %d: %v", i, r)
				}
			}()
			if i == 1 {
				panic(errors.New("bad"))
			}
			errc <- nil
		}()
	}
	for range 3 {
		if err := <-errc; err != nil {
			fmt.Println(err)
		}
	}
	get := sync.OnceValue(func() int { n.Add(1); return int(n.Load()) })
	fmt.Println(get() == get())
	var m sync.Map
	m.Store("a", 1)
	v, loaded := m.LoadOrStore("a", 2)
	fmt.Println(v, loaded)
	pool := sync.Pool{New: func() any { return new(result) }}
	r := pool.Get().(*result)
	r.id = 5
	pool.Put(r)
	timeout := time.After(20 * time.Millisecond)
	ping, pong := make(chan int), make(chan int)
	go func() {
		for v := range ping {
			pong <- v + 1
		}
		close(pong)
	}()
	v2 := 0
	for range 1000 {
		ping <- v2
		v2 = <-pong
	}
	close(ping)
	_, open := <-pong
	fmt.Println(v2, open)
	<-timeout
	var av atomic.Value
	av.Store(result{1, "x"})
	fmt.Println(av.Load().(result).val)
	var ptr atomic.Pointer[result]
	fmt.Println(ptr.Load() == nil, ptr.CompareAndSwap(nil, &result{2, "p"}), ptr.Load().val)
}
