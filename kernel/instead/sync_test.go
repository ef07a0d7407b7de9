package instead

import (
	"context"
	"errors"
	"io"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/sched"
)

// What waits for other goroutines is known to the scheduler: where nobody is there to end
// the wait, it is a deadlock.
func TestWaits(t *testing.T) {
	for name, wait := range map[string]func(c Caller){
		"for a lock": func(c Caller) {
			var mu sync.Mutex
			call(c, "(*sync.Mutex).Lock", &mu)
			call(c, "(*sync.Mutex).Lock", &mu)
		},
		"to write": func(c Caller) {
			var mu sync.RWMutex
			call(c, "(*sync.RWMutex).RLock", &mu)
			call(c, "(*sync.RWMutex).Lock", &mu)
		},
		"to read": func(c Caller) {
			var mu sync.RWMutex
			call(c, "(*sync.RWMutex).Lock", &mu)
			call(c, "(*sync.RWMutex).RLock", &mu)
		},
		"for others": func(c Caller) {
			var wg sync.WaitGroup
			call(c, "(*sync.WaitGroup).Add", &wg, 2)
			call(c, "(*sync.WaitGroup).Done", &wg)
			call(c, "(*sync.WaitGroup).Wait", &wg)
		},
		"for a signal": func(c Caller) {
			cond := sync.NewCond(new(sync.Mutex))
			call(c, "(*sync.Cond).Signal", cond) // to nobody
			call(c, "(*sync.Cond).Broadcast", cond)
			cond.L.Lock()
			call(c, "(*sync.Cond).Wait", cond)
		},
		"in a once of itself": func(c Caller) {
			var once sync.Once
			call(c, "(*sync.Once).Do", &once, func() { call(c, "(*sync.Once).Do", &once, func() {}) })
		},
		"for who writes": func(c Caller) {
			r, _ := io.Pipe()
			call(c, "(*io.PipeReader).Read", r, make([]byte, 1))
		},
		"for who reads": func(c Caller) {
			_, w := io.Pipe()
			call(c, "(*io.PipeWriter).Write", w, []byte("x"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if out := cell(t, nil, func(c Caller) { wait(c); t.Error("it goes on") }); out.Kind != sched.Deadlocked {
				t.Errorf("outcome %v", out.Kind)
			}
		})
	}
}

// Locks are free again when they are unlocked, and trying waits for nobody.
func TestTries(t *testing.T) {
	var mu sync.Mutex
	var rw sync.RWMutex
	out := cell(t, nil, func(c Caller) {
		tried := func(name string, lock any) bool {
			return reflect.ValueOf(functions[name]).Call([]reflect.Value{reflect.ValueOf(c), reflect.ValueOf(lock)})[0].Bool()
		}
		if !tried("(*sync.Mutex).TryLock", &mu) || tried("(*sync.Mutex).TryLock", &mu) {
			t.Error("a lock is not taken once")
		}
		one, two := tried("(*sync.RWMutex).TryRLock", &rw), tried("(*sync.RWMutex).TryRLock", &rw)
		if !one || !two || tried("(*sync.RWMutex).TryLock", &rw) {
			t.Error("a lock that is read is not so")
		}
		call(c, "(*sync.RWMutex).RUnlock", &rw)
		call(c, "(*sync.RWMutex).RUnlock", &rw)
		if !tried("(*sync.RWMutex).TryLock", &rw) || tried("(*sync.RWMutex).TryRLock", &rw) {
			t.Error("a lock that is written is not so")
		}
		call(c, "(*sync.RWMutex).Unlock", &rw)
		if !tried("(*sync.RWMutex).TryLock", &rw) {
			t.Error("it is not free again")
		}
	})
	if out.Kind != sched.Returned {
		t.Errorf("outcome %v", out.Kind)
	}
}

// While a timer or a context may wake somebody, nothing is a deadlock.
func TestMayWake(t *testing.T) {
	const soon = 5 * time.Millisecond
	cause := errors.New("the cause")
	ends := func(c Caller, name string, args ...any) func() bool {
		results, _ := call(c, name, append([]any{context.Background()}, args...)...)
		ctx := results[0].Interface().(context.Context)
		return func() bool { return ctx.Err() != nil && (len(args) == 1 || context.Cause(ctx) == cause) }
	}
	for name, start := range map[string]func(c Caller) (over func() bool){
		"context.WithTimeout":       func(c Caller) func() bool { return ends(c, "context.WithTimeout", soon) },
		"context.WithTimeoutCause":  func(c Caller) func() bool { return ends(c, "context.WithTimeoutCause", soon, cause) },
		"context.WithDeadline":      func(c Caller) func() bool { return ends(c, "context.WithDeadline", time.Now().Add(soon)) },
		"context.WithDeadlineCause": func(c Caller) func() bool { return ends(c, "context.WithDeadlineCause", time.Now().Add(soon), cause) },
		"a timer that is set again": func(c Caller) func() bool {
			var called atomic.Bool
			timer := time.AfterFunc(time.Hour, func() { called.Store(true) })
			call(c, "(*time.Timer).Reset", timer, soon)
			return called.Load
		},
		"a timer with a channel": func(c Caller) func() bool {
			timer := time.NewTimer(time.Hour)
			call(c, "(*time.Timer).Reset", timer, time.Duration(0))
			return func() bool { <-timer.C; return true }
		},
		"sleep": func(c Caller) func() bool {
			begun := time.Now()
			call(c, "time.Sleep", soon)
			return func() bool { return time.Since(begun) >= soon }
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var over func() bool
			var mu sync.Mutex
			out := cell(t, nil, func(c Caller) {
				over = start(c)
				call(c, "(*sync.Mutex).Lock", &mu)
				call(c, "(*sync.Mutex).Lock", &mu)
			})
			if out.Kind != sched.Deadlocked || !over() {
				t.Errorf("outcome %v, over: %t", out.Kind, over())
			}
		})
	}
}
