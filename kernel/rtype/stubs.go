package rtype

import (
	"fmt"
	"reflect"
	"sync"
	"unsafe"
)

// A method's address in a type's method table must be code of its own, because
// a call through an interface passes nothing that tells one method of a type
// from another of the same signature. That code is a slot in an assembly
// function: slot i loads the closure context register from contexts[i] and
// jumps to the code pointer in the context's first word, which is how every Go
// function value is called. A context is what reflect.MakeFunc returns.
//
// A slot is stubSize bytes of text and a word of contexts: 512 kB of text and
// 256 kB of zeroed memory in all, of which the system loads what is used.
const (
	stubCount = 1 << 15
	stubSize  = 16
)

// contexts is read by the slots. It is also what keeps the functions alive:
// method tables and itabs hold their code addresses only.
var contexts [stubCount]unsafe.Pointer

// stubs is the slots, one after the other. It is not for calling.
//
//lint:ignore U1000 The assembly function is used by its address.
func stubs()

// stubBase is the address of slot 0.
var stubBase uintptr

var slots struct {
	mu   sync.Mutex
	used int
}

// reserveSlots takes n slots, for ever, and returns the number of the first.
func reserveSlots(n int) (int, error) {
	slots.mu.Lock()
	defer slots.mu.Unlock()
	if n > stubCount-slots.used {
		return 0, fmt.Errorf("there is room for %d methods in one session, and %d are taken: "+
			"restart the kernel to declare more types with methods", stubCount, slots.used)
	}
	first := slots.used
	slots.used += n
	return first, nil
}

// setSlot makes slot i call fn and returns the slot's address as a text offset.
func setSlot(i int, fn reflect.Value) int32 {
	contexts[i] = funcContext(fn)
	return addReflectOff(slotAddr(i))
}

// slotAddr returns the address of slot i. It is no Go memory, so that turning
// a number into a pointer is in order.
func slotAddr(i int) unsafe.Pointer {
	addr := stubBase + uintptr(i)*stubSize
	return *(*unsafe.Pointer)(unsafe.Pointer(&addr))
}

// funcContext returns the closure behind a func value: a func is one pointer,
// which an interface holds as it is.
func funcContext(fn reflect.Value) unsafe.Pointer {
	v := fn.Interface()
	return (*ifaceWords)(unsafe.Pointer(&v)).data
}

// IsMethodCode reports whether pc, the first word of a func value, is that of
// a method that this package has made.
func IsMethodCode(pc uintptr) bool {
	return pc-stubBase < stubCount*stubSize
}
