package goruntime

import (
	"errors"
	"reflect"
	"unsafe"
)

// New returns new zeroed memory for a value of the type with word typ.
//
//go:linkname New reflect.unsafe_New
func New(typ unsafe.Pointer) unsafe.Pointer

// Move copies the value at src, of the type with word typ, to dst, with the
// write barriers that its pointers need.
//
//go:linkname Move runtime.typedmemmove
//go:noescape
func Move(typ, dst, src unsafe.Pointer)

// Clear sets the value at dst, of the type with word typ, to zero.
//
//go:linkname Clear reflect.typedmemclr
//go:noescape
func Clear(typ, dst unsafe.Pointer)

func checkMemory() error {
	type sample struct {
		n int
		p *int
		s string
	}
	n := 5
	typ, a := TypeWord(reflect.TypeFor[sample]()), sample{3, &n, "text"}
	b := (*sample)(New(typ))
	if *b != (sample{}) {
		return errors.New("new memory is not zero")
	}
	Move(typ, unsafe.Pointer(b), unsafe.Pointer(&a))
	if *b != a {
		return errors.New("copying")
	}
	Clear(typ, unsafe.Pointer(b))
	if *b != (sample{}) {
		return errors.New("clearing")
	}
	return nil
}
