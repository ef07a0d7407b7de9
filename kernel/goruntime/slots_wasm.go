package goruntime

import (
	"errors"
	"runtime"
	"unsafe"
)

//go:generate go run ./internal/genslots -count 4096 slots_wasm.s

// In WebAssembly a code pointer is the number of a function and of a place in it
// to go on at, so that each slot is a function of its own.
const (
	allSlots = 4096
	slotSize = 16 // unused: no slots are made
)

// slotTable is the code pointers of the slots, in which they grow.
var slotTable [allSlots]unsafe.Pointer

func slotAddr(i int) unsafe.Pointer { return slotTable[i] }

// isSlot reports whether pc, the first word of a func value, is that of a slot.
func isSlot(pc uintptr) bool {
	return uintptr(slotTable[0]) <= pc && pc <= uintptr(slotTable[allSlots-1])
}

// checkSlotCode looks whether the slots are functions of their own, one after the
// other.
func checkSlotCode() error {
	const step = 1 << 16 // from one function to the next
	for i, p := range slotTable {
		pc := uintptr(p)
		if pc != uintptr(slotTable[0])+uintptr(i)*step || runtime.FuncForPC(pc) == nil {
			return errors.New("they are not the functions that the assembler should have made")
		}
	}
	return nil
}
