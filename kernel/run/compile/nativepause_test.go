package compile_test

import (
	"context"
	"fmt"
	"runtime"
	"runtime/metrics"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/goruntime"
)

// busy are programs whose goroutines are in machine code most of the time, or go in
// and out of it.
var busy = []struct{ name, src string }{
	{"loop", `
func work(n int) { for i := 0; ; i++ { n += i ^ n } }`},
	{"slices", `
func work(n int) {
	s := make([]int, 4096)
	for { for i := range s { s[i] += s[(i+n)&4095] }; n++ }
}`},
	{"calls", `
func fib(n int) int { if n < 2 { return n }; return fib(n-1) + fib(n-2) }
func work(n int) { for { n += fib(20) } }`},
	{"deep", `
func deep(n int) int { if n == 0 { return 0 }; return deep(n-1) + 1 }
func work(n int) { for { n += deep(3000) } }`},
	{"deep pointers", `
type node struct { next *node; n int }
func deep(a *node, n int) *node { if n == 0 { return a }; r := deep(a.next, n-1); r.n++; return r.next }
func work(n int) { a := &node{}; a.next = &node{a, 1}; for { a = deep(a, 3000) } }`},
	{"maps", `
func work(n int) {
	m := map[int]int{}
	for i := 0; ; i++ { m[i&1023] += n; for j := 0; j < 20; j++ { n += j ^ i } }
}`},
	{"pointers", `
type node struct { next *node; n int }
func work(n int) { a := &node{}; a.next = &node{a, 1}; for p := a; ; p = p.next { p.n++; p.next.next = p } }`},
}

const fourWorkers = `
func main() { for i := 0; i < 4; i++ { go work(i) }; select {} }`

// How long collections wait for goroutines in machine code, and in closures.
func BenchmarkPauses(b *testing.B) {
	if !goruntime.MachineKnown {
		b.Skip("there is no machine code here")
	}
	b.Run("native", func(b *testing.B) {
		var over atomic.Bool
		defer over.Store(true)
		for i := range 4 {
			go spin(i, &over)
		}
		pauses(b)
	})
	for _, tt := range busy {
		for _, mode := range []string{"off", "always"} {
			b.Run(fmt.Sprintf("%s/%s", tt.name, mode), func(b *testing.B) {
				s := compiledWith(b, tt.src+fourWorkers, mode)
				ctx, cancel := context.WithCancel(b.Context())
				done := make(chan bool)
				go func() { s.RunContext(ctx, "main"); close(done) }()
				pauses(b)
				cancel()
				<-done
			})
		}
	}
}

// spin is what compiled Go does of the kind.
func spin(n int, over *atomic.Bool) {
	for i := 0; !over.Load(); i++ {
		n += i ^ n
	}
}

func pauses(b *testing.B) {
	time.Sleep(50 * time.Millisecond)
	before := stops()
	for b.Loop() {
		runtime.GC()
	}
	after := stops()
	for _, p := range []int{50, 90, 99} {
		b.ReportMetric(float64(percentile(before, after, p).Nanoseconds())/1e3, fmt.Sprintf("µs-p%d", p))
	}
}

// percentile is below what so many of a hundred are that have been counted since.
func percentile(before, after *metrics.Float64Histogram, of int) time.Duration {
	total, sum := uint64(0), uint64(0)
	for i := range after.Counts {
		total += after.Counts[i] - before.Counts[i]
	}
	for i := range after.Counts {
		if sum += after.Counts[i] - before.Counts[i]; sum*100 >= total*uint64(of) {
			return time.Duration(after.Buckets[i+1] * 1e9)
		}
	}
	return 0
}
