package sched

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/sched/wait"
	"github.com/gosched/gosched/kernel/session"
)

// holder is a Controller that holds whoever is about to send until gate is closed.
type holder struct {
	gate    chan struct{}
	resumed int
	leaving bool
}

func (h *holder) Before(g *G, op *Op) {
	if op.Kind != OpSend {
		return
	}
	w := &Wait{Kind: wait.Send, Object: op.Object.Pointer(), Site: op.Site}
	if !g.Hold(w, h.gate, false) {
		g.Unwind()
	}
}

func (h *holder) Did(g *G, op *Op) {
	if op.Kind == OpEnd {
		h.leaving = g.Leaving()
	}
}

func (h *holder) Resume(*G)      { h.resumed++ }
func (h *holder) Accesses() bool { return false }

// held is a cell whose main goroutine is held before it sends.
func held(t *testing.T) (e *Execution, h *holder, told *teller, done chan Outcome, deferred *bool) {
	t.Helper()
	n := newNotebook(t)
	e, _ = n.begin()
	h, told, done, deferred = &holder{gate: make(chan struct{})}, &teller{}, make(chan Outcome, 1), new(bool)
	e.Observe(&Observation{Controller: h, Recorder: told})
	go func() {
		done <- e.Run(t.Context(), func(g *G) {
			deferredCall(g, deferred, func() { Transact(g, ints(make(chan int, 1), "ch", 2, 1), nil) })
		})
	}()
	eventually(t, "it is held", func() bool { return e.Main() != nil && e.Main().isBlocked() })
	return e, h, told, done, deferred
}

// deferredCall runs f with a deferred call that notes that it has run.
func deferredCall(g *G, ran *bool, f func()) {
	deferred(g, func() { *ran = true }, f)
}

// A goroutine that is held waits for all others to see until it is let go on.
func TestHold(t *testing.T) {
	e, h, told, done, _ := held(t)
	list := e.Goroutines()
	if len(list) != 1 || list[0].State != "chan send" || list[0].On[0].Name != "ch" || !e.Settled() {
		t.Errorf("others see %+v", list)
	}
	g := e.Main()
	w := &Wait{Kind: wait.Mutex, Object: nil, Site: named("mu", 3)}
	g.Held(w, false)
	g.Held(w, true)
	close(h.gate)
	if out := <-done; out.Kind != Returned || h.resumed == 0 || !h.leaving {
		t.Errorf("outcome %v; resumed %d times; leaving: %v", out.Kind, h.resumed, h.leaving)
	}
	want := []string{
		"0 begin", "0 block ch chan send @2", "0 block mu sync.Mutex.Lock @3", "0 unblock mu sync.Mutex.Lock @3",
		"0 unblock ch chan send @2", "0 send ch #0 1 @2",
	}
	if got := withoutEnds(told.told()); !slices.Equal(got, want) {
		t.Errorf("told\n%q, want\n%q", got, want)
	}
}

// Who controls an execution may end it.
func TestControllerEnds(t *testing.T) {
	for _, c := range []struct {
		name     string
		end      func(e *Execution)
		want     OutcomeKind
		deferred bool
	}{
		{"abort", func(e *Execution) { e.Abort(false) }, Interrupted, true},
		{"cut", func(e *Execution) { e.Abort(true) }, Interrupted, false},
		{"deadlock", func(e *Execution) { e.Deadlocked(false) }, Deadlocked, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, _, _, done, deferred := held(t)
			c.end(e)
			out := <-done
			if out.Kind != c.want || *deferred != c.deferred || (out.Deadlock != nil) != (c.want == Deadlocked) {
				t.Errorf("outcome %v, deferred call %v", out.Kind, *deferred)
			}
			if out.Deadlock != nil && (len(out.Deadlock.Blocked) != 1 || !out.Deadlock.Blocked[0].Main) {
				t.Errorf("deadlock %+v", out.Deadlock)
			}
		})
	}
}

func TestFail(t *testing.T) {
	n := newNotebook(t)
	f := &session.Failure{Name: "no", Value: "not so"}
	ran := false
	out, _ := n.cell(func(g *G) {
		Go(g, at(1), "child", func(g *G) {
			deferredCall(g, &ran, func() { g.Fail(f) })
			t.Error("it goes on")
		})
		Recv[int](g, nil, nil, nil)
	})
	if out.Kind != Panicked || out.Failure != f || out.G.Name() != "child" || !ran {
		t.Errorf("%+v; deferred call: %v", out, ran)
	}
}

// What a clock launches belongs to the execution, whoever starts it.
func TestLaunch(t *testing.T) {
	n := newNotebook(t)
	told := &teller{}
	out, _ := n.observed(&Observation{Recorder: told}, func(g *G) {
		ended := make(chan int)
		var begun *G
		launched := make(chan bool)
		go func() { // not one of the session's
			g.Launch(at(7), "timer", func(a *G) { begun = a }, func(a *G) {
				if a != begun || a.Execution() != g.Execution() || a.Parent() != g.Number() || a.Name() != "timer" ||
					a.Start() != at(7) || a.Main() || a.Native() || !a.Observed() {
					t.Errorf("launched %+v", a)
				}
				close(ended)
			})
			close(launched)
		}()
		<-launched
		Recv(g, ended, nil, nil)
		for g.exec.Live() > 1 {
			time.Sleep(time.Millisecond)
		}
	})
	if got := told.told(); out.Kind != Returned || !slices.Contains(got, "1 begin") || !slices.Contains(got, "1 end") {
		t.Errorf("outcome %v, told %q", out.Kind, got)
	}
}

// An execution is alone as long as nothing from outside could wake its goroutines.
func TestAlone(t *testing.T) {
	n := newNotebook(t)
	n.cell(func(g *G) {
		e := g.Execution()
		alone := func(want bool, when string) {
			t.Helper()
			if e.Alone() != want {
				t.Errorf("%s it is alone: %v", when, !want)
			}
		}
		alone(true, "first")
		n.SetOpenSubshells(1)
		alone(false, "with a subshell")
		n.SetOpenSubshells(0)
		other, _ := n.begin()
		end := make(chan int)
		other.Run(t.Context(), func(g *G) { Go(g, at(1), "other", func(g *G) { Recv(g, end, nil, nil) }) })
		alone(false, "beside another cell's goroutine")
		close(end)
		eventually(t, "the other ends", func() bool { return other.Live() == 0 })
		alone(true, "at last")
	})
}

// Goroutines that wait in compiled code are known by where they do.
func TestNatives(t *testing.T) {
	n := newNotebook(t)
	var mu sync.Mutex
	mu.Lock()
	n.cell(func(g *G) {
		Go(g, at(1), "child", func(*G) { mu.Lock() })
		eventually(t, "it waits", func() bool {
			for c, reason := range g.exec.Natives() {
				return c.Name() == "child" && strings.Contains(reason, "Mutex.Lock")
			}
			return false
		})
		mu.Unlock()
	})
}
