package world

import (
	"context"
	"runtime"
	"testing"
	"time"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
)

func TestTimers(t *testing.T) {
	for _, readable := range []bool{true, false} {
		var w Wakers
		if w.Pending(readable) || w.CallsPending(readable) {
			t.Error("something is pending that is not there")
		}
		timer := time.AfterFunc(time.Hour, func() {})
		w.Timer(timer, time.Hour)
		if !w.Pending(readable) || !w.CallsPending(readable) {
			t.Error("a timer is not pending")
		}
		timer.Stop()
		if readable && w.Pending(readable) {
			t.Error("a timer that was stopped is pending")
		}
		runtime.KeepAlive(timer)
	}
	var w Wakers
	func() { w.Timer(time.NewTimer(time.Hour), 0) }()
	for end := time.Now().Add(30 * time.Second); len(w.funcs) > 0 && time.Now().Before(end); runtime.GC() {
		w.Forget()
	}
	if len(w.funcs) > 0 {
		t.Error("timers are kept in memory")
	}
	gone := time.NewTimer(time.Hour)
	w.Timer(gone, -2*time.Second)
	if w.Pending(false) {
		t.Error("where timers cannot be read, one that was due long ago is pending")
	}
	runtime.KeepAlive(gone)
}

func TestContexts(t *testing.T) {
	var w Wakers
	w.Context(context.Background())
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	w.Context(ctx)
	if !w.Pending(true) || w.CallsPending(true) || len(w.contexts) != 1 {
		t.Error("a context with a deadline is pending, and calls nothing")
	}
	cancel()
	if w.Pending(true) || len(w.contexts) != 0 {
		t.Error("a context that is over is kept")
	}
}

// What is over does not pile up, however many there are.
func TestManyAreOver(t *testing.T) {
	var w Wakers
	for range 10_000 {
		ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
		w.Context(ctx)
		cancel()
	}
	if len(w.contexts) > 1000 {
		t.Errorf("%d contexts are kept", len(w.contexts))
	}
}

func TestExternal(t *testing.T) {
	var w Wakers
	signals, other := make(chan int), make(chan int)
	if w.IsExternal(goruntime.ChanWord(signals)) {
		t.Error("nothing comes from outside yet")
	}
	w.External(goruntime.ChanWord(signals))
	if !w.IsExternal(goruntime.ChanWord(signals)) || w.IsExternal(goruntime.ChanWord(other)) || w.IsExternal(unsafe.Pointer(nil)) {
		t.Error("which channel the world outside sends on")
	}
	if w.Pending(true) {
		t.Error("a channel is no timer")
	}
}
