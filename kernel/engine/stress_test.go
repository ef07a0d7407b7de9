package engine

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/session"
)

// Ten thousand goroutines touch session variables under a mutex and print,
// while other cells run beside them and declare again what they call. Run with
// the race detector, this must have no report.
func TestContract9_ManyGoroutinesAndCells(t *testing.T) {
	nb := open(t)
	nb.e.SetSubshells(3)
	nb.run(`var mu sync.Mutex
var wg sync.WaitGroup
counter, seen := 0, map[int]bool{}
func step(n int) int { return n + 1 }
func visit(i int) {
	defer wg.Done()
	mu.Lock()
	defer mu.Unlock()
	counter = step(counter)
	seen[i] = true
	fmt.Println("visit", i)
}`)
	const goroutines = 10_000
	first, r := nb.exec(fmt.Sprintf(`wg.Add(%d)
for i := range %[1]d { go visit(i) }`, goroutines))
	if r.Failure != nil {
		t.Fatal(r.Failure)
	}
	var cells sync.WaitGroup
	failures := make(chan string, 1000)
	for sub := range 3 {
		cells.Go(func() {
			for i := range 30 {
				src := fmt.Sprintf(`func helper%d() int { return %d }
mu.Lock()
counter += 0
mu.Unlock()
helper%[1]d()`, sub, i)
				if sub == 0 {
					src = fmt.Sprintf("func step(n int) int { _ = %d; return n + 1 }", i)
				}
				c := session.Cell{ID: fmt.Sprint(sub, "-", i), Number: 100 + 30*sub + i, Source: src, Subshell: fmt.Sprint(sub)}
				if r := nb.e.Execute(context.Background(), c, &transcript{}); r.Failure != nil {
					failures <- fmt.Sprint(src, "\n", r.Failure)
				}
			}
		})
	}
	cells.Wait()
	close(failures)
	for f := range failures {
		t.Error(f)
	}
	nb.n = 500
	if got, want := nb.run(`wg.Wait()
fmt.Println(counter, len(seen))`), fmt.Sprintln(goroutines, goroutines); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	nb.e.Flush()
	lines := strings.Split(strings.TrimSuffix(first.stdout(), "\n"), "\n")
	printed := map[string]bool{}
	for _, l := range lines {
		printed[l] = true
	}
	if len(lines) != goroutines || len(printed) != goroutines {
		t.Errorf("%d lines, %d different ones, want %d", len(lines), len(printed), goroutines)
	}
}

// A thousand interrupts, whatever the cells were at, leave nothing behind.
func TestContract13_AThousandInterrupts(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute under the race detector")
	}
	nb := open(t)
	nb.run(`total := 0
var mu sync.Mutex
ch := make(chan int)
func deep(n int) int { if n == 0 { return 0 }; return deep(n-1) + 1 }
func spin() { for { total++ } }
ln, _ := net.Listen("tcp", "127.0.0.1:0")
awake := time.AfterFunc(time.Hour, func() {}) // no deadlock, also where the interrupt is late`)
	battery := []string{
		"for {}", "spin()", "for { deep(1000) }", "for { _ = make([]byte, 1000) }",
		"<-ch", "ch <- 1", "select {}", "select { case <-ch: case <-time.After(time.Hour): }",
		"time.Sleep(time.Hour)", "var wg sync.WaitGroup\nwg.Add(1)\nwg.Wait()",
		"mu.Lock()\ndefer mu.Unlock()\nfor range 3 { go func() { mu.Lock() }() }\n<-ch",
		"ln.Accept()", "sort.Slice(make([]int, 10), func(i, j int) bool { for { total++ } })",
		"for range 20 { go func() { for { time.Sleep(time.Millisecond) } }() }\n<-ch",
		"cond := sync.NewCond(&mu)\nmu.Lock()\ndefer mu.Unlock()\ncond.Wait()",
	}
	late := 0
	interrupt := func(src string) {
		nb.n++
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Millisecond)
		defer cancel()
		r := nb.e.Execute(ctx, session.Cell{Number: nb.n, Source: src}, &transcript{})
		if r.Failure == nil || r.Failure.Name != "interrupted" {
			t.Fatalf("%s: %v", src, r.Failure)
		}
		if strings.Contains(strings.Join(r.Failure.Traceback, "\n"), "left behind") {
			late++ // not unwound in time: the machine is busy, or it cannot be
		}
	}
	settle := func() (goroutines int, heap uint64) {
		for range 3 {
			runtime.GC()
			time.Sleep(20 * time.Millisecond)
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return runtime.NumGoroutine(), m.HeapAlloc
	}
	for _, src := range battery {
		interrupt(src)
	}
	goroutines, heap := settle()
	for i := range 1000 {
		interrupt(battery[i%len(battery)])
	}
	if late > 10 {
		t.Errorf("%d of 1,000 interrupts left goroutines behind", late)
	}
	goroutinesAfter, heapAfter := settle()
	for deadline := time.Now().Add(10 * time.Second); goroutinesAfter > goroutines && time.Now().Before(deadline); {
		goroutinesAfter, heapAfter = settle()
	}
	if goroutinesAfter > goroutines {
		t.Errorf("%d goroutines after a thousand interrupts, %d before", goroutinesAfter, goroutines)
	}
	if list := nb.e.sched.List(); len(list) != 0 {
		t.Errorf("goroutines are left: %v", list)
	}
	// A cell leaves its source and its types behind, interrupted or not.
	if grown := int64(heapAfter) - int64(heap); grown > 40_000*1000 {
		t.Errorf("the heap grew by %d bytes", grown)
	} else {
		t.Logf("the heap grew by %d bytes an interrupt", grown/1000)
	}
	// What they shared works, and no interrupted receiver takes a value.
	if got := nb.run(`go func() { ch <- 42 }()
mu.Lock()
mu.Unlock()
<-ch`); got != "=> 42" {
		t.Errorf("afterwards: %s", got)
	}
}
