package compile_test

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/goruntime"
)

// hang is when a test gives up: on a busy machine nothing shorter says anything.
const hang = 3 * time.Minute

// endless are programs that machine code would run forever.
var endless = []struct{ name, src string }{
	{"loop", `func main() { for i := 0; ; i++ { if i < 0 { println(i) } } }`},
	{"floats", `func main() { x := 1.5; for { for j := 0; j < 1000; j++ { x = x*0.5 + 1 } } }`},
	{"calls", `
func fib(n int) int { if n < 2 { return n }; return fib(n-1) + fib(n-2) }
func main() { println(fib(90)) }`},
	{"deep", `
func deep(n int) int { if n == 0 { return 0 }; return deep(n-1) + 1 }
func main() { for { deep(5000) } }`},
	{"memory", `
type node struct { next *node; n int }
func main() { a := &node{}; a.next = &node{a, 1}; s := make([]int, 64); for p := a; ; p = p.next { s[p.n]++; p.next.next = p } }`},
	{"goroutines", `
func spin(n int) { for i := 0; ; i++ { n += i } }
func main() { for i := 0; i < 8; i++ { go spin(i) }; spin(9) }`},
}

// Machine code is interrupted as closures are.
func TestContract13_MachineCode(t *testing.T) {
	if !goruntime.MachineKnown {
		t.Skip("there is no machine code here")
	}
	for _, tt := range endless {
		t.Run(tt.name, func(t *testing.T) {
			s := compiledWith(t, tt.src, "always")
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			over := make(chan string)
			go func() {
				r := s.RunContext(ctx, "main")
				over <- r.Failed()
			}()
			time.Sleep(30 * time.Millisecond)
			start := time.Now()
			cancel()
			select {
			case <-over:
				t.Logf("%v after the interrupt", time.Since(start).Round(time.Microsecond))
			case <-time.After(hang):
				t.Fatal("it goes on")
			}
		})
	}
}

// The world is stopped, again and again, while machine code runs. How long that took
// is logged; that it happens at all is what the test is for.
func TestMachineCodeStopsForCollections(t *testing.T) {
	if !goruntime.MachineKnown {
		t.Skip("there is no machine code here")
	}
	for _, tt := range endless {
		t.Run(tt.name, func(t *testing.T) {
			s := compiledWith(t, tt.src, "always")
			// Soon, however much the tests before this one have left.
			defer debug.SetGCPercent(debug.SetGCPercent(2))
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var over atomic.Bool
			done := make(chan bool)
			go func() {
				defer close(done)
				s.RunContext(ctx, "main")
				over.Store(true)
			}()
			before := stops()
			collected := make(chan int)
			go func() {
				n := 0
				for ; n < 3 && !over.Load(); n++ {
					collect()
				}
				collected <- n
			}()
			select {
			case n := <-collected:
				half, most := since(before, stops())
				t.Logf("%d collections; to stop the world took %v most often, %v at most", n, half, most)
			case <-time.After(hang):
				t.Error("a collection waits for machine code")
			}
			cancel()
			<-done
		})
	}
}

// collect has garbage collected once. runtime.GC would yield for each part of memory that
// it sweeps, to all who compute.
func collect() {
	cycles := func() uint64 {
		s := []metrics.Sample{{Name: "/gc/cycles/total:gc-cycles"}}
		metrics.Read(s)
		return s[0].Value.Uint64()
	}
	for before := cycles(); cycles() == before; {
		garbage = make([]byte, 1<<20)
	}
	garbage = nil
}

var garbage []byte

func stops() *metrics.Float64Histogram {
	s := []metrics.Sample{{Name: "/sched/pauses/stopping/gc:seconds"}}
	metrics.Read(s)
	return s[0].Value.Float64Histogram()
}

// since is the median, and the most, of what has been counted since.
func since(before, after *metrics.Float64Histogram) (half, most time.Duration) {
	total, sum := uint64(0), uint64(0)
	for i := range after.Counts {
		total += after.Counts[i] - before.Counts[i]
	}
	for i := range after.Counts {
		n := after.Counts[i] - before.Counts[i]
		if n == 0 {
			continue
		}
		at := time.Duration(after.Buckets[i+1] * 1e9)
		if sum < total/2 && sum+n >= total/2 {
			half = at
		}
		sum += n
		most = at
	}
	return half, most
}

// Panics within machine code, and deadlocks after it, are reported as ever, with the
// lines and the calls that led there.
func TestMachineCodeReports(t *testing.T) {
	for _, tt := range []struct{ name, src string }{
		{"index", `
func at(a []int, i int) int {
	s := 0
	for j := 0; j < 3; j++ {
		s += a[i+j]
	}
	return s
}
func twice(a []int, i int) int { return at(a, i) + at(a, i+1) }
func main() {
	println(twice(make([]int, 9), 3))
	println(twice(make([]int, 9), 6))
}`},
		{"deep", `
func down(n int, m []int) int {
	if n == 0 { return m[1] / m[0] }
	return down(n-1, m) + 1
}
func main() { println(down(1500, []int{1, 2})); println(down(1500, []int{0, 2})) }`},
		{"nil", `
type p struct { next *p; n int }
func last(q *p) int { for { if q.next.n == 7 { return q.n }; q = q.next } }
func main() { println(last(&p{n: 1, next: &p{n: 7}})); println(last(&p{n: 1, next: &p{n: 2}})) }`},
		{"deadlock", `
func sum(n int) int { s := 0; for i := 0; i < n; i++ { s += i }; return s }
func main() { c := make(chan int); println(sum(1000)); c <- sum(5) }`},
		{"goroutine", `
func bad(n int) int { s := 10; for i := n; i >= 0; i-- { s /= i }; return s }
func main() { done := make(chan bool); go func() { println(bad(3)); done <- true }(); <-done }`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			want := compiledWith(t, tt.src, "off").Run("main").Golden()
			for _, mode := range []string{"on", "always"} {
				if got := compiledWith(t, tt.src, mode).Run("main").Golden(); got != want {
					t.Errorf("with machine code (%q):\n%s\nwithout:\n%s", mode, got, want)
				}
			}
			t.Log(want)
		})
	}
}
