package run

import (
	"reflect"
	"unsafe"
)

// A class says how a value of some type is copied.
type class uint8

const (
	classZero  class = iota // no bytes
	class1                  // 1 byte, no pointers
	class2                  // 2 bytes, no pointers
	class4                  // 4 bytes, no pointers
	class8                  // 8 bytes, no pointers
	classPtr                // one pointer word: pointers, maps, channels, functions
	classStr                // string
	classSlice              // slice
	classIface              // interface of either kind
	classBytes              // any other type without pointers
	classTyped              // any other type with pointers
)

// A memory describes the layout of a type's values.
type memory struct {
	typ   reflect.Type
	class class
	size  uintptr
	rtype unsafe.Pointer // the runtime's *abi.Type
}

// typeWord returns the runtime's descriptor of t, the first word of an empty
// interface that holds a t.
func typeWord(t reflect.Type) unsafe.Pointer {
	return (*[2]unsafe.Pointer)(unsafe.Pointer(&t))[1]
}

func memoryOf(t reflect.Type) memory {
	return memory{typ: t, class: classOf(t), size: t.Size(), rtype: typeWord(t)}
}

func classOf(t reflect.Type) class {
	switch t.Kind() {
	case reflect.String:
		return classStr
	case reflect.Slice:
		return classSlice
	case reflect.Interface:
		return classIface
	case reflect.Pointer, reflect.UnsafePointer, reflect.Map, reflect.Chan, reflect.Func:
		return classPtr
	}
	if t.Size() == 0 {
		return classZero
	}
	if hasPointers(t) {
		return classTyped
	}
	switch {
	case t.Size() == 1:
		return class1
	case t.Size() == 2 && t.Align() == 2:
		return class2
	case t.Size() == 4 && t.Align() == 4:
		return class4
	case t.Size() == 8 && t.Align() == 8:
		return class8
	}
	return classBytes
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

// typedmemmove copies a value of the given type with the write barriers that
// its pointers need.
//
//go:linkname typedmemmove runtime.typedmemmove
//go:noescape
func typedmemmove(typ, dst, src unsafe.Pointer)

//go:linkname typedmemclr reflect.typedmemclr
//go:noescape
func typedmemclr(typ, dst unsafe.Pointer)

//go:linkname unsafeNew reflect.unsafe_New
func unsafeNew(typ unsafe.Pointer) unsafe.Pointer

// move copies the value at src to dst.
func (m *memory) move(dst, src unsafe.Pointer) {
	switch m.class {
	case classZero:
	case class1:
		*(*uint8)(dst) = *(*uint8)(src)
	case class2:
		*(*uint16)(dst) = *(*uint16)(src)
	case class4:
		*(*uint32)(dst) = *(*uint32)(src)
	case class8:
		*(*uint64)(dst) = *(*uint64)(src)
	case classPtr:
		*(*unsafe.Pointer)(dst) = *(*unsafe.Pointer)(src)
	case classStr:
		*(*string)(dst) = *(*string)(src)
	case classSlice:
		*(*[]byte)(dst) = *(*[]byte)(src)
	case classIface:
		*(*any)(dst) = *(*any)(src)
	case classBytes:
		copy(unsafe.Slice((*byte)(dst), m.size), unsafe.Slice((*byte)(src), m.size))
	default:
		typedmemmove(m.rtype, dst, src)
	}
}

// clear sets the value at p to zero.
func (m *memory) clear(p unsafe.Pointer) {
	switch m.class {
	case classZero:
	case class1:
		*(*uint8)(p) = 0
	case class2:
		*(*uint16)(p) = 0
	case class4:
		*(*uint32)(p) = 0
	case class8:
		*(*uint64)(p) = 0
	case classPtr:
		*(*unsafe.Pointer)(p) = nil
	case classStr:
		*(*string)(p) = ""
	case classSlice:
		*(*[]byte)(p) = nil
	case classIface:
		*(*any)(p) = nil
	case classBytes:
		clear(unsafe.Slice((*byte)(p), m.size))
	default:
		typedmemclr(m.rtype, p)
	}
}

// alloc returns new zeroed memory for a value.
func (m *memory) alloc() unsafe.Pointer {
	return unsafeNew(m.rtype)
}

// value returns the variable at p as an addressable reflect.Value.
func (m *memory) value(p unsafe.Pointer) reflect.Value {
	return reflect.NewAt(m.typ, p).Elem()
}

// at is a shorthand for a typed look at memory.
func at[T any](p unsafe.Pointer, off uintptr) *T {
	return (*T)(unsafe.Add(p, off))
}
