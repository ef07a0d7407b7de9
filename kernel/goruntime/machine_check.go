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
	var over atomic.Bool
	left := make(chan uintptr, 1)
	word := new([2]uint64)
	go func() {
		defer over.Store(true)
		c := PinMachine()
		if c == nil {
			left <- 0
			return
		}
		r := CallMachine(code.Address(), c, unsafe.Pointer(word))
		UnpinMachine(c)
		left <- r
	}()
	var stats runtime.MemStats
	for !over.Load() {
		runtime.ReadMemStats(&stats) // stops everybody
	}
	switch got := <-left; {
	case got == 0:
		return errors.New("a loop did not notice that it was to stop")
	case got != uintptr(unsafe.Pointer(word))+1:
		return fmt.Errorf("machine code came back with %#x", got)
	}
	return nil
}
