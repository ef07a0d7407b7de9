package sched

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/session"
)

// Names of the streams.
const stdout, stderr = session.Stdout, session.Stderr

// recorder is a sink that remembers.
type recorder struct {
	mu     sync.Mutex
	events []session.Event
}

func (r *recorder) Emit(ev session.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, ev)
}

func (r *recorder) Input(context.Context, string, bool) (string, error) { return "", io.EOF }

// text returns what was written to a stream so far.
func (r *recorder) text(name string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var b strings.Builder
	for _, ev := range r.events {
		if s, ok := ev.(session.Stream); ok && s.Name == name {
			b.WriteString(s.Text)
		}
	}
	return b.String()
}

func (r *recorder) failures() []*session.Failure {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []*session.Failure
	for _, ev := range r.events {
		if f, ok := ev.(*session.Failure); ok {
			all = append(all, f)
		}
	}
	return all
}

// notebook runs functions as cells.
type notebook struct {
	*Scheduler
	t     testing.TB
	mu    sync.Mutex
	cells int
	most  time.Duration // an interrupt may take, if not the usual 100 ms
}

func newNotebook(t testing.TB) *notebook { return newNotebookOn(t, nil) }

func newNotebookOn(t testing.TB, facts *goruntime.Facts) *notebook {
	n := &notebook{t: t}
	n.Scheduler = New(Config{Facts: facts, Failure: func(g *G, v any) *session.Failure {
		return &session.Failure{Name: "panic", Value: fmt.Sprint(v)}
	}})
	t.Cleanup(func() {
		n.Close()
		eventually(t, "all goroutines end", func() bool { return n.Count() == 0 })
	})
	return n
}

func (n *notebook) begin() (*Execution, *recorder) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.cells++
	r := new(recorder)
	return n.Begin(session.Cell{ID: fmt.Sprint(n.cells), Number: n.cells}, r), r
}

// patient is how long tests wait for what is to happen at once: machines may be busy.
const patient = 2 * time.Minute

// cell runs fn as the next cell.
func (n *notebook) cell(fn func(g *G)) (Outcome, *recorder) {
	n.t.Helper()
	e, r := n.begin()
	ctx, cancel := context.WithTimeout(context.Background(), patient)
	defer cancel()
	out := e.Run(ctx, fn)
	if ctx.Err() != nil {
		n.t.Error("cell did not end by itself")
	}
	return out, r
}

// interrupted runs fn as the next cell, interrupts it after d, and checks that
// this took 100 ms at most.
func (n *notebook) interrupted(d time.Duration, fn func(g *G)) Outcome {
	n.t.Helper()
	return n.interruptedWhen(func(g *G, ready func()) {
		time.AfterFunc(d, ready)
		fn(g)
	})
}

// interruptedWhen is interrupted, 10 ms after fn has called ready.
func (n *notebook) interruptedWhen(fn func(g *G, ready func())) Outcome {
	n.t.Helper()
	e, _ := n.begin()
	var asked time.Time
	var delays func() time.Duration
	out := e.Run(context.Background(), func(g *G) {
		fn(g, func() {
			time.AfterFunc(10*time.Millisecond, func() {
				asked, delays = time.Now(), machineDelays()
				e.Interrupt()
			})
		})
	})
	if delays == nil {
		n.t.Fatalf("it ended by itself: %v", out.Kind)
	}
	took := time.Since(asked)
	if took -= delays(); took > max(n.most, 100*time.Millisecond) {
		n.t.Errorf("interrupt took %v", took)
	}
	if out.Kind != Interrupted {
		n.t.Errorf("outcome is %v, want interrupted", out.Kind)
	}
	return out
}

// machineDelays measures, until the returned function is called, by how much a busy
// machine delays what is due at once, one after the other: what takes several steps may
// be delayed at each. Times are judged without that.
func machineDelays() func() time.Duration {
	const every = 5 * time.Millisecond
	stop, all := make(chan time.Time, 1), make(chan time.Duration)
	go func() {
		var late time.Duration
		for {
			start := time.Now()
			select {
			case end := <-stop:
				all <- late + max(0, end.Sub(start)-every)
				return
			case <-time.After(every):
				late += time.Since(start) - every
			}
		}
	}()
	return func() time.Duration { stop <- time.Now(); return <-all }
}

func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patient); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Errorf("never happened: %s", what)
			return
		}
	}
}

// spin is an interpreted endless loop.
func spin(g *G) {
	for {
		if g.ShouldStop() {
			g.Unwind()
		}
	}
}

// deferred runs f as the engine runs a deferred call of an interpreted
// function: body's panics and stops go on afterwards.
func deferred(g *G, f, body func()) {
	defer func() {
		if g.ShouldStop() {
			if !g.EnterDeferred() {
				return
			}
			defer g.LeaveDeferred()
		}
		f()
	}()
	body()
}

// settleGoroutines waits until no more native goroutines exist than limit.
func settleGoroutines(t testing.TB, limit int) {
	t.Helper()
	eventually(t, fmt.Sprintf("at most %d native goroutines", limit), func() bool {
		return runtime.NumGoroutine() <= limit
	})
}

func at(line int) Place { return Place{Func: "f", Cell: 1, Line: line} }

// sendOn and receiveFrom are cases of a select.
func sendOn[T any](ch chan T, v T) Comm {
	p := new(T)
	*p = v
	return Comm{Send: true, Chan: ChanPointer(ch), Val: unsafe.Pointer(p), Size: unsafe.Sizeof(v)}
}

func receiveFrom[T any](ch <-chan T) Comm { return Comm{Chan: ChanPointer(ch)} }
