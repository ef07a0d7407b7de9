package rtype

import (
	"reflect"
	"unsafe"
)

// The types of this file mirror internal/abi of Go 1.26, field by field.
// checkLayout compares them with the running program.

type tflag uint8

const (
	tflagUncommon       tflag = 1 << 0
	tflagExtraStar      tflag = 1 << 1
	tflagNamed          tflag = 1 << 2
	tflagRegularMemory  tflag = 1 << 3
	tflagGCMaskOnDemand tflag = 1 << 4
	tflagDirectIface    tflag = 1 << 5
	maxPtrmaskBytes           = 2048
	ptrSize                   = unsafe.Sizeof(uintptr(0))
	funcVariadic              = 1 << 15
	maxFuncArgs               = 128     // reflect.FuncOf takes no more
	maxChanElem               = 1 << 16 // the runtime's limit on channel elements
	nameExported        byte  = 1 << 0
	nameHasTag          byte  = 1 << 1
	nameHasPkgPath      byte  = 1 << 2
	nameEmbedded        byte  = 1 << 3
)

type equalFunc = func(unsafe.Pointer, unsafe.Pointer) bool

type abiType struct {
	Size_       uintptr
	PtrBytes    uintptr
	Hash        uint32
	TFlag       tflag
	Align_      uint8
	FieldAlign_ uint8
	Kind_       uint8
	Equal       equalFunc
	GCData      *byte
	Str         int32 // name offset
	PtrToThis   int32 // type offset
}

type (
	abiName struct{ Bytes *byte }

	abiMethod struct {
		Name int32 // name offset
		Mtyp int32 // type offset
		Ifn  int32 // text offset, receiver in one word
		Tfn  int32 // text offset, receiver as declared
	}

	abiUncommon struct {
		PkgPath int32 // name offset
		Mcount  uint16
		Xcount  uint16
		Moff    uint32
		_       uint32
	}

	abiIMethod struct {
		Name int32 // name offset
		Typ  int32 // type offset
	}

	abiStructField struct {
		Name   abiName
		Typ    *abiType
		Offset uintptr
	}

	abiArrayType struct {
		abiType
		Elem  *abiType
		Slice *abiType
		Len   uintptr
	}

	abiChanType struct {
		abiType
		Elem *abiType
		Dir  int
	}

	abiFuncType struct {
		abiType
		InCount  uint16
		OutCount uint16 // with funcVariadic
	}

	abiInterfaceType struct {
		abiType
		PkgPath abiName
		Methods []abiIMethod
	}

	abiMapType struct {
		abiType
		Key       *abiType
		Elem      *abiType
		Group     *abiType
		Hasher    func(unsafe.Pointer, uintptr) uintptr
		GroupSize uintptr
		SlotSize  uintptr
		ElemOff   uintptr
		Flags     uint32
	}

	abiElemType struct { // pointers and slices
		abiType
		Elem *abiType
	}

	abiStructType struct {
		abiType
		PkgPath abiName
		Fields  []abiStructField
	}
)

// ifaceWords is the memory of an interface value with methods.
type ifaceWords struct {
	tab  unsafe.Pointer
	data unsafe.Pointer
}

// abiOf returns the descriptor behind rt. Were it inlined, the compiler would
// read the descriptors of known types itself and leave references to their
// parts that the linker does not expect.
//
//go:noinline
func abiOf(rt reflect.Type) *abiType {
	return (*abiType)((*ifaceWords)(unsafe.Pointer(&rt)).data)
}

// reflectOf returns the reflect.Type of a descriptor.
func reflectOf(t *abiType) reflect.Type {
	rt := reflect.TypeFor[int]()
	(*ifaceWords)(unsafe.Pointer(&rt)).data = unsafe.Pointer(t)
	return rt
}

func (t *abiType) kind() reflect.Kind { return reflect.Kind(t.Kind_) }

func (t *abiType) direct() bool { return t.TFlag&tflagDirectIface != 0 }

// uncommon returns the method table header of a type that has one. It follows
// the part of the descriptor that depends on the kind.
func (t *abiType) uncommon() *abiUncommon {
	if t.TFlag&tflagUncommon == 0 {
		return nil
	}
	return (*abiUncommon)(unsafe.Add(unsafe.Pointer(t), descriptorSize(t.kind())))
}

// descriptorSize is the size of the descriptor of a type of kind k, without
// what may follow it.
func descriptorSize(k reflect.Kind) uintptr { return descriptorType(k).Size() }

func descriptorType(k reflect.Kind) reflect.Type {
	switch k {
	case reflect.Array:
		return reflect.TypeFor[abiArrayType]()
	case reflect.Chan:
		return reflect.TypeFor[abiChanType]()
	case reflect.Func:
		return reflect.TypeFor[abiFuncType]()
	case reflect.Interface:
		return reflect.TypeFor[abiInterfaceType]()
	case reflect.Map:
		return reflect.TypeFor[abiMapType]()
	case reflect.Pointer, reflect.Slice:
		return reflect.TypeFor[abiElemType]()
	case reflect.Struct:
		return reflect.TypeFor[abiStructType]()
	}
	return reflect.TypeFor[abiType]()
}

// addReflectOff registers a pointer to a name, a type or a text address with
// the runtime, which keeps it for ever, and returns the offset that names,
// types and text are known by in descriptors made at run time. The runtime
// guarantees the symbol (see reflect/type.go).
//
//go:linkname addReflectOff reflect.addReflectOff
//go:noescape
func addReflectOff(ptr unsafe.Pointer) int32

// typesByString returns the linked-in unnamed types, and pointers to named
// ones, whose String is s. The runtime guarantees the symbol.
//
//go:linkname typesByString reflect.typesByString
func typesByString(s string) []*abiType

// str returns the text of an encoded name.
func (n abiName) str() string {
	if n.Bytes == nil {
		return ""
	}
	length, shift, i := 0, 0, 1
	for {
		b := *(*byte)(unsafe.Add(unsafe.Pointer(n.Bytes), i))
		i++
		length |= int(b&0x7f) << shift
		if b < 0x80 {
			break
		}
		shift += 7
	}
	return unsafe.String((*byte)(unsafe.Add(unsafe.Pointer(n.Bytes), i)), length)
}
