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
	// turnEvery is how long JavaScript waits while cells compute.
	turnEvery = 10 * time.Millisecond
	// turnMost is how long a goroutine waits for its turn to come back; others may
	// be running that do not let JavaScript in.
	turnMost = 5 * time.Millisecond
	// turnAmong is how long other goroutines wait.
	turnAmong = time.Millisecond
)

// How many loops and calls a goroutine makes until it looks at the time. They take
// nanoseconds, or milliseconds if they call compiled code.
const (
	fewLoops  = 16
	mostLoops = 512
)

// turns says who has had a turn. There is one thread, so it needs no lock.
type turns struct {
	last  int64         // nanotime of the end of JavaScript's last one
	among int64         // nanotime of when a goroutine let others run
	gate  chan struct{} // closed when that which is waited for is over
	post  func()        // has over called after what JavaScript has queued
}

// Turn lets other goroutines run and JavaScript, if it is time for it. It is given how
// many loops and calls g has made, or 0, and returns after how many it wants to be
// called again.
func (g *G) Turn(loops int32) int32 {
	t := &g.exec.s.turns
	now := nanotime()
	late := time.Duration(now - t.last)
	switch {
	case t.gate != nil:
		t.await()
	case late >= turnEvery:
		t.begin()
		t.await()
	case time.Duration(now-t.among) >= turnAmong:
		t.among = now
		runtime.Gosched()
	}
	return pace(loops, late)
}

// pace returns how many loops and calls a goroutine is to make that has made loops,
// by how long JavaScript was waiting in the end.
func pace(loops int32, late time.Duration) int32 {
	switch {
	case loops == 0:
		return fewLoops
	case late > 2*turnEvery:
		return max(1, int32(int64(loops)*int64(turnEvery)/int64(late)))
	case late < turnEvery/2:
		return min(2*loops, mostLoops)
	}
	return loops
}

// await waits until JavaScript has had its turn.
func (t *turns) await() {
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
