package memory

import (
	"errors"
	"reflect"
	"testing"
	"unsafe"
)

type pair struct {
	name string
	next *pair
}

// TestLayouts moves and clears a value of each class.
func TestLayouts(t *testing.T) {
	n := 7
	for _, test := range []struct {
		value any
		class Class
	}{
		{struct{}{}, ClassZero},
		{[0]string{}, ClassZero},
		{uint8(3), Class1},
		{true, Class1},
		{int16(-3), Class2},
		{[1]uint16{9}, Class2},
		{float32(1.5), Class4},
		{rune('x'), Class4},
		{-1, Class8},
		{struct{ a int64 }{5}, Class8},
		{[2]uint8{1, 2}, ClassBytes}, // not aligned as a word of two bytes is
		{complex(1, 2), ClassBytes},
		{[3]int{1, 2, 3}, ClassBytes},
		{&n, ClassPtr},
		{unsafe.Pointer(&n), ClassPtr},
		{map[string]int{"a": 1}, ClassPtr},
		{make(chan int), ClassPtr},
		{"text", ClassStr},
		{[]string{"a", "b"}, ClassSlice},
		{pair{"a", &pair{}}, ClassTyped},
		{[2]string{"a", "b"}, ClassTyped},
	} {
		rt := reflect.TypeOf(test.value)
		l := Of(rt)
		if l.Class != test.class || l.Size != rt.Size() {
			t.Errorf("%s: class %d, size %d; want class %d", rt, l.Class, l.Size, test.class)
		}
		src, dst := l.Alloc(), l.Alloc()
		l.Value(src).Set(reflect.ValueOf(test.value))
		l.Move(dst, src)
		if got := l.Value(dst).Interface(); !reflect.DeepEqual(got, test.value) {
			t.Errorf("%s: moved %v, got %v", rt, test.value, got)
		}
		l.Clear(dst)
		if !l.Value(dst).IsZero() {
			t.Errorf("%s: %v after it was cleared", rt, l.Value(dst))
		}
	}
}

func TestInterfaces(t *testing.T) {
	for _, rt := range []reflect.Type{reflect.TypeFor[any](), reflect.TypeFor[error]()} {
		l := Of(rt)
		if l.Class != ClassIface {
			t.Errorf("%s: class %d, want %d", rt, l.Class, ClassIface)
		}
		src, dst := l.Alloc(), l.Alloc()
		l.Value(src).Set(reflect.ValueOf(errors.New("x")))
		l.Move(dst, src)
		if l.Value(dst).Interface() != l.Value(src).Interface() {
			t.Errorf("%s: moved %v, got %v", rt, l.Value(src), l.Value(dst))
		}
		l.Clear(dst)
		if !l.Value(dst).IsNil() {
			t.Errorf("%s: %v after it was cleared", rt, l.Value(dst))
		}
	}
}

func TestAt(t *testing.T) {
	x := struct{ a, b int32 }{1, 2}
	*At[int32](unsafe.Pointer(&x), unsafe.Offsetof(x.b)) = 5
	if x.b != 5 {
		t.Errorf("b is %d, want 5", x.b)
	}
}
