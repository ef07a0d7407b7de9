package goruntime

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"sync/atomic"
	"unsafe"
)

// Maps are worked on by the runtime's own functions for map types of any kind.
// typ is the map's type word, m the map, key where the key is.

// MapAccess returns where the element is, and whether there is one.
//
//go:linkname MapAccess runtime.mapaccess2
func MapAccess(typ, m, key unsafe.Pointer) (elem unsafe.Pointer, ok bool)

// MapAssign returns where to put the element.
//
//go:linkname MapAssign runtime.mapassign
func MapAssign(typ, m, key unsafe.Pointer) (elem unsafe.Pointer)

// MapDelete removes the element, if there is one.
//
//go:linkname MapDelete runtime.mapdelete
func MapDelete(typ, m, key unsafe.Pointer)

func checkMapCalls() error {
	type name string
	type large [maxFastElem + 1]byte
	return cmp.Or(
		checkMapCallsOf(map[string]int32{"one": 1}, "two", 2),
		checkMapCallsOf(map[name]any{"one": 1}, "two", nil),
		checkMapCallsOf(map[string]large{"one": {1}}, "two", large{2}),
		checkMapCallsOf(map[int32]string{1: "one"}, 2, "two"),
		checkMapCallsOf(map[int]string{1: "one"}, -2, "two"),
		checkMapCallsOf(map[uint64]large{1: {1}}, 2, large{2}),
		checkMapCallsOf(map[any]bool{1: true}, "two", true),
	)
}

// checkMapCallsOf adds an element to a map that has one, and takes that away.
func checkMapCallsOf[M ~map[K]V, K, V comparable](m M, k K, v V) error {
	t := reflect.TypeFor[M]()
	calls, typ, at := MapCallsFor(t), TypeWord(t), *(*unsafe.Pointer)(unsafe.Pointer(&m))
	for one, value := range m {
		elem, ok := calls.Access(typ, at, unsafe.Pointer(&one))
		if !ok || *(*V)(elem) != value {
			return fmt.Errorf("reading a %v", t)
		}
		if _, ok := calls.Access(typ, at, unsafe.Pointer(&k)); ok {
			return fmt.Errorf("reading what is not in a %v", t)
		}
		*(*V)(calls.Assign(typ, at, unsafe.Pointer(&k))) = v
		MapDelete(typ, at, unsafe.Pointer(&one))
		break
	}
	if got, ok := m[k]; len(m) != 1 || !ok || got != v {
		return fmt.Errorf("writing to a %v", t)
	}
	return nil
}

// mapMark is where in a map's header there are four bytes of padding, or 0.
var mapMark = findMapMark()

// Mark returns four bytes of the map m, not nil, that the runtime does not
// use. They are 0 until somebody writes to them, and not copied to clones.
func Mark(m unsafe.Pointer) *uint32 { return (*uint32)(unsafe.Add(m, mapMark)) }

// findMapMark looks at the fields of the map header, to which the iterator in a
// reflect.MapIter leads.
func findMapMark() uintptr {
	iter, ok := reflect.TypeFor[reflect.MapIter]().FieldByName("hiter")
	if !ok || iter.Type.Kind() != reflect.Struct {
		return 0
	}
	header, ok := iter.Type.FieldByName("m")
	if !ok || header.Type.Kind() != reflect.Pointer || header.Type.Elem().Kind() != reflect.Struct {
		return 0
	}
	return padding(header.Type.Elem(), unsafe.Sizeof(uint32(0)))
}

// padding returns the offset of size bytes between two fields of a struct,
// aligned to size, or 0 if there are none.
func padding(t reflect.Type, size uintptr) uintptr {
	end := uintptr(0)
	for i := range t.NumField() {
		f := t.Field(i)
		if at := (end + size - 1) / size * size; i > 0 && at+size <= f.Offset {
			return at
		}
		end = f.Offset + f.Type.Size()
	}
	return 0
}

func checkMapMark() error {
	if mapMark == 0 {
		return errors.New("the header of a map has no padding")
	}
	for _, n := range []int{0, 8, 100} {
		m := make(map[int]int, n)
		mark := Mark(*(*unsafe.Pointer)(unsafe.Pointer(&m)))
		if *mark != 0 {
			return errors.New("the padding is not zero")
		}
		atomic.StoreUint32(mark, ^uint32(0))
		for i := range 20 {
			m[i] = i
		}
		delete(m, 3)
		clear(m)
		m[1] = 2
		if atomic.LoadUint32(mark) != ^uint32(0) || len(m) != 1 || m[1] != 2 {
			return errors.New("the padding is in use")
		}
	}
	return nil
}
