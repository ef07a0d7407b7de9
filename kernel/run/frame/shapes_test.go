package frame

import (
	"reflect"
	"runtime"
	"testing"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/run/memory"
)

// To the garbage collector a frame is what a struct with its slots is.
func TestDescribed(t *testing.T) {
	pointer := func(d *goruntime.Type, word uintptr) bool {
		return *(*byte)(unsafe.Add(unsafe.Pointer(d.GCData), word/8))>>(word%8)&1 != 0
	}
	for _, key := range []ShapeKey{
		{}, {s: 3}, {p: 1}, {g: 1}, {l: 1, s: 1}, {i: 2}, {p: 3, g: 2, l: 1, i: 1, s: 4}, {p: 32, g: 16, s: 1}, {p: 16, l: 32}, {g: 32, i: 24},
	} {
		want := reflect.StructOf(key.fields())
		typ := key.described(want.Size())
		if typ == nil {
			continue // Go's limit
		}
		got, is := goruntime.DescriptorOf(typ), goruntime.DescriptorOf(want)
		if got.Size_ != is.Size_ || got.PtrBytes != is.PtrBytes || got.Align_ != max(is.Align_, wordSize) || typ.String() != "frame" {
			t.Errorf("%v: %s has %d bytes, %d of them with pointers, want %d and %d", key, typ, got.Size_, got.PtrBytes, is.Size_, is.PtrBytes)
			continue
		}
		for w := range got.PtrBytes / wordSize {
			if pointer(got, w) != pointer(is, w) {
				t.Errorf("%v: word %d is a pointer: %t", key, w, pointer(got, w))
			}
		}
	}
	if typ := (ShapeKey{p: goruntime.MaxPtrmaskBytes*8 + 1}).described(goruntime.MaxPtrmaskBytes*64 + 8); typ != nil {
		t.Errorf("there is a mask of more than %d bytes", goruntime.MaxPtrmaskBytes)
	}
}

// What the slots of a frame refer to is kept, and nothing else in it is taken for a
// reference.
func TestFramesKeep(t *testing.T) {
	var sh Shapes
	var l Slots
	ptr, text := l.Want(memory.Of(reflect.TypeFor[*int]()), false), l.Want(memory.Of(reflect.TypeFor[string]()), false)
	list, number := l.Want(memory.Of(reflect.TypeFor[[]int]()), false), l.Want(memory.Of(reflect.TypeFor[uint64]()), false)
	shape := l.Finish(&sh)
	frames := make([]unsafe.Pointer, 100)
	for i := range frames {
		mem := goruntime.New(shape.Word)
		n := i
		*(**int)(unsafe.Add(mem, ptr.Off)) = &n
		*(*string)(unsafe.Add(mem, text.Off)) = string(rune('a' + i%26))
		*(*[]int)(unsafe.Add(mem, list.Off)) = []int{i, i}
		*(*uint64)(unsafe.Add(mem, number.Off)) = 0xc000000001
		frames[i] = mem
	}
	for range 3 {
		runtime.GC()
		_ = make([][]int, 1000)
	}
	for i, mem := range frames {
		if got := **(**int)(unsafe.Add(mem, ptr.Off)); got != i {
			t.Fatalf("frame %d has %d", i, got)
		}
		if got := *(*[]int)(unsafe.Add(mem, list.Off)); got[1] != i {
			t.Fatalf("frame %d has %v", i, got)
		}
		if got := *(*string)(unsafe.Add(mem, text.Off)); got != string(rune('a'+i%26)) {
			t.Fatalf("frame %d has %q", i, got)
		}
	}
}
