package rtype

import (
	"fmt"
	"math"
	"reflect"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
)

const wordSize = unsafe.Sizeof(uintptr(0))

// maxSize bounds the size of a type; the compiler's limit is of this order.
const maxSize = math.MaxInt64 >> 16

// setArray completes the descriptor of an array of n elements of type elem,
// but for its name and the slice type.
func setArray(t *goruntime.ArrayType, elem *goruntime.Type, n int64) error {
	if elem.Size_ > 0 && uint64(n) > maxSize/uint64(elem.Size_) {
		return fmt.Errorf("an array of %d elements of %d bytes is larger than memory", n, elem.Size_)
	}
	t.Kind_ = uint8(reflect.Array)
	t.Elem = elem
	t.Len = uintptr(n)
	t.Size_ = elem.Size_ * t.Len
	t.Align_, t.FieldAlign_ = elem.Align_, elem.FieldAlign_
	if n > 0 && elem.PtrBytes > 0 {
		t.PtrBytes = elem.Size_*(t.Len-1) + elem.PtrBytes
	}
	if elem.Equal != nil {
		t.Equal = func(p, q unsafe.Pointer) bool {
			for i := range t.Len {
				off := i * t.Elem.Size_
				if !t.Elem.Equal(unsafe.Add(p, off), unsafe.Add(q, off)) {
					return false
				}
			}
			return true
		}
		if n == 0 || elem.TFlag&goruntime.TFlagRegularMemory != 0 {
			setRegular(&t.Type)
		}
	}
	setMask(&t.Type)
	return nil
}

// setStruct completes the descriptor of a struct whose fields have names and
// types, but for its own name: it gives the fields their offsets.
func setStruct(t *goruntime.StructType, blank []bool) error {
	t.Kind_ = uint8(reflect.Struct)
	var (
		size       uintptr
		align      = uint8(1)
		comparable = true
		regular    = true
		end        uintptr // of the field before
	)
	for i := range t.Fields {
		f := &t.Fields[i]
		ft := f.Typ
		f.Offset = alignUp(size, ft.FieldAlign_)
		if f.Offset != end || blank[i] || ft.TFlag&goruntime.TFlagRegularMemory == 0 {
			regular = false
		}
		size = f.Offset + ft.Size_
		if size > maxSize {
			return fmt.Errorf("a struct is larger than memory")
		}
		end = size
		align = max(align, ft.FieldAlign_)
		comparable = comparable && ft.Equal != nil
		if ft.PtrBytes > 0 {
			t.PtrBytes = f.Offset + ft.PtrBytes
		}
	}
	// A pointer to a zero-sized last field must not point past the struct.
	if n := len(t.Fields); n > 0 && size > 0 && t.Fields[n-1].Typ.Size_ == 0 {
		size++
	}
	t.Size_ = alignUp(size, align)
	t.Align_, t.FieldAlign_ = align, align
	if comparable {
		t.Equal = func(p, q unsafe.Pointer) bool {
			for i := range t.Fields {
				f := &t.Fields[i]
				if !blank[i] && !f.Typ.Equal(unsafe.Add(p, f.Offset), unsafe.Add(q, f.Offset)) {
					return false
				}
			}
			return true
		}
		if regular && end == t.Size_ {
			setRegular(&t.Type)
		}
	}
	setMask(&t.Type)
	return nil
}

func alignUp(n uintptr, align uint8) uintptr {
	a := uintptr(align)
	return (n + a - 1) &^ (a - 1)
}

// setRegular marks a type whose values are equal when their bytes are.
func setRegular(t *goruntime.Type) {
	t.TFlag |= goruntime.TFlagRegularMemory
	t.Equal = func(p, q unsafe.Pointer) bool {
		return unsafe.String((*byte)(p), t.Size_) == unsafe.String((*byte)(q), t.Size_)
	}
}

// setMask tells the garbage collector where t's pointers are, and interface
// values whether to hold a t directly.
func setMask(t *goruntime.Type) {
	if t.Size_ == wordSize && t.PtrBytes == wordSize {
		t.TFlag |= goruntime.TFlagDirectIface
	}
	words := t.PtrBytes / wordSize
	switch {
	case words == 0:
	case words <= goruntime.MaxPtrmaskBytes*8:
		mask := make([]byte, alignUp((words+7)/8, uint8(wordSize)))
		markPointers(t, mask, 0)
		t.GCData = &mask[0]
	default:
		// The runtime makes the mask when it first needs it, from the final
		// fields, and keeps it in the word that GCData points to.
		t.TFlag |= goruntime.TFlagGCMaskOnDemand
		t.GCData = (*byte)(unsafe.Pointer(new(uintptr)))
	}
}

// markPointers sets the bits of mask for the pointers of a t at offset off.
func markPointers(t *goruntime.Type, mask []byte, off uintptr) {
	if t.PtrBytes == 0 {
		return
	}
	set := func(off uintptr) {
		w := off / wordSize
		mask[w/8] |= 1 << (w % 8)
	}
	switch t.Kind() {
	case reflect.Array:
		a := (*goruntime.ArrayType)(unsafe.Pointer(t))
		for i := range a.Len {
			markPointers(a.Elem, mask, off+i*a.Elem.Size_)
		}
	case reflect.Struct:
		for _, f := range (*goruntime.StructType)(unsafe.Pointer(t)).Fields {
			markPointers(f.Typ, mask, off+f.Offset)
		}
	case reflect.Interface:
		set(off + wordSize) // the first word is a type or itab, which is never freed
	default:
		set(off)
	}
}
