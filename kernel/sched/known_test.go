package sched

import (
	"io"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/sched/report"
)

// without is a notebook for a runtime of which less is known.
func without(t *testing.T, facts ...goruntime.Fact) *notebook {
	t.Helper()
	names := make([]string, len(facts))
	for i, f := range facts {
		names[i] = f.Name()
	}
	less, err := goruntime.Check().Without(names...)
	if err != nil {
		t.Fatal(err)
	}
	return newNotebookOn(t, less)
}

func TestWithoutWaitGroupCount(t *testing.T) {
	n := without(t, goruntime.WaitGroupCount)
	out, _ := n.cell(func(g *G) {
		var wg sync.WaitGroup
		done := 0
		for range 3 {
			g.WaitGroupGo(&wg, at(1), "f", func(g *G) { g.Sleep(time.Millisecond, nil) })
			done++
		}
		g.WaitGroupWait(&wg, at(2), nil)
		if goruntime.WaitCount(&wg) != 0 || done != 3 {
			t.Error("it did not wait")
		}
	})
	if out.Kind != Returned {
		t.Error(out.Kind)
	}
	var wg sync.WaitGroup // released below: native code cannot be stopped
	wg.Add(1)
	defer wg.Done()
	if out, _ := n.cell(func(g *G) { g.WaitGroupWait(&wg, at(3), nil) }); out.Kind != Deadlocked {
		t.Errorf("a wait group that is never done: %v", out.Kind)
	}
	n.interruptedWhen(func(g *G, ready func()) {
		ready()
		g.WaitGroupWait(&wg, at(4), nil)
	})
}

func TestWithoutOnceDone(t *testing.T) {
	n := without(t, goruntime.OnceDone)
	out, _ := n.cell(func(g *G) {
		var once sync.Once
		var wg sync.WaitGroup
		runs := 0
		for range 4 {
			g.WaitGroupGo(&wg, at(1), "f", func(g *G) {
				g.OnceDo(&once, func() { g.Sleep(time.Millisecond, nil); runs++ }, at(1), nil)
			})
		}
		g.WaitGroupWait(&wg, nil, nil)
		g.OnceDo(&once, func() { runs++ }, at(2), nil)
		if runs != 1 {
			t.Errorf("it ran %d times", runs)
		}
	})
	if out.Kind != Returned {
		t.Error(out.Kind)
	}
}

func TestWithoutTimers(t *testing.T) {
	n := without(t, goruntime.Timers)
	out, _ := n.cell(func(g *G) {
		Recv(g, make(chan int), at(1), &Site{Name: "ch", Type: "chan int"})
	})
	if out.Kind != Deadlocked {
		t.Errorf("nobody sends: %v", out.Kind)
	}
	out, _ = n.cell(func(g *G) {
		Recv(g, time.After(400*time.Millisecond), at(1), &Site{Name: "after", Type: "<-chan time.Time"})
	})
	if out.Kind != Returned {
		t.Errorf("a timer sends: %v", out.Kind)
	}
	out, _ = n.cell(func(g *G) {
		ch := make(chan int)
		n.AfterFunc(g, 400*time.Millisecond, at(1), "f", func(g *G) { Send(g, ch, 1, at(1), nil) })
		Recv(g, ch, at(1), &Site{Name: "ch", Type: "chan int"})
	})
	if out.Kind != Returned {
		t.Errorf("a timer's function sends: %v", out.Kind)
	}
}

// Where stacks cannot be had nothing is known of compiled code, and so nothing
// is said of deadlocks. The test keeps the channel, or the runtime's
// leak profile would know all the same.
func TestWithoutStacks(t *testing.T) {
	n := without(t, goruntime.Stacks)
	ch := make(chan int)
	n.interrupted(700*time.Millisecond, func(g *G) {
		if list := n.List(); len(list) != 1 || list[0].State != "running" {
			t.Errorf("%+v", list)
		}
		Recv(g, ch, at(1), nil)
	})
	runtime.KeepAlive(ch)
}

func TestWithoutQueues(t *testing.T) {
	n := without(t, goruntime.Queues)
	n.cell(func(g *G) {
		Go(g, at(1), "locked", func(g *G) { waits["mutex"](g, newSyncs()) })
		Go(g, at(2), "sender", func(g *G) { waits["sender"](g, newSyncs()) })
	})
	n.waiting(2)
	if r := n.Leaks(); r.Complete && (len(r.Leaked) != 1 || r.Leaked[0].Name != "sender") {
		t.Errorf("leaked:\n%s", report.Text(r.Leaked))
	}
}

// A pipe and an RLocker of which nothing is known are used as they are.
func TestWithoutPipesAndRLockers(t *testing.T) {
	n := without(t, goruntime.Pipes, goruntime.RLocker)
	out, _ := n.cell(func(g *G) {
		r, w := io.Pipe()
		var mu sync.RWMutex
		Go(g, at(1), "f", func(g *G) {
			g.LockLocker(mu.RLocker(), at(1), nil)
			defer g.UnlockLocker(mu.RLocker())
			if n, err := g.PipeWrite(w, []byte("text"), at(1), nil); n != 4 || err != nil {
				t.Error(n, err)
			}
		})
		b := make([]byte, 8)
		if n, err := g.PipeRead(r, b, at(2), nil); string(b[:n]) != "text" || err != nil {
			t.Error(b, err)
		}
		g.RWLock(&mu, at(3), nil)
		g.RWUnlock(&mu)
	})
	if out.Kind != Returned {
		t.Error(out.Kind)
	}
}
