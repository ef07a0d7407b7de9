package goruntime

import (
	"errors"
	"reflect"
	"unsafe"
)

// A method's address in a type's method table must be code of its own, because
// a call through an interface passes nothing that tells one method of a type
// from another of the same signature. That code is a slot, an assembly
// function or a part of one: slot i loads the closure context register from
// contexts[i] and jumps to the code pointer in the context's first word, which is
// how every Go function value is called. A context is what reflect.MakeFunc
// returns.

// SlotCount is how many slots there are at first for methods, from 0. They are for
// the whole process: who gives them out sees to it that each is used once.
const SlotCount = allSlots - 1

// checkedSlot is the one more that the check uses.
const checkedSlot = SlotCount

// MoreSlots is the number of the first of the slots that [GrowSlots] makes.
const MoreSlots = allSlots

// contexts is read by the slots. It is also what keeps the functions alive:
// method tables and itabs hold their code addresses only.
var contexts [allSlots]unsafe.Pointer

// SetSlot makes slot i call fn and returns the slot's address as a text offset.
func SetSlot(i int, fn reflect.Value) (text int32) {
	if i >= MoreSlots {
		return AddReflectOff(setMore(i-MoreSlots, FuncWord(fn)))
	}
	contexts[i] = FuncWord(fn)
	return AddReflectOff(slotAddr(i))
}

// checkSlots looks for the first and the last slot where they should be, and
// calls the last.
func checkSlots() error {
	if err := checkSlotCode(); err != nil {
		return err
	}
	var got string
	f := func(p *int, text string, n float64) (string, int) {
		got = text
		return text[1:], *p + int(n)
	}
	contexts[checkedSlot] = *(*unsafe.Pointer)(unsafe.Pointer(&f))
	code := &struct{ pc, other unsafe.Pointer }{slotAddr(checkedSlot), nil}
	call := *(*func(*int, string, float64) (string, int))(unsafe.Pointer(&code))
	five := 5
	if rest, sum := call(&five, "text", 2); got != "text" || rest != "ext" || sum != 7 {
		return errors.New("one does not call what it was made to")
	}
	return nil
}
