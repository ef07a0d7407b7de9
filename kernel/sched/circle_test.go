package sched

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

// both takes two locks, one after the other has been taken by somebody else.
func both(g *G, first, second *sync.Mutex, name string, ready *sync.WaitGroup) {
	g.Lock(first, at(1), nil)
	ready.Done()
	ready.Wait()
	g.Lock(second, at(2), &Site{Name: name, Type: "sync.Mutex"})
	g.Unlock(second)
	g.Unlock(first)
}

// A circle of locks is told while others go on: it fails the cell whose main
// goroutine is in it.
func TestContract12_Circle(t *testing.T) {
	n := newNotebook(t)
	var a, b sync.Mutex
	var ready sync.WaitGroup
	ready.Add(2)
	start := time.Now()
	delays := machineDelays()
	out, _ := n.cell(func(g *G) {
		Go(g, at(1), "busy", spin)
		Go(g, at(2), "other", func(g *G) { both(g, &b, &a, "a", &ready) })
		both(g, &a, &b, "b", &ready)
	})
	if took := time.Since(start) - delays(); took > time.Second {
		t.Errorf("it took %v", took)
	}
	if out.Kind != Deadlocked {
		t.Fatal(out.Kind)
	}
	want := `fatal error: goroutines 1 and 3 wait for each other's locks - deadlock!

goroutine 1 [sync.Mutex.Lock] on b (sync.Mutex), held by goroutine 3, cell 1:
    f, cell 1 line 2

goroutine 3 [sync.Mutex.Lock] on a (sync.Mutex), held by goroutine 1, started by cell 1:
    f, cell 1 line 2`
	if got := strings.Join(out.Deadlock.Lines(), "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// One among goroutines of a cell that has ended, or whose main goroutine goes on,
// is told in that cell.
func TestContract12_CircleInTheBackground(t *testing.T) {
	n := newNotebook(t)
	const philosophers = 5
	var forks [philosophers]sync.Mutex
	var ready sync.WaitGroup
	ready.Add(philosophers)
	out, r := n.cell(func(g *G) {
		for i := range philosophers {
			next := (i + 1) % philosophers
			Go(g, at(1), "philosopher", func(g *G) { both(g, &forks[i], &forks[next], fmt.Sprintf("forks[%d]", next), &ready) })
		}
	})
	if out.Kind != Returned {
		t.Fatal(out.Kind)
	}
	eventually(t, "it is told", func() bool { return r.text("stderr") != "" })
	text := r.text("stderr")
	for _, want := range []string{
		"deadlock: goroutines 2, 3, 4, 5 and 6 wait for each other's locks and can never go on\n",
		"goroutine 2 [sync.Mutex.Lock] on forks[1] (sync.Mutex), held by goroutine 3, started by cell 1:\n",
		"goroutine 6 [sync.Mutex.Lock] on forks[0] (sync.Mutex), held by goroutine 2, started by cell 1:\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	time.Sleep(3 * circlePause)
	if again := r.text("stderr"); again != text {
		t.Errorf("told again:\n%s", again)
	}
}

// A reader that comes back while a writer waits for it.
func TestContract12_CircleOfReaders(t *testing.T) {
	n := newNotebook(t)
	var rw sync.RWMutex
	out, _ := n.cell(func(g *G) {
		Go(g, at(1), "busy", spin)
		g.RLock(&rw, at(1), nil)
		Go(g, at(2), "writer", func(g *G) { g.RWLock(&rw, at(2), nil) })
		g.Sleep(10*time.Millisecond, nil)
		g.RLock(&rw, at(3), nil)
	})
	if out.Kind != Deadlocked || !out.Deadlock.Circle {
		t.Errorf("%v %v", out.Kind, out.Deadlock)
	}
}

// No circle: someone may still release a lock.
func TestContract12_NoCircle(t *testing.T) {
	for name, cell := range map[string]func(g *G){
		"a mutex as a signal": func(g *G) {
			var mu sync.Mutex
			g.Lock(&mu, at(1), nil)
			Go(g, at(2), "other", func(g *G) { g.Sleep(400*time.Millisecond, nil); g.Unlock(&mu) })
			g.Lock(&mu, at(3), nil)
		},
		"signals to and fro": func(g *G) {
			var ping, pong sync.Mutex
			g.Lock(&ping, at(1), nil)
			g.Lock(&pong, at(1), nil)
			Go(g, at(2), "other", func(g *G) {
				for range 3 {
					g.Lock(&ping, at(3), nil)
					g.Sleep(200*time.Millisecond, nil)
					g.Unlock(&pong)
				}
			})
			for range 3 {
				g.Unlock(&ping)
				g.Lock(&pong, at(4), nil)
			}
		},
		"a chain whose end sleeps": func(g *G) {
			var a, b sync.Mutex
			Go(g, at(1), "sleeper", func(g *G) {
				g.Lock(&a, at(1), nil)
				g.Sleep(400*time.Millisecond, nil)
				g.Unlock(&a)
			})
			g.Sleep(10*time.Millisecond, nil)
			Go(g, at(2), "middle", func(g *G) { g.Lock(&b, at(2), nil); g.Lock(&a, at(3), nil); g.Unlock(&a); g.Unlock(&b) })
			g.Sleep(10*time.Millisecond, nil)
			g.Lock(&b, at(4), nil)
		},
		"a timer that releases": func(g *G) {
			var a, b sync.Mutex
			var ready sync.WaitGroup
			ready.Add(2)
			Go(g, at(2), "other", func(g *G) { both(g, &b, &a, "a", &ready) })
			g.Lock(&a, at(1), nil)
			g.Scheduler().AfterFunc(g, 400*time.Millisecond, at(3), "f", func(g *G) { g.Unlock(&a) })
			ready.Done()
			ready.Wait()
			g.Lock(&b, at(2), nil)
		},
		"compiled code that releases": func(g *G) {
			var a, b sync.Mutex
			var ready sync.WaitGroup
			ready.Add(2)
			a.Lock()
			g.Unlock(&a) // so who has it is not known
			g.Lock(&a, at(1), nil)
			Go(g, at(2), "other", func(g *G) { both(g, &b, &a, "a", &ready) })
			time.AfterFunc(400*time.Millisecond, func() { a.Unlock() })
			ready.Done()
			ready.Wait()
			g.Lock(&b, at(2), nil)
		},
	} {
		t.Run(name, func(t *testing.T) {
			n := newNotebook(t)
			out, r := n.cell(func(g *G) {
				Go(g, at(9), "alive", func(g *G) { g.Sleep(time.Hour, nil) })
				cell(g)
			})
			if out.Kind != Returned || r.text("stderr") != "" {
				t.Errorf("%v %v\n%s", out.Kind, out.Deadlock, r.text("stderr"))
			}
		})
	}
}

func TestHoldings(t *testing.T) {
	n := newNotebook(t)
	n.cell(func(g *G) {
		var mus [12]sync.Mutex
		var rw sync.RWMutex
		for i := range mus {
			g.Lock(&mus[i], nil, nil)
		}
		g.RLock(&rw, nil, nil)
		g.RLock(&rw, nil, nil)
		if got := len(g.held.All()); got != 14 {
			t.Errorf("it has %d", got)
		}
		for _, i := range []int{3, 0, 11, 5, 1, 2, 10, 4, 6, 9, 8, 7} {
			g.Unlock(&mus[i])
		}
		g.RUnlock(&rw)
		if got := g.held.All(); len(got) != 1 {
			t.Errorf("it has %v", got)
		}
		g.RUnlock(&rw)
		if !g.TryLock(&mus[0]) || g.TryLock(&mus[0]) || !g.TryRWLock(&rw) || g.TryRLock(&rw) || len(g.held.All()) != 2 {
			t.Error("trying")
		}
		g.Unlock(&mus[0])
		g.RWUnlock(&rw)
		if g.held.All() != nil {
			t.Errorf("it has %v", g.held.All())
		}
	})
}
