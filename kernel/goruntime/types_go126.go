//go:build !go1.27

package goruntime

import "unsafe"

// MaxPtrmaskBytes is abi.MaxPtrmaskBytes: the runtime makes the pointer masks
// that would be longer than eight times this when it first needs them.
const MaxPtrmaskBytes = 2048

// MapType mirrors abi.MapType.
type MapType struct {
	Type
	Key       *Type
	Elem      *Type
	Group     *Type
	Hasher    func(unsafe.Pointer, uintptr) uintptr
	GroupSize uintptr
	SlotSize  uintptr
	ElemOff   uintptr
	Flags     uint32
}

// SlotsKnown reports whether the fields say that a key and its element take
// size bytes together and that the element is elem bytes behind the key.
func (t *MapType) SlotsKnown(size, elem uintptr) bool {
	return t.SlotSize == size && t.ElemOff == elem
}
