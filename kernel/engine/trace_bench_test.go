package engine

import (
	"fmt"
	"runtime"
	"slices"
	"testing"
)

// tracePrograms measure themselves, since drawing is no part of what tracing costs
// a cell's goroutines. Each has a message, lock or start of a goroutine 20,000 times.
var tracePrograms = []struct{ name, src string }{
	{"pingpong", `a, b := make(chan int), make(chan int)
	go func() { for v := range a { b <- v }; close(b) }()
	for i := range 10_000 { a <- i; <-b }
	close(a)`},
	{"buffered", `ch := make(chan int, 100)
	go func() { for i := range 20_000 { ch <- i }; close(ch) }()
	for range ch {}`},
	{"pool", `jobs, results := make(chan int, 100), make(chan int, 100)
	var wg sync.WaitGroup
	for range 8 { wg.Go(func() { for j := range jobs { results <- j * 2 } }) }
	go func() { for i := range 10_000 { jobs <- i }; close(jobs) }()
	go func() { wg.Wait(); close(results) }()
	for range results {}`},
	{"select", `a, b := make(chan int), make(chan int)
	done := make(chan bool)
	go func() { for i := range 10_000 { a <- i }; done <- true }()
	go func() { for i := range 10_000 { b <- i }; done <- true }()
	for n := 0; n < 2; { select { case <-a: case <-b: case <-done: n++ } }`},
	{"mutex", `var mu sync.Mutex
	var wg sync.WaitGroup
	for range 4 { wg.Go(func() { for range 5_000 { mu.Lock(); mu.Unlock() } }) }
	wg.Wait()`},
	{"go", `var wg sync.WaitGroup
	for range 20_000 { wg.Add(1); go func() { wg.Done() }() }
	wg.Wait()`},
	{"fib", `var fib func(int) int
	fib = func(n int) int { if n < 2 { return n }; return fib(n-1) + fib(n-2) }
	fib(20)`},
}

// BenchmarkTrace is what tracing costs, as a ratio of medians: of the time, and of the
// processor's, which counts on a machine that has other things to do.
func BenchmarkTrace(b *testing.B) {
	const clock = `func() (wall, cpu int64) {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil { panic(err) }
	return time.Now().UnixNano(), r.Utime.Nano() + r.Stime.Nano()
}`
	for _, p := range tracePrograms {
		b.Run(p.name, func(b *testing.B) {
			nb := open(b)
			src := "clock := " + clock + "\nw, c := clock()\n" + p.src + "\nx, d := clock()\nprintln(x-w, d-c)"
			var wall, cpu [2][]float64
			measure := func(head string, to int) {
				runtime.GC() // what was drawn before
				tr, r := nb.exec(head + src)
				if r.Failure != nil {
					b.Fatal(r.Failure)
				}
				var w, c float64
				if _, err := fmt.Sscan(tr.errs.String(), &w, &c); err != nil {
					b.Fatal(err)
				}
				wall[to], cpu[to] = append(wall[to], w), append(cpu[to], c)
			}
			for b.Loop() {
				measure("", 0)
				measure("%%trace\n", 1)
			}
			median := func(list []float64) float64 {
				slices.Sort(list)
				return list[len(list)/2]
			}
			b.ReportMetric(median(wall[0])/20_000, "ns/plain")
			b.ReportMetric(median(wall[1])/20_000, "ns/traced")
			b.ReportMetric(median(wall[1])/median(wall[0]), "ratio")
			b.ReportMetric(median(cpu[1])/median(cpu[0]), "cpu-ratio")
		})
	}
}
