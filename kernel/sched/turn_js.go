package sched

import (
	"runtime"
	"syscall/js"
	"time"
)

// In JavaScript all goroutines and JavaScript itself are on one thread, and the
// Go runtime hands it back only when every goroutine waits. So that messages come
// in while a cell computes, goroutines that compute wait now and then until
// JavaScript has had a turn.

const (
	// turnEvery is how long JavaScript waits at most while cells compute.
	turnEvery = 10 * time.Millisecond
	// turnMost is how long a goroutine waits for its turn to come back; others may
	// be running that do not let JavaScript in.
	turnMost = 5 * time.Millisecond
)

// turns says when JavaScript has its turn. There is one thread, so it needs no
// lock.
type turns struct {
	last int64         // nanotime of the end of the last one
	gate chan struct{} // closed when that which is waited for is over
	post func()        // has over called after what JavaScript has queued
}

// Turn lets other goroutines run and, where it is time for it, JavaScript.
func (g *G) Turn() {
	t := &g.exec.s.turns
	if t.gate == nil {
		if time.Duration(nanotime()-t.last) < turnEvery {
			runtime.Gosched()
			return
		}
		t.begin()
	}
	gate := t.gate
	late := time.NewTimer(turnMost)
	defer late.Stop()
	select {
	case <-gate:
	case <-late.C:
	}
}

// begin asks JavaScript for a call when it has done what is queued.
func (t *turns) begin() {
	if t.post == nil {
		t.post = poster(js.FuncOf(func(js.Value, []js.Value) any {
			t.over()
			return nil
		}))
	}
	t.gate = make(chan struct{})
	t.post()
}

func (t *turns) over() {
	if t.gate == nil {
		return
	}
	t.last = nanotime()
	close(t.gate)
	t.gate = nil
}

// poster returns a function that puts a call of f at the end of what is queued,
// without the delay that JavaScript's timers have.
func poster(f js.Func) func() {
	if now := js.Global().Get("setImmediate"); now.Type() == js.TypeFunction { // Node.js
		return func() { now.Invoke(f) }
	}
	channel := js.Global().Get("MessageChannel").New()
	channel.Get("port1").Set("onmessage", f)
	port := channel.Get("port2")
	return func() { port.Call("postMessage", js.Null()) }
}
