//go:build !wasm

package goruntime

import (
	"errors"
	"fmt"
	"runtime"
	"unsafe"
)

// Where code has addresses, all slots are one assembly function: slotSize bytes
// of text and a word of contexts each, which is 512 kB of text and 256 kB of zeroed
// memory in all, of which the system loads what is used.
const (
	allSlots = 1 << 15
	slotSize = 16
)

// slots is the slots, one after the other. It is not for calling.
//
//lint:ignore U1000 The assembly function is used by its address.
func slots()

// slotBase is the address of slot 0, or 0 where there are none.
var slotBase uintptr

// slotAddr returns the address of slot i. It is no Go memory, so that turning
// a number into a pointer is in order.
func slotAddr(i int) unsafe.Pointer {
	addr := slotBase + uintptr(i)*slotSize
	return *(*unsafe.Pointer)(unsafe.Pointer(&addr))
}

// isSlot reports whether pc, the first word of a func value, is that of a slot.
func isSlot(pc uintptr) bool {
	return slotBase != 0 && pc-slotBase < allSlots*slotSize || isMore(pc)
}

// checkSlotCode looks for the first and the last slot where they should be.
func checkSlotCode() error {
	if slotBase == 0 {
		return fmt.Errorf("there are none for %s", runtime.GOARCH)
	}
	first, last := runtime.FuncForPC(slotBase), runtime.FuncForPC(slotBase+(allSlots-1)*slotSize)
	if slotBase%slotSize != 0 || first == nil || last == nil || first.Entry() != last.Entry() {
		return errors.New("they are not where the assembler should have put them")
	}
	return nil
}
