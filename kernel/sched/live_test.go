package sched

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/sched/report"
	"github.com/gosched/gosched/kernel/sched/wait"
)

func TestContract9_LiveAcrossCells(t *testing.T) {
	n := newNotebook(t)
	jobs, results := make(chan int), make(chan int, 10)
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	n.cell(func(g *G) { // starts a worker
		g.WaitGroupGo(&wg, at(1), "worker", func(g *G) {
			for {
				stop := g.Block(&Wait{Kind: wait.Select, Cases: []Case{{Object: ChanPointer(jobs)}, {Object: ChanPointer(ctx.Done())}}})
				select {
				case v := <-jobs:
					g.Unblock()
					Send(g, results, v*v, nil, nil)
				case <-ctx.Done():
					g.Unblock()
					g.Print([]byte("cancelled\n"))
					return
				case <-stop:
					g.Unblock()
					g.Unwind()
				}
			}
		})
	})
	n.cell(func(g *G) { // feeds it
		for i := range 3 {
			Send(g, jobs, i, nil, nil)
			if v, _ := Recv(g, results, nil, nil); v != i*i {
				t.Error(v)
			}
		}
	})
	n.cell(func(*G) { cancel() }) // cancels it
	out, _ := n.cell(func(g *G) { g.WaitGroupWait(&wg, nil, nil) })
	if out.Kind != Returned {
		t.Error(out.Kind)
	}
}

// Timers and callbacks belong to the cell that made them, also later.
func TestContract9_CallbacksBelongToTheirCell(t *testing.T) {
	n := newNotebook(t)
	_, r := n.cell(func(g *G) {
		n.AfterFunc(g, 20*time.Millisecond, at(1), "callback", func(g *G) {
			Go(g, at(2), "grandchild", func(g *G) { fmt.Fprintln(&Writer{}, "tick") })
		})
	})
	n.cell(func(g *G) { g.Sleep(40*time.Millisecond, nil) })
	eventually(t, "the line arrives", func() bool { return r.text(stdout) == "tick\n" })
}

// Many goroutines of several cells at once touch one variable and print, while
// others look on and cells are interrupted.
func TestConcurrentCells(t *testing.T) {
	n := newNotebook(t)
	const cells, each = 4, 2500
	var mu sync.Mutex
	sum := 0
	var cellsDone sync.WaitGroup
	done := make(chan struct{})
	var looking sync.WaitGroup
	looking.Go(func() {
		n.Leaks()
		for {
			select {
			case <-done:
				return
			case <-time.After(time.Millisecond):
				_ = report.Text(n.List())
			}
		}
	})
	texts := make([]*recorder, cells)
	for i := range cells {
		cellsDone.Go(func() {
			_, texts[i] = n.cell(func(g *G) {
				var wg sync.WaitGroup
				for range each {
					g.WaitGroupGo(&wg, at(1), "f", func(g *G) {
						g.Lock(&mu, at(2), nil)
						sum++
						g.Unlock(&mu)
						g.Print([]byte("line\n"))
					})
				}
				g.WaitGroupWait(&wg, at(3), nil)
			})
		})
	}
	for range 20 {
		e, _ := n.begin()
		time.AfterFunc(time.Millisecond, e.Interrupt)
		e.Run(t.Context(), func(g *G) {
			g.Lock(&mu, nil, nil)
			deferred(g, func() { g.Unlock(&mu) }, func() { g.Sleep(time.Hour, nil) })
		})
	}
	cellsDone.Wait()
	close(done)
	looking.Wait()
	if sum != cells*each {
		t.Errorf("sum is %d", sum)
	}
	for i, r := range texts {
		if got := len(r.text(stdout)); got != each*len("line\n") {
			t.Errorf("cell %d: %d bytes", i+1, got)
		}
	}
}
