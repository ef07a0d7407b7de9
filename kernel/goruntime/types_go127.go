//go:build go1.27

package goruntime

import "unsafe"

// MaxPtrmaskBytes is abi.MaxPtrmaskBytes: the runtime makes the pointer masks
// that would be longer than eight times this when it first needs them.
const MaxPtrmaskBytes = 16

// MapType mirrors abi.MapType.
type MapType struct {
	Type
	Key        *Type
	Elem       *Type
	Group      *Type
	Hasher     func(unsafe.Pointer, uintptr) uintptr
	GroupSize  uintptr
	KeysOff    uintptr
	KeyStride  uintptr
	ElemsOff   uintptr
	ElemStride uintptr
	ElemOff    uintptr
	Flags      uint32
}

// SlotsKnown reports whether the fields say that a key and its element take
// size bytes together and that the element is elem bytes behind the key. With
// GOEXPERIMENT=mapsplitgroup keys and elements stand apart and ElemOff is 0.
func (t *MapType) SlotsKnown(size, elem uintptr) bool {
	if t.ElemOff == 0 {
		return t.KeysOff == word && t.ElemsOff > t.KeysOff && t.KeyStride > 0 && t.ElemStride > 0
	}
	return t.KeysOff == word && t.KeyStride == size && t.ElemStride == size &&
		t.ElemOff == elem && t.ElemsOff == t.KeysOff+elem
}
