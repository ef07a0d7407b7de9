package goruntime

import (
	"context"
	"errors"
	"reflect"
	"runtime"
	"sync"
	"testing"
	"time"
	"unsafe"
)

// What locks say while goroutines wait for them.
func TestSyncStateWaiting(t *testing.T) {
	var mu sync.Mutex
	var one, writer sync.RWMutex
	var wg sync.WaitGroup
	one.RLock()
	mu.Lock()
	writer.RLock()
	wg.Add(1)
	var over sync.WaitGroup
	over.Go(func() {
		mu.Lock()
		defer mu.Unlock()
	})
	over.Go(func() {
		writer.Lock()
		defer writer.Unlock()
	})
	over.Go(func() { wg.Wait() })
	for _, tt := range []struct {
		v    any
		want string
	}{
		{&mu, "*sync.Mutex, locked, 1 waiting"},
		{&one, "*sync.RWMutex, locked by 1 reader"},
		{&writer, "*sync.RWMutex, a writer has it or waits, 1 reading or waiting"},
		{&wg, "*sync.WaitGroup, counter 1, 1 waiting"},
	} {
		got := ""
		for end := time.Now().Add(time.Minute); got != tt.want && time.Now().Before(end); time.Sleep(time.Millisecond) {
			got, _ = SyncState(atOnce(reflect.ValueOf(tt.v)))
		}
		if got != tt.want {
			t.Errorf("it is %q, want %q", got, tt.want)
		}
	}
	mu.Unlock()
	writer.RUnlock()
	wg.Done()
	over.Wait()
}

// atOnce is a pointer to a copy of what v points at. Others change that meanwhile, and
// the race detector is not to know that somebody looks.
//
//go:norace
func atOnce(v reflect.Value) reflect.Value {
	c := reflect.New(v.Type().Elem())
	from, to := v.UnsafePointer(), c.UnsafePointer()
	for i := uintptr(0); i < c.Type().Elem().Size(); i += 4 {
		*(*uint32)(unsafe.Add(to, i)) = *(*uint32)(unsafe.Add(from, i))
	}
	return c
}

// A deadline passes when it is told to, and never for a context that is over.
func TestWithDeadline(t *testing.T) {
	cause := errors.New("too late")
	deadline := time.Unix(1, 0) // long ago, by the process's clock
	ctx, cancel, expire := WithDeadline(t.Context(), deadline, cause)
	defer cancel()
	if at, ok := ctx.Deadline(); !ok || !at.Equal(deadline) || ctx.Err() != nil {
		t.Errorf("the deadline is %v, and it ended with %v", at, ctx.Err())
	}
	expire()
	expire() // once more does nothing
	if !errors.Is(ctx.Err(), context.DeadlineExceeded) || context.Cause(ctx) != cause {
		t.Errorf("it ended with %v, because of %v", ctx.Err(), context.Cause(ctx))
	}
	parent, end := context.WithCancel(t.Context())
	end()
	ctx, cancel, expire = WithDeadline(parent, deadline, cause)
	defer cancel()
	expire()
	if !errors.Is(ctx.Err(), context.Canceled) {
		t.Errorf("of a parent that is over, it ended with %v", ctx.Err())
	}
}

func TestEmptyInterfaces(t *testing.T) {
	var err error
	if Eface(unsafe.Pointer(&err)) != nil {
		t.Error("no error is something")
	}
	err = &sampleError{"sample"}
	if e, ok := Eface(unsafe.Pointer(&err)).(*sampleError); !ok || e.Error() != "sample" {
		t.Errorf("the error is %v", e)
	}
	if TabFor(reflect.TypeFor[any](), reflect.TypeFor[int]()) != TypeWord(reflect.TypeFor[int]()) {
		t.Error("an empty interface has a method table")
	}
}

// There is a context for whoever asks, also where that of the processor has yet to be made
// when the goroutine, after it has made one, is on a processor that has none. That is rare,
// so contexts are taken away here.
func TestPinMachineMoved(t *testing.T) {
	if !MachineKnown {
		t.Skip("machine code is made for Linux, on amd64 and arm64")
	}
	const processors = 4
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
	var all sync.WaitGroup
	for range processors {
		all.Go(func() {
			for range 500 {
				for i := range processors {
					machines[i].Store(nil)
				}
				c := PinMachine()
				if c == nil {
					t.Error("there is none")
					return
				}
				UnpinMachine(c)
			}
		})
	}
	all.Wait()
}

// The stack of machine code is memory of the context's.
func TestMachineStack(t *testing.T) {
	if !MachineKnown {
		t.Skip("machine code is made for Linux, on amd64 and arm64")
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	c := PinMachine()
	if c == nil {
		t.Skip("there is no context for this processor")
	}
	sp := c.Top - 64
	*(*uintptr)(c.StackAt(sp, 8)) = 42
	got := c.StackWord(sp, 8)
	RecallStop()
	UnpinMachine(c)
	if got != 42 {
		t.Errorf("the word is %d", got)
	}
}
