package engine

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/gosched/gosched/internal/testenv"
)

// TestContract2_ATermOfMixedCells edits and runs cells of all kinds, those that fail
// among them: 5,000 stay under 60 MB, which is 11 kB a cell beside what a session
// begins with.
func TestContract2_ATermOfMixedCells(t *testing.T) {
	if testenv.Raced {
		t.Skip("counts bytes")
	}
	kinds := []string{
		"1 + 2",
		`type point struct{ X, Y, F%[1]d int }
func (p point) String() string { return fmt.Sprint(p.X, p.Y, %[1]d) }
func (p *point) Move(d int) { p.X += d }
p := point{X: %[1]d}
p.Move(1)
fmt.Println(p)`,
		`type list[T any] struct { items []T; n%[1]d int }
func (l *list[T]) add(v T) { l.items = append(l.items, v) }
l := &list[int]{}
l.add(%[1]d)`,
		`type myErr struct{ code int }
func (e *myErr) Error() string { return fmt.Sprint("code ", e.code, %[1]d) }
func fail() error { return &myErr{3} }
fmt.Println(fail())`,
		"panic(%[1]d)",
		"x := %[1]d +",
		"func double(n int) int { return 2*n + %[1]d }\ndouble(2)",
		"ch := make(chan int)\ngo func() { for n := range %[1]d { ch <- n }; close(ch) }()\nfor range ch {}",
		"m := map[string]int{\"a\": %[1]d}\nm[\"b\"]++\nfmt.Println(len(m))",
		"var mu sync.Mutex\nvar wg sync.WaitGroup\nn := 0\nfor range 4 { wg.Go(func() { mu.Lock(); n += %[1]d; mu.Unlock() }) }\nwg.Wait()\nn",
		"var none_%[1]d int = nothing",
	}
	const stopped = "dead := make(chan int)\n<-dead" // takes long to be found, so it comes less often
	nb := open(t)
	run := func(from, to int) (cells int) {
		for i := from; i < to; i++ {
			for _, src := range kinds {
				nb.exec(fmt.Sprintf(src+"\n// %[1]d", i))
			}
			cells += len(kinds)
			if i%25 == 0 {
				nb.exec(stopped)
				cells++
			}
		}
		return cells
	}
	heap := func() int64 {
		for range 3 { // what has a cleanup goes with the next collection
			runtime.GC()
			time.Sleep(5 * time.Millisecond)
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	run(0, 50)
	before := heap()
	cells := run(50, 150)
	left := (heap() - before) / int64(cells)
	t.Logf("%d bytes are left of every cell", left)
	if left > 11_000 {
		t.Errorf("%d bytes are left of every cell, and 5,000 are to stay under 60 MB", left)
	}
	runtime.KeepAlive(nb)
}
