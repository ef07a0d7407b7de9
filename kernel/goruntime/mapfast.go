package goruntime

import (
	"reflect"
	"unsafe"
)

// Maps whose keys are strings or numbers of four or eight bytes are worked on by
// functions made for these, as in compiled code, which neither hash nor compare by way
// of the map's type. Both kinds of functions may be used of one map. (Those that delete
// may not be linked to.)

//go:linkname mapAccess32 runtime.mapaccess2_fast32
func mapAccess32(typ, m unsafe.Pointer, key uint32) (elem unsafe.Pointer, ok bool)

//go:linkname mapAccess64 runtime.mapaccess2_fast64
func mapAccess64(typ, m unsafe.Pointer, key uint64) (elem unsafe.Pointer, ok bool)

//go:linkname mapAccessString runtime.mapaccess2_faststr
func mapAccessString(typ, m unsafe.Pointer, key string) (elem unsafe.Pointer, ok bool)

//go:linkname mapAssign32 runtime.mapassign_fast32
func mapAssign32(typ, m unsafe.Pointer, key uint32) (elem unsafe.Pointer)

//go:linkname mapAssign64 runtime.mapassign_fast64
func mapAssign64(typ, m unsafe.Pointer, key uint64) (elem unsafe.Pointer)

//go:linkname mapAssignString runtime.mapassign_faststr
func mapAssignString(typ, m unsafe.Pointer, key string) (elem unsafe.Pointer)

// MapCallsOf is how maps of one type are read and written. typ is the map's type word,
// m the map, key where the key is.
type MapCallsOf struct {
	Access func(typ, m, key unsafe.Pointer) (elem unsafe.Pointer, ok bool) // where the element is, and whether there is one
	Assign func(typ, m, key unsafe.Pointer) (elem unsafe.Pointer)          // where to put the element
}

// maxFastElem is how large elements may be of which maps hold more than a pointer to
// them: abi.MapMaxElemBytes. The functions for certain keys know only such maps.
const maxFastElem = 128

// MapCallsFor returns how maps of type t are read and written.
func MapCallsFor(t reflect.Type) *MapCallsOf {
	if t.Elem().Size() <= maxFastElem {
		switch k := t.Key(); k.Kind() {
		case reflect.String:
			return &stringKeys
		case reflect.Int, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
			if k.Size() == 4 {
				return &keysOf4
			}
			return &keysOf8
		}
	}
	return &anyKeys
}

var (
	anyKeys    = MapCallsOf{MapAccess, MapAssign}
	stringKeys = MapCallsOf{
		func(typ, m, key unsafe.Pointer) (unsafe.Pointer, bool) {
			return mapAccessString(typ, m, *(*string)(key))
		},
		func(typ, m, key unsafe.Pointer) unsafe.Pointer { return mapAssignString(typ, m, *(*string)(key)) },
	}
	keysOf4 = MapCallsOf{
		func(typ, m, key unsafe.Pointer) (unsafe.Pointer, bool) { return mapAccess32(typ, m, *(*uint32)(key)) },
		func(typ, m, key unsafe.Pointer) unsafe.Pointer { return mapAssign32(typ, m, *(*uint32)(key)) },
	}
	keysOf8 = MapCallsOf{
		func(typ, m, key unsafe.Pointer) (unsafe.Pointer, bool) { return mapAccess64(typ, m, *(*uint64)(key)) },
		func(typ, m, key unsafe.Pointer) unsafe.Pointer { return mapAssign64(typ, m, *(*uint64)(key)) },
	}
)
