package goruntime

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unsafe"
)

// A function is called in the same way whatever pointer, integer or string types
// it is declared with, so one Go function type stands for all of a signature: p
// pointer, i 8-byte integer, u 4 bytes, b 1 byte, f float64, s string, e
// interface.

// Signature returns how a function of type t is called: a letter for each
// parameter, ">", and one for each result; ? is one that there is no letter for.
func Signature(t reflect.Type) string {
	var b strings.Builder
	for in := range t.Ins() {
		b.WriteByte(letter(in))
	}
	b.WriteByte('>')
	for out := range t.Outs() {
		b.WriteByte(letter(out))
	}
	return b.String()
}

func letter(t reflect.Type) byte {
	switch t.Kind() {
	case reflect.Pointer, reflect.UnsafePointer, reflect.Map, reflect.Chan, reflect.Func:
		return 'p'
	case reflect.Int, reflect.Int64, reflect.Uint, reflect.Uint64, reflect.Uintptr:
		return 'i'
	case reflect.Int32, reflect.Uint32:
		return 'u'
	case reflect.Bool, reflect.Int8, reflect.Uint8:
		return 'b'
	case reflect.Float64:
		return 'f'
	case reflect.String:
		return 's'
	case reflect.Interface:
		return 'e'
	}
	return '?'
}

// As looks at a function as one of type F, which has the same signature.
func As[F any](fn reflect.Value) F {
	f := FuncWord(fn)
	return *(*F)(unsafe.Pointer(&f))
}

// uniform is how calls are made; the functions below are called as one.
type uniform = func(unsafe.Pointer, uint64, uint32, uint8, float64, string, any) (any, string, float64, uint8, uint32, uint64, unsafe.Pointer)

const uniformSignature = "piubfse>esfbuip"

// The results stand in the order of the signature, an error before others.
//
//lint:ignore ST1008 see above
//go:noinline
func signed(p *int, i int, u int32, b bool, f float64, s string, e error) (error, string, float64, bool, int32, int, *int) {
	return e, s, f, b, u, i, p
}

//go:noinline
func unsigned(p map[int]int, i uintptr, u uint32, b int8, f float64, s string, e fmt.Stringer) (fmt.Stringer, string, float64, int8, uint32, uintptr, map[int]int) {
	return e, s, f, b, u, i, p
}

//go:noinline
func references(p chan int, i int64, u rune, b byte, f float64, s string, e any) (any, string, float64, byte, rune, int64, func()) {
	return e, s, f, b, u, i, *(*func())(unsafe.Pointer(&p))
}

func checkCalls() error {
	p := unsafe.Pointer(new(int))
	var e error = &sampleError{"e"}
	w := *(*any)(unsafe.Pointer(&e)) // not looked at
	for _, fn := range []any{signed, unsigned, references} {
		v := reflect.ValueOf(fn)
		if got := Signature(v.Type()); got != uniformSignature {
			return fmt.Errorf("the signature of %s is %s", v.Type(), got)
		}
		e1, s1, f1, b1, u1, i1, p1 := As[uniform](v)(p, 1<<63|5, 1<<31|6, 1, 2.5, "text", w)
		if *(*Iface)(unsafe.Pointer(&e1)) != *(*Iface)(unsafe.Pointer(&w)) || s1 != "text" || f1 != 2.5 || b1 != 1 ||
			u1 != 1<<31|6 || i1 != 1<<63|5 || p1 != p {
			return errors.New("a " + v.Type().String())
		}
	}
	return nil
}
