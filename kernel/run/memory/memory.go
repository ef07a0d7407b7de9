// Package memory knows how the values of Go's types lie in memory and how they
// are copied, cleared and made there: in a few classes, so that common types are
// moved with single instructions. It knows nothing of frames, functions or
// goroutines.
package memory

import (
	"reflect"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
)

// A Class says how a value of some type is copied.
type Class uint8

const (
	ClassZero  Class = iota // no bytes
	Class1                  // 1 byte, no pointers
	Class2                  // 2 bytes, no pointers
	Class4                  // 4 bytes, no pointers
	Class8                  // 8 bytes, no pointers
	ClassPtr                // one pointer word: pointers, maps, channels, functions
	ClassStr                // string
	ClassSlice              // slice
	ClassIface              // interface of either kind
	ClassBytes              // any other type without pointers
	ClassTyped              // any other type with pointers
)

// A Layout describes the layout of a type's values.
type Layout struct {
	Type  reflect.Type
	Class Class
	Size  uintptr
	Word  unsafe.Pointer // the runtime's *abi.Type
}

// Of returns the layout of a type's values.
func Of(t reflect.Type) Layout {
	return Layout{Type: t, Class: classOf(t), Size: t.Size(), Word: goruntime.TypeWord(t)}
}

func classOf(t reflect.Type) Class {
	switch t.Kind() {
	case reflect.String:
		return ClassStr
	case reflect.Slice:
		return ClassSlice
	case reflect.Interface:
		return ClassIface
	case reflect.Pointer, reflect.UnsafePointer, reflect.Map, reflect.Chan, reflect.Func:
		return ClassPtr
	}
	if t.Size() == 0 {
		return ClassZero
	}
	if hasPointers(t) {
		return ClassTyped
	}
	switch {
	case t.Size() == 1:
		return Class1
	case t.Size() == 2 && t.Align() == 2:
		return Class2
	case t.Size() == 4 && t.Align() == 4:
		return Class4
	case t.Size() == 8 && t.Align() == 8:
		return Class8
	}
	return ClassBytes
}

func hasPointers(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Array:
		return t.Len() > 0 && hasPointers(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if hasPointers(t.Field(i).Type) {
				return true
			}
		}
		return false
	case reflect.String, reflect.Slice, reflect.Interface, reflect.Pointer,
		reflect.UnsafePointer, reflect.Map, reflect.Chan, reflect.Func:
		return true
	}
	return false
}

// Move copies the value at src to dst.
func (m *Layout) Move(dst, src unsafe.Pointer) {
	switch m.Class {
	case ClassZero:
	case Class1:
		*(*uint8)(dst) = *(*uint8)(src)
	case Class2:
		*(*uint16)(dst) = *(*uint16)(src)
	case Class4:
		*(*uint32)(dst) = *(*uint32)(src)
	case Class8:
		*(*uint64)(dst) = *(*uint64)(src)
	case ClassPtr:
		*(*unsafe.Pointer)(dst) = *(*unsafe.Pointer)(src)
	case ClassStr:
		*(*string)(dst) = *(*string)(src)
	case ClassSlice:
		*(*[]byte)(dst) = *(*[]byte)(src)
	case ClassIface:
		*(*any)(dst) = *(*any)(src)
	case ClassBytes:
		copy(unsafe.Slice((*byte)(dst), m.Size), unsafe.Slice((*byte)(src), m.Size))
	default:
		goruntime.Move(m.Word, dst, src)
	}
}

// Clear sets the value at p to zero.
func (m *Layout) Clear(p unsafe.Pointer) {
	switch m.Class {
	case ClassZero:
	case Class1:
		*(*uint8)(p) = 0
	case Class2:
		*(*uint16)(p) = 0
	case Class4:
		*(*uint32)(p) = 0
	case Class8:
		*(*uint64)(p) = 0
	case ClassPtr:
		*(*unsafe.Pointer)(p) = nil
	case ClassStr:
		*(*string)(p) = ""
	case ClassSlice:
		*(*[]byte)(p) = nil
	case ClassIface:
		*(*any)(p) = nil
	case ClassBytes:
		clear(unsafe.Slice((*byte)(p), m.Size))
	default:
		goruntime.Clear(m.Word, p)
	}
}

// Alloc returns new zeroed memory for a value.
func (m *Layout) Alloc() unsafe.Pointer {
	return goruntime.New(m.Word)
}

// Value returns the variable at p as an addressable reflect.Value.
func (m *Layout) Value(p unsafe.Pointer) reflect.Value {
	return reflect.NewAt(m.Type, p).Elem()
}

// At is a typed look at what lies so many bytes behind p.
func At[T any](p unsafe.Pointer, off uintptr) *T {
	return (*T)(unsafe.Add(p, off))
}
