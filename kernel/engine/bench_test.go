package engine

import (
	"context"
	"testing"

	"github.com/gosched/gosched/kernel/session"
)

// programs are what the language's speed is measured with.
var programs = []struct{ name, setup, run string }{
	{"fib30", `func fib(n int) int { if n < 2 { return n }; return fib(n-1) + fib(n-2) }`, `_ = fib(30)`},
	{"loop3M", `func loop() int { s := 0; for i := 0; i < 3000000; i++ { s += i }; return s }`, `_ = loop()`},
	{"sieve", `func sieve(n int) int {
	composite := make([]bool, n+1)
	count := 0
	for i := 2; i <= n; i++ {
		if composite[i] { continue }
		count++
		for j := i * i; j <= n; j += i { composite[j] = true }
	}
	return count
}`, `_ = sieve(1000000)`},
	{"pingpong200k", `func pingpong() { a, b := make(chan int), make(chan int)
	go func() { for v := range a { b <- v }; close(b) }()
	for i := range 100000 { a <- i; <-b }
	close(a) }`, `pingpong()`},
	{"pool100k", `func work(jobs <-chan int, results chan<- int, wg *sync.WaitGroup) { defer wg.Done(); for j := range jobs { results <- j * 2 } }
func pool() int {
	jobs, results := make(chan int, 100), make(chan int, 100)
	var wg sync.WaitGroup
	for range 8 { wg.Add(1); go work(jobs, results, &wg) }
	go func() { for i := range 100000 { jobs <- i }; close(jobs) }()
	go func() { wg.Wait(); close(results) }()
	s := 0
	for r := range results { s += r }
	return s
}`, `_ = pool()`},
	{"go100k", `func many() { var wg sync.WaitGroup; for range 100000 { wg.Add(1); go func() { wg.Done() }() }; wg.Wait() }`, `many()`},
	{"mutex1M", `func mutex() int { var mu sync.Mutex; n := 0; var wg sync.WaitGroup
	for range 8 { wg.Add(1); go func() { defer wg.Done(); for range 125000 { mu.Lock(); n++; mu.Unlock() } }() }
	wg.Wait(); return n }`, `_ = mutex()`},
	{"println1k", `func lines() { for i := range 1000 { fmt.Println("line", i) } }`, `lines()`},
}

func BenchmarkLanguage(b *testing.B) {
	for _, p := range programs {
		b.Run(p.name, func(b *testing.B) {
			e, err := New()
			if err != nil {
				b.Fatal(err)
			}
			defer e.Close()
			do := func(n int, src string) {
				if r := e.Execute(context.Background(), session.Cell{Number: n, Source: src}, discard{}); r.Failure != nil {
					b.Fatal(r.Failure)
				}
			}
			do(1, p.setup)
			n := 1
			for b.Loop() {
				n++
				do(n, p.run)
			}
		})
	}
}

// BenchmarkCell is a trivial cell in a session of some age.
func BenchmarkCell(b *testing.B) {
	e, err := New()
	if err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	n := 0
	for b.Loop() {
		n++
		if r := e.Execute(context.Background(), session.Cell{Number: n, Source: "x := 1\nx"}, discard{}); r.Failure != nil {
			b.Fatal(r.Failure)
		}
	}
}

type discard struct{}

func (discard) Emit(session.Event) {}

func (discard) Input(context.Context, string, bool) (string, error) { return "", context.Canceled }
