package goruntime

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"unsafe"
)

type (
	named  struct{ _ int }
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
	if code := MadeCode(); *(*uintptr)(word) != code {
		t.Errorf("the code is %#x, want %#x", *(*uintptr)(word), code)
	}
	if v := *(**MethodValue)(unsafe.Add(word, MadeGiven)); v != MadeFrom(word) || v.Recv != unsafe.Pointer(recv) {
		t.Error("it does not lead to the method value")
	}
	own := new(struct {
		Made
		other bound
	})
	own.Init(word, unsafe.Pointer(&own.other))
	word = unsafe.Pointer(own)
	if v := MadeFrom(word); unsafe.Pointer(v) != unsafe.Add(word, MadeMethod) || v.Recv != unsafe.Pointer(&own.other) {
		t.Error("one with a receiver of its own does not lead there")
	}
	if plain := FuncWord(reflect.ValueOf(TestMadeFunction)); MadeFrom(plain) != nil || IsReflected(plain) || MadeFrom(nil) != nil {
		t.Error("a plain function counts as made by reflect")
	}
}
