package goruntime

import (
	"reflect"
	"unsafe"
)

// The types of this file mirror internal/abi, field by field; what differs
// between releases of Go is in types_go126.go and its like. checkTypes
// compares them with the running program.

// A TFlag is a set of properties of a type.
type TFlag uint8

// The bits of a TFlag.
const (
	TFlagUncommon       TFlag = 1 << 0 // an Uncommon follows the descriptor
	TFlagExtraStar      TFlag = 1 << 1 // Str has a * too many
	TFlagNamed          TFlag = 1 << 2
	TFlagRegularMemory  TFlag = 1 << 3 // values are equal when their bytes are
	TFlagGCMaskOnDemand TFlag = 1 << 4 // GCData points at a pointer to the mask
	TFlagDirectIface    TFlag = 1 << 5 // an interface's data word is the value
)

// What surrounds types.
const (
	FuncVariadic = 1 << 15 // in FuncType.OutCount
	MaxFuncArgs  = 128     // reflect.FuncOf takes no more
	MaxChanElem  = 1 << 16 // the runtime's limit on the bytes of channel elements
)

// The bits of a name's first byte.
const (
	NameExported   byte = 1 << 0
	NameHasTag     byte = 1 << 1
	NameHasPkgPath byte = 1 << 2
	NameEmbedded   byte = 1 << 3
)

// A Type is the part that the descriptors of all types have.
type Type struct {
	Size_       uintptr
	PtrBytes    uintptr // leading bytes that may hold pointers
	Hash        uint32
	TFlag       TFlag
	Align_      uint8
	FieldAlign_ uint8
	Kind_       uint8
	Equal       func(unsafe.Pointer, unsafe.Pointer) bool
	GCData      *byte // a bit for each word of PtrBytes
	Str         int32 // name offset
	PtrToThis   int32 // type offset
}

// The descriptors of the kinds, and what stands in them.
type (
	// A Name is a flag byte, the name, and maybe a tag and a package path.
	Name struct{ Bytes *byte }

	// A Method is a row of the table that Uncommon leads to.
	Method struct {
		Name int32 // name offset
		Mtyp int32 // type offset
		Ifn  int32 // text offset, receiver in one word
		Tfn  int32 // text offset, receiver as declared
	}

	// An Uncommon has what types with a name or methods have besides.
	Uncommon struct {
		PkgPath int32 // name offset
		Mcount  uint16
		Xcount  uint16
		Moff    uint32
		_       uint32
	}

	IMethod struct {
		Name int32 // name offset
		Typ  int32 // type offset
	}

	StructField struct {
		Name   Name
		Typ    *Type
		Offset uintptr
	}

	ArrayType struct {
		Type
		Elem  *Type
		Slice *Type
		Len   uintptr
	}

	ChanType struct {
		Type
		Elem *Type
		Dir  int
	}

	FuncType struct {
		Type
		InCount  uint16
		OutCount uint16 // with FuncVariadic
	}

	InterfaceType struct {
		Type
		PkgPath Name
		Methods []IMethod
	}

	ElemType struct { // pointers and slices
		Type
		Elem *Type
	}

	StructType struct {
		Type
		PkgPath Name
		Fields  []StructField
	}
)

// DescriptorOf returns the descriptor behind rt. Were it inlined, the compiler would
// read the descriptors of known types itself and leave references to their
// parts that the linker does not expect.
//
//go:noinline
func DescriptorOf(rt reflect.Type) *Type {
	return (*Type)((*Iface)(unsafe.Pointer(&rt)).Data)
}

// ReflectOf returns the reflect.Type of a descriptor.
func ReflectOf(t *Type) reflect.Type {
	rt := reflect.TypeFor[int]()
	(*Iface)(unsafe.Pointer(&rt)).Data = unsafe.Pointer(t)
	return rt
}

// Kind returns the kind of t.
func (t *Type) Kind() reflect.Kind { return reflect.Kind(t.Kind_) }

// IsDirect is [IsDirect] as the descriptor says it.
func (t *Type) IsDirect() bool { return t.TFlag&TFlagDirectIface != 0 }

// Uncommon returns the method table header of a type that has one. It follows
// the part of the descriptor that depends on the kind.
func (t *Type) Uncommon() *Uncommon {
	if t.TFlag&TFlagUncommon == 0 {
		return nil
	}
	return (*Uncommon)(unsafe.Add(unsafe.Pointer(t), descriptorSize(t.Kind())))
}

// descriptorSize is the size of the descriptor of a type of kind k, without
// what may follow it.
func descriptorSize(k reflect.Kind) uintptr { return DescriptorType(k).Size() }

// DescriptorType is what mirrors the descriptor of a type of kind k, without what
// may follow it.
func DescriptorType(k reflect.Kind) reflect.Type {
	switch k {
	case reflect.Array:
		return reflect.TypeFor[ArrayType]()
	case reflect.Chan:
		return reflect.TypeFor[ChanType]()
	case reflect.Func:
		return reflect.TypeFor[FuncType]()
	case reflect.Interface:
		return reflect.TypeFor[InterfaceType]()
	case reflect.Map:
		return reflect.TypeFor[MapType]()
	case reflect.Pointer, reflect.Slice:
		return reflect.TypeFor[ElemType]()
	case reflect.Struct:
		return reflect.TypeFor[StructType]()
	}
	return reflect.TypeFor[Type]()
}

// AddReflectOff registers a pointer to a name, a type or a text address with
// the runtime, which keeps it for ever, and returns the offset that names,
// types and text are known by in descriptors made at run time. The runtime
// guarantees the symbol (see reflect/type.go).
//
//go:linkname AddReflectOff reflect.addReflectOff
//go:noescape
func AddReflectOff(ptr unsafe.Pointer) int32

// TypesByString returns the linked-in unnamed types, and pointers to named
// ones, whose String is s. The runtime guarantees the symbol.
//
//go:linkname TypesByString reflect.typesByString
func TypesByString(s string) []*Type

// String returns the text of an encoded name.
func (n Name) String() string {
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

// NameAt returns the name at an offset in t or in what t leads to.
func (t *Type) NameAt(off int32) Name { return Name{(*byte)(resolveNameOff(unsafe.Pointer(t), off))} }

//go:linkname resolveNameOff reflect.resolveNameOff
//go:noescape
func resolveNameOff(base unsafe.Pointer, off int32) unsafe.Pointer
