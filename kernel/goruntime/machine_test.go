package goruntime

import (
	"runtime"
	"sync/atomic"
	"testing"
	"unsafe"
)

func TestMachineCode(t *testing.T) {
	if !MachineKnown {
		t.Skip("machine code is made for Linux, on amd64 and arm64")
	}
	for _, procs := range []int{1, 2} {
		func() {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
			if err := checkMachineCode(); err != nil {
				t.Errorf("with %d processors: %v", procs, err)
			}
		}()
	}
}

// The flag is set while the garbage collector marks.
func TestBarrierFlag(t *testing.T) {
	addr := BarrierFlag()
	flag := *(**uint32)(unsafe.Pointer(&addr))
	if n := atomic.LoadUint32(flag); n > 1 {
		t.Fatalf("the flag is %#x", n)
	}
	keep := make([]*[1 << 10]byte, 1<<12)
	for i := range keep {
		keep[i] = new([1 << 10]byte)
	}
	var over, seen atomic.Bool
	watched := make(chan bool)
	go func() {
		defer close(watched)
		for !over.Load() {
			if atomic.LoadUint32(flag) == 1 {
				seen.Store(true)
			}
			runtime.Gosched()
		}
	}()
	for range 1000 {
		runtime.GC()
		if seen.Load() {
			break
		}
	}
	over.Store(true)
	<-watched
	runtime.KeepAlive(keep)
	if !seen.Load() {
		t.Error("it was never set")
	}
}
