//go:build amd64 || arm64

package goruntime

import (
	"runtime"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"
)

// Who is asked to stop in machine code leaves it long before the runtime would ask, and
// who is not there, or has ended, goes on as ever.
func TestAskToStop(t *testing.T) {
	if !MachineKnown {
		t.Skip("machine code is made for Linux")
	}
	if err := checkMachineCode(); err != nil {
		t.Fatal(err)
	}
	code, err := NewMachineCode(untilAsked)
	if err != nil {
		t.Fatal(err)
	}
	defer code.Free()
	const rounds = 100
	began, slice := time.Now(), 10*time.Millisecond
	for range rounds {
		who, left := make(chan uintptr), make(chan bool)
		var inside atomic.Bool
		go func() {
			who <- Self()
			c := PinMachine()
			inside.Store(true)
			CallMachine(code.Address(), c, unsafe.Pointer(new([2]uint64)))
			UnpinMachine(c)
			close(left)
		}()
		self := <-who
		for !inside.Load() {
			runtime.Gosched()
		}
		for done := false; !done; {
			AskToStop(self)
			select {
			case <-left:
				done = true
			default:
				runtime.Gosched()
			}
		}
		AskToStop(self)
	}
	if took := time.Since(began); took > rounds*slice {
		t.Logf("it took %v, and by the runtime's own requests %v at least", took, rounds*slice)
	}
	AskToStop(Self())
	AskToStop(0)
	parked, wake := make(chan uintptr), make(chan bool)
	go func() { parked <- Self(); <-wake; parked <- Self() }()
	self := <-parked
	AskToStop(self)
	close(wake)
	if again := <-parked; again != self {
		t.Errorf("a goroutine that waited is %#x and was %#x", again, self)
	}
}
