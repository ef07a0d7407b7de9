//go:build amd64 || arm64

package goruntime

import (
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"
	"unsafe"
)

// MachineKnown reports whether machine code may be made here, if the fact holds. On
// macOS, memory that is executable takes functions of the C library.
const MachineKnown = runtime.GOOS == "linux"

//go:noescape
func enterMachine(code uintptr, c *MachineContext, mem unsafe.Pointer) uintptr

//go:noescape
func resumeMachine(code uintptr, c *MachineContext, sp uintptr) uintptr

// patientRounds is how often a loop may come to its end before that means that it does
// not notice: it takes a quarter of a second, in which a busy machine may have given no
// time to who asks.
const patientRounds = 8

// checkMachineCode has a loop of machine code run until it is asked to stop, which
// it must notice.
func checkMachineCode() error {
	if !MachineKnown {
		return nil
	}
	code, err := NewMachineCode(untilAsked)
	if err != nil {
		return err
	}
	defer code.Free()
	for range patientRounds {
		var left uintptr
		word := new([2]uint64)
		if left, err = askToLeave(code, word); err != nil {
			return err
		}
		switch left {
		case 0:
			continue
		case uintptr(unsafe.Pointer(word)) + 1:
			notices.Store(true)
			return nil
		}
		return fmt.Errorf("machine code came back with %#x", left)
	}
	return errors.New("a loop did not notice that it was to stop")
}

// askToLeave runs code on word, has everybody stopped until it leaves, and returns what
// it has left with.
func askToLeave(code *MachineCode, word *[2]uint64) (uintptr, error) {
	var over atomic.Bool
	left := make(chan uintptr, 1)
	var none error
	go func() {
		defer over.Store(true)
		c := PinMachine()
		if c == nil {
			none = errors.New("there is no stack for machine code")
			left <- 0
			return
		}
		r := CallMachine(code.Address(), c, unsafe.Pointer(word))
		UnpinMachine(c)
		left <- r
	}()
	var stats runtime.MemStats
	for !over.Load() {
		runtime.Gosched()            // to the loop, where there is one processor
		runtime.ReadMemStats(&stats) // stops everybody
	}
	return <-left, none
}

// notices says that machine code notices the runtime's request to stop, so that the word
// with it is known to be where it is looked for.
var notices atomic.Bool

// AskToStop asks a goroutine in machine code, by its [Self], to stop at its next look, as
// the runtime asks whoever has been running for 10 ms, or later if the machine is busy.
// Any other goroutine yields once more at most. It may have ended: the runtime keeps the
// records of goroutines.
func AskToStop(self uintptr) {
	if !notices.Load() || self == 0 {
		return
	}
	at := self + StackGuard
	guard := *(**uintptr)(unsafe.Pointer(&at)) // the collector knows the record by others
	atomic.StoreUintptr(guard, StackPreempt&(1<<64-1))
}
