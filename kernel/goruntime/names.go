package goruntime

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"time"
	"unsafe"
)

// Functions on the stack of a goroutine that waits, by which it shows for what.
const (
	FuncPark       = "runtime.gopark"
	FuncParkUnlock = "runtime.goparkunlock"
	FuncCoSwitch   = "runtime.coroswitch"
	FuncCoStart    = "runtime.corostart"
	FuncNoCases    = "runtime.block" // select {}
	FuncRecv       = "runtime.chanrecv"
	FuncSend       = "runtime.chansend"
	FuncSelect     = "runtime.selectgo"
	FuncSignals    = "os/signal.signal_recv"
	FuncSleep      = "time.Sleep"
)

// Prefixes of such functions.
const (
	FuncsRuntime   = "runtime."
	FuncsPoll      = "internal/poll."
	FuncsSync      = "sync."
	FuncsSyncInner = "internal/sync."
	FuncsWaitGroup = "sync.(*WaitGroup)"
	FuncsCond      = "sync.(*Cond)"
	FuncsRLock     = "sync.(*RWMutex).R"
	FuncsRWMutex   = "sync.(*RWMutex)"
	FuncsMutex     = "sync.(*Mutex)"
)

// checkNames has goroutines wait, one for each kind that can be ended at once, and
// reads their stacks. It looks until all of them wait.
func checkNames() error {
	var (
		values  = make(chan int)
		never   chan int
		release = make(chan struct{})
		mutex   sync.Mutex
		rw      sync.RWMutex
		group   sync.WaitGroup
		cond    = sync.NewCond(new(sync.Mutex))
		asked   bool
		all     sync.WaitGroup
	)
	waits := []struct {
		name string
		wait func()
	}{
		{FuncSend, func() { values <- 1 }},
		{FuncRecv, func() { <-release }},
		{FuncSelect, func() {
			select {
			case <-never:
			case <-release:
			}
		}},
		{FuncsMutex, func() { mutex.Lock(); defer mutex.Unlock() }},
		{FuncsRWMutex, func() { rw.Lock(); defer rw.Unlock() }},
		{FuncsRLock, func() { rw.RLock(); defer rw.RUnlock() }},
		{FuncsWaitGroup, func() { group.Wait() }},
		{FuncsCond, func() {
			cond.L.Lock()
			defer cond.L.Unlock()
			for !asked {
				cond.Wait()
			}
		}},
	}
	mutex.Lock()
	rw.Lock()
	group.Add(1)
	labels := make([]*LabelSet, len(waits))
	for i := range waits {
		labels[i] = &LabelSet{&Label{"wait", waits[i].name}, 1, 1}
		all.Go(func() {
			SetProfLabel(unsafe.Pointer(labels[i]))
			waits[i].wait()
		})
	}
	missing := func() string {
		size := runtime.NumGoroutine() + 64
		stacks, words := make([]StackRecord, size), make([]unsafe.Pointer, size)
		n, ok := GoroutineStacks(stacks, words)
		if !ok {
			return "any"
		}
		for i := range waits {
			if name := waits[i].name; !waitsIn(name, unsafe.Pointer(labels[i]), stacks[:n], words) {
				return name
			}
		}
		return ""
	}
	lacks := "any"
	for end := time.Now().Add(time.Second); lacks != "" && time.Now().Before(end); {
		for range 2 * len(waits) {
			runtime.Gosched()
		}
		lacks = missing()
	}
	close(release)
	<-values
	mutex.Unlock()
	rw.Unlock()
	group.Done()
	cond.L.Lock()
	asked = true
	cond.L.Unlock()
	cond.Broadcast()
	all.Wait()
	if lacks == "any" {
		return errors.New("there are no stacks")
	}
	if lacks != "" {
		return fmt.Errorf("no goroutine is seen to wait in %s", lacks)
	}
	return nil
}

// waitsIn reports whether the goroutine with a label waits in a function of that
// name.
func waitsIn(name string, label unsafe.Pointer, stacks []StackRecord, labels []unsafe.Pointer) bool {
	for i := range stacks {
		if labels[i] != label {
			continue
		}
		parked := false
		frames := runtime.CallersFrames(stacks[i].Stack)
		for {
			f, more := frames.Next()
			parked = parked || f.Function == FuncPark
			if parked && strings.HasPrefix(f.Function, name) {
				return true
			}
			if !more {
				break
			}
		}
	}
	return false
}
