// Programs that leave goroutines behind. Each function is one: natively it is
// followed by a look at the leak profile, in a session by %leaks. The comment
// after its name says how many goroutines that names; "native" where the profile
// misses some that a session names.
package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"reflect"
	"sync"
	"time"
)

func leakMutex() { // 1
	var mu sync.Mutex
	mu.Lock()
	go func() { mu.Lock() }()
}

func leakMethodValue() { // 1
	mu := new(sync.Mutex)
	mu.Lock()
	go mu.Lock()
}

func leakReader() { // 3
	var mu sync.RWMutex
	mu.Lock()
	for range 3 {
		go func() { mu.RLock() }()
	}
}

func leakWriter() { // 2
	var mu sync.RWMutex
	mu.RLock()
	go func() {
		mu.Lock()
	}()
	go func() {
		time.Sleep(10 * time.Millisecond)
		mu.RLock() // behind the writer
	}()
}

type account struct {
	mu      sync.Mutex
	balance int
}

func transfer(from, to *account, n int) {
	from.mu.Lock()
	defer from.mu.Unlock()
	time.Sleep(10 * time.Millisecond)
	to.mu.Lock()
	defer to.mu.Unlock()
	from.balance -= n
	to.balance += n
}

func leakLockOrder() { // 2
	a, b := &account{balance: 10}, &account{balance: 10}
	go transfer(a, b, 1)
	go transfer(b, a, 2)
}

func leakPhilosophers() { // 5
	forks := make([]sync.Mutex, 5)
	for i := range forks {
		go func() {
			forks[i].Lock()
			time.Sleep(10 * time.Millisecond)
			forks[(i+1)%len(forks)].Lock()
		}()
	}
}

func leakTwice() { // 1
	var mu sync.Mutex
	go func() {
		mu.Lock()
		defer mu.Unlock()
		mu.Lock()
	}()
}

func leakWaitGroup() { // 2
	var wg sync.WaitGroup
	wg.Add(1)
	go func() { wg.Wait() }()
	go wg.Wait()
}

func leakForgottenDone() { // 1
	var wg sync.WaitGroup
	results := make(chan int, 3)
	for i := range 3 {
		wg.Add(1)
		go func() {
			if i == 1 {
				return
			}
			results <- i
			wg.Done()
		}()
	}
	go func() {
		wg.Wait()
		close(results)
	}()
}

func leakSenderAndCloser() { // 4
	values := make(chan int)
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() { values <- i })
	}
	go func() {
		wg.Wait()
		close(values)
	}()
	go func() { <-values }() // who takes the first is content
}

func leakSelect() { // 4
	a, b, c := make(chan int), make(chan struct{ x, y, z int }), make(chan string)
	for range 2 {
		go func() {
			select {
			case <-a:
			case x := <-b:
				fmt.Fprint(io.Discard, x.y)
			case c <- "x":
			}
		}()
	}
	d := make(chan struct{ x, y, z int })
	go func() { d <- struct{ x, y, z int }{1, 2, 3} }()
	e := make(chan [3]int)
	go func() { fmt.Fprint(io.Discard, <-e) }()
}

func leakCondition() { // 3
	var mu sync.Mutex
	ready := sync.NewCond(&mu)
	for range 3 {
		go func() {
			mu.Lock()
			defer mu.Unlock()
			ready.Wait()
		}()
	}
}

func leakOnce() { // 2
	var once sync.Once
	never := make(chan int)
	go once.Do(func() { <-never })
	go func() {
		time.Sleep(10 * time.Millisecond)
		once.Do(func() {})
	}()
}

func leakStoppedTicker() { // 1
	t := time.NewTicker(time.Hour)
	t.Stop()
	go func() { <-t.C }()
}

func leakReflect() { // 3
	ch := reflect.ValueOf(make(chan int))
	go ch.Recv()
	go func() { reflect.ValueOf(make(chan string)).Send(reflect.ValueOf("x")) }()
	go func() {
		reflect.Select([]reflect.SelectCase{
			{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(make(chan int))},
			{Dir: reflect.SelectSend, Chan: reflect.ValueOf(make(chan int)), Send: reflect.ValueOf(1)},
		})
	}()
}

func leakPipes() { // 3
	_, w := io.Pipe()
	go w.Write([]byte("nobody reads"))
	r, _ := io.Pipe()
	go r.Read(make([]byte, 1))
	s, _ := io.Pipe()
	go bufio.NewReader(s).ReadString('\n')
}

func leakContext() { // 2
	ctx, cancel := context.WithCancel(context.Background())
	child, stop := context.WithCancel(ctx)
	_, _ = cancel, stop
	go func() { <-ctx.Done() }()
	go func() {
		select {
		case <-child.Done():
		case <-make(chan int):
		}
	}()
}

func leakNil() { // 3
	go func() { var ch chan int; <-ch }()
	go func() { var ch chan int; ch <- 1 }()
	go func() { select {} }()
}

func leakMixedChain() { // 4
	var mu sync.Mutex
	var wg sync.WaitGroup
	ch := make(chan int)
	mu.Lock()
	wg.Add(1)
	go func() { mu.Lock(); wg.Done() }()
	go func() { wg.Wait(); ch <- 1 }()
	go func() { <-ch; mu.Unlock() }()
	go func() { wg.Wait(); fmt.Fprint(io.Discard, cap(ch)) }()
}

func leakPool() { // 4
	jobs := make(chan func() int)
	for range 4 {
		go func() {
			for job := range jobs {
				job()
			}
		}()
	}
	jobs <- func() int { return 1 }
}

var shared = struct {
	sync.Mutex
	ch chan int
	wg sync.WaitGroup
}{ch: make(chan int)}

func leakNothingShared() { // 0
	shared.wg.Add(1)
	go func() { shared.ch <- 1 }()
	go shared.wg.Wait()
}

func leakNothingTimed() { // 0
	later := make(chan int)
	var mu sync.Mutex
	mu.Lock()
	time.AfterFunc(time.Hour, func() { later <- 1; mu.Unlock() })
	go func() { <-later }()
	go func() { mu.Lock() }()
	go func() { <-time.After(time.Hour) }()
	ctx, _ := context.WithTimeout(context.Background(), time.Hour)
	go func() { <-ctx.Done() }()
}

func leakNothingAwaited() { // 0
	var mu sync.RWMutex
	var wg sync.WaitGroup
	ready := sync.NewCond(mu.RLocker())
	mu.Lock()
	wg.Add(1)
	go func() { mu.RLock(); ready.Wait() }()
	go func() { wg.Wait(); ready.Broadcast() }()
	go func() {
		time.Sleep(time.Hour)
		mu.Unlock()
		wg.Done()
		ready.Signal()
	}()
}
