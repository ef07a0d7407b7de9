package goruntime

import (
	"errors"
	"reflect"
	"runtime"
	"strings"
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

type (
	named  struct{ n int }
	count  int
	lister []string
	keyed  map[string]int
	pipe   chan int
	caller func()
	named4 [4]int
	speaks interface{ Speak() }
)

func (named) Speak()  {}
func (named) Listen() {}
func (named) silent() {}
func (count) Speak()  {}
func (lister) Speak() {}
func (keyed) Speak()  {}
func (pipe) Speak()   {}
func (caller) Speak() {}
func (named4) Speak() {}

// What follows the descriptors of types is where their kind says.
func TestUncommon(t *testing.T) {
	named{}.silent()
	for _, tt := range []struct {
		typ  reflect.Type
		all  int // methods, -1 where there is no table
		said int // of them exported
	}{
		{reflect.TypeFor[named](), 3, 2}, {reflect.TypeFor[*named](), 3, 2}, {reflect.TypeFor[count](), 1, 1}, {reflect.TypeFor[lister](), 1, 1},
		{reflect.TypeFor[keyed](), 1, 1}, {reflect.TypeFor[pipe](), 1, 1}, {reflect.TypeFor[caller](), 1, 1}, {reflect.TypeFor[named4](), 1, 1},
		{reflect.TypeFor[speaks](), 0, 0}, {reflect.TypeFor[[]int](), -1, 0}, {reflect.TypeFor[func(int)](), -1, 0}, {reflect.TypeFor[struct{ a, b string }](), -1, 0},
	} {
		u := DescriptorOf(tt.typ).Uncommon()
		switch {
		case (u == nil) != (tt.all < 0):
			t.Errorf("%v has a table of methods: %v", tt.typ, u != nil)
		case u != nil && (int(u.Mcount) != tt.all || int(u.Xcount) != tt.said):
			t.Errorf("%v has %d methods, %d exported, want %d and %d", tt.typ, u.Mcount, u.Xcount, tt.all, tt.said)
		}
	}
}

// Who looks for one failure finds it in a refusal.
func TestFailuresAreFound(t *testing.T) {
	less, err := Check().Without("memory", "map-mark")
	if err != nil {
		t.Fatal(err)
	}
	refused := less.Direct()
	var f Failure
	if !errors.As(refused, &f) || f.Fact != Memory || !errors.Is(refused, errAsked) || f.Fact.String() != "memory" {
		t.Errorf("found %v in %v", f, refused)
	}
	if !Memory.Needed() || MapMark.Needed() {
		t.Error("memory is needed, and the mark of maps is for precision")
	}
	if !strings.Contains(f.Error(), f.Fact.Without()) {
		t.Errorf("it does not say what is lost: %v", f)
	}
}

// A function that reflect has made is told by its code, and leads to what it was given.
func TestMadeFunction(t *testing.T) {
	recv := new(bound)
	word := FuncWord(reflect.MakeFunc(reflect.TypeFor[func()](), recv.call))
	code, given := MadeFunction()
	if *(*uintptr)(word) != code {
		t.Errorf("the code is %#x, want %#x", *(*uintptr)(word), code)
	}
	if v := *(**MethodValue)(unsafe.Add(word, given)); v != MadeFrom(word) || v.Recv != unsafe.Pointer(recv) {
		t.Error("it does not lead to the method value")
	}
	if plain := FuncWord(reflect.ValueOf(TestMadeFunction)); MadeFrom(plain) != nil || IsReflected(plain) || MadeFrom(nil) != nil {
		t.Error("a plain function counts as made by reflect")
	}
}
