package goruntime

import (
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"
	"unsafe"
)

// MachineKnown reports whether machine code may be made here, if the fact holds.
const MachineKnown = runtime.GOOS == "linux"

//go:noescape
func enterMachine(code uintptr, c *MachineContext, mem unsafe.Pointer) uintptr

//go:noescape
func resumeMachine(code uintptr, c *MachineContext, sp uintptr) uintptr

// checkMachineCode has a loop of machine code run until it is asked to stop, which
// it must notice.
func checkMachineCode() error {
	const rounds = 1 << 28
	code, err := NewMachineCode([]byte{
		0xb9, 0, 0, 0, rounds >> 24, // MOVL $rounds, CX
		0x31, 0xc0, // XORL AX, AX
		0x49, 0x81, 0x7e, StackGuard, 0xde, 0xfa, 0xff, 0xff, // CMPQ StackGuard(R14), $StackPreempt
		0x74, 0x05, // JEQ +5
		0xff, 0xc9, // DECL CX
		0x75, 0xf2, // JNE -14
		0xc3,                         // RET
		0x48, 0x8d, 0x43, 0x01, 0xc3, // LEAQ 1(BX), AX; RET
	})
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
