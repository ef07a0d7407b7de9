package frame

import (
	"reflect"
	"sync"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
)

// A ShapeKey is how many slots of each kind there are.
type ShapeKey struct{ p, g, l, i, s int }

// Shapes remembers frame types, so that functions of like size share them.
type Shapes struct {
	mu sync.Mutex
	m  map[ShapeKey]reflect.Type
}

// of returns the type of frames of so many bytes.
func (sh *Shapes) of(key ShapeKey, size uintptr) reflect.Type {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	typ := sh.m[key]
	if typ == nil {
		if typ = key.described(size); typ == nil {
			typ = reflect.StructOf(key.fields())
		}
		if sh.m == nil {
			sh.m = map[ShapeKey]reflect.Type{}
		}
		sh.m[key] = typ
	}
	return typ
}

// fields are those of a struct with so many slots.
func (key ShapeKey) fields() (fields []reflect.StructField) {
	add := func(name string, n int, t reflect.Type) {
		if n > 0 {
			fields = append(fields, reflect.StructField{Name: name, Type: reflect.ArrayOf(n, t)})
		}
	}
	add("P", key.p, PtrType)
	add("G", key.g, reflect.TypeFor[string]())
	add("L", key.l, reflect.TypeFor[[]byte]())
	add("I", key.i, reflect.TypeFor[any]())
	add("S", key.s, reflect.TypeFor[uint64]())
	return fields
}

const wordSize = 8

// described is a type that says no more than what memory is allocated by: its size, and
// which words hold pointers. Most functions have a shape of their own, and to have package
// reflect make a type of it takes long, as that is compared with all types that there are.
// It is nil for large frames, of which the runtime wants to know more.
func (key ShapeKey) described(size uintptr) reflect.Type {
	words := key.p + 2*key.g + 3*key.l + 2*key.i // the last of these may be none
	if words > goruntime.MaxPtrmaskBytes*8 {
		return nil
	}
	mask := make([]byte, (words+63)/64*wordSize)
	at, last := 0, 0
	add := func(n int, pointers ...bool) {
		for range n {
			for _, pointer := range pointers {
				if pointer {
					mask[at/8] |= 1 << (at % 8)
					last = at + 1
				}
				at++
			}
		}
	}
	add(key.p, true)
	add(key.g, true, false)
	add(key.l, true, false, false)
	add(key.i, true, true)
	t := &goruntime.StructType{}
	t.Size_, t.PtrBytes = size, uintptr(last)*wordSize
	t.Kind_, t.Align_, t.FieldAlign_ = uint8(reflect.Struct), wordSize, wordSize
	if last > 0 {
		t.GCData = &mask[0]
	}
	t.Str = goruntime.AddReflectOff(unsafe.Pointer(&frameName[0]))
	goruntime.AddReflectOff(unsafe.Pointer(t)) // memory refers to its type without keeping it
	return goruntime.ReflectOf(&t.Type)
}

// frameName is a name as descriptors have them: flags, length and text.
var frameName = [...]byte{0, 5, 'f', 'r', 'a', 'm', 'e'}
