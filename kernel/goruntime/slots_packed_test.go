//go:build !wasm

package goruntime

import (
	"reflect"
	"runtime"
	"testing"
	"unsafe"
)

// funcAt is a function value whose code is at an address.
func funcAt(addr unsafe.Pointer) func(*int, string, float64) (string, int) {
	code := &struct{ pc, other unsafe.Pointer }{addr, nil}
	return *(*func(*int, string, float64) (string, int))(unsafe.Pointer(&code))
}

// Slots call what they were made to, those that are made when they are needed, too.
func TestSlots(t *testing.T) {
	if slotBase == 0 {
		t.Skip("there are no slots here")
	}
	calls := func(at unsafe.Pointer, n int) {
		t.Helper()
		five := 5
		if rest, sum := funcAt(at)(&five, "text", 2); rest != "ext" || sum != 7+n {
			t.Errorf("slot %d gives %q and %d", n, rest, sum)
		}
		if f := funcAt(at); !IsReflected(*(*unsafe.Pointer)(unsafe.Pointer(&f))) {
			t.Errorf("slot %d is not known as one", n)
		}
	}
	fn := func(n int) reflect.Value {
		return reflect.ValueOf(func(p *int, text string, x float64) (string, int) { return text[1:], *p + int(x) + n })
	}
	SetSlot(checkedSlot, fn(1))
	calls(slotAddr(checkedSlot), 1)
	SetSlot(checkedSlot, fn(2))
	calls(slotAddr(checkedSlot), 2)
	if !SlotsGrow {
		if GrowSlots(MoreSlots+1) == nil {
			t.Error("slots are made where they cannot be")
		}
		return
	}
	const more = moreBlock + 10 // of the second block
	for range 2 {               // the second time they are there
		if err := GrowSlots(MoreSlots + more + 1); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(moreBlocks()); n != 2 {
		t.Errorf("there are %d blocks", n)
	}
	for i, n := range []int{0, moreBlock - 1, more} {
		SetSlot(MoreSlots+n, fn(i))
		calls(setMore(n, FuncWord(fn(i))), i)
	}
	runtime.GC() // what the slots call is kept
	calls(setMore(0, FuncWord(fn(3))), 3)
	if last := moreBlocks()[1]; isMore(last.code+moreBlock*slotSize) && isMore(last.code-1) {
		t.Error("what is beside the slots is one")
	}
}
