package sched

import (
	"runtime"
	"runtime/pprof"
	"strings"
	"testing"
	"time"
)

func needLeakProfile(t *testing.T) {
	t.Helper()
	if pprof.Lookup("goroutineleak") == nil {
		t.Skip("the runtime cannot tell: built without GOEXPERIMENT=goroutineleakprofile")
	}
	runtime.GC() // what other tests have left counts as in use until then, see lostHeap
}

// ticks is a goroutine that is alive and has nothing that others wait for.
func ticks(g *G) {
	for {
		g.Sleep(20*time.Millisecond, nil)
	}
}

// A cell that waits for what nobody else has fails although a goroutine of an
// earlier cell is alive.
func TestContract12_Lost(t *testing.T) {
	needLeakProfile(t)
	n := newNotebook(t)
	n.cell(func(g *G) { Go(g, at(1), "ticker", ticks) })
	out, _ := n.cell(func(g *G) {
		ch := make(chan int)
		Go(g, at(2), "sender", func(g *G) { Send(g, ch, 1, at(3), nil) })
		Recv(g, ch, at(4), nil)
		mine := make(chan int)
		Recv(g, mine, at(5), nil)
	})
	if out.Kind != Deadlocked || !out.Deadlock.Lost || len(out.Deadlock.Blocked) != 1 || out.Deadlock.Blocked[0].At[0] != at(5) {
		t.Fatalf("%v %+v", out.Kind, out.Deadlock)
	}
	if n.Count() != 1 {
		t.Errorf("%d goroutines are left, want the ticker", n.Count())
	}
}

// It is told once, and goes on, if goroutines of its own are alive.
func TestContract12_LostBesideItsOwn(t *testing.T) {
	needLeakProfile(t)
	n := newNotebook(t)
	e, r := n.begin()
	done := make(chan Outcome, 1)
	go func() {
		done <- e.Run(t.Context(), func(g *G) {
			Go(g, at(1), "ticker", ticks)
			Recv(g, make(chan int), at(2), nil)
		})
	}()
	eventually(t, "it is told", func() bool { return strings.Contains(r.text("stderr"), "can never go on") })
	if text := r.text("stderr"); !strings.Contains(text, "goroutine 1 [chan receive]") {
		t.Errorf("told %q", text)
	}
	e.Interrupt()
	if out := <-done; out.Kind != Interrupted {
		t.Errorf("it ended as %v", out.Kind)
	}
}

// A cell that somebody may still wake is left alone.
func TestContract12_NotLost(t *testing.T) {
	needLeakProfile(t)
	n := newNotebook(t)
	out, r := n.cell(func(g *G) {
		ch := make(chan int)
		Go(g, at(1), "late", func(g *G) {
			g.Sleep(2*lostAfter, nil)
			Send(g, ch, 1, at(2), nil)
		})
		Recv(g, ch, at(3), nil)
	})
	if out.Kind != Returned || r.text("stderr") != "" {
		t.Errorf("%v %q", out.Kind, r.text("stderr"))
	}
}
