package rtype

import (
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"sync"
	"unsafe"
)

// checkLayout compares what this package knows of run-time types with those of
// the running program.
var checkLayout = sync.OnceValue(func() error {
	if err := checkStubs(); err != nil {
		return err
	}
	for _, check := range []func() error{checkHeader, checkKinds, checkStruct, checkFunc, checkMap, checkMethods} {
		if err := check(); err != nil {
			return fmt.Errorf("%s lays out types in a way that this version does not know (%w): "+
				"build it with the Go release that its go.mod names", runtime.Version(), err)
		}
	}
	return nil
})

// checkStubs looks for the first and the last slot where they should be.
func checkStubs() error {
	if stubBase == 0 {
		return fmt.Errorf("there are no method stubs for %s", runtime.GOARCH)
	}
	first, last := runtime.FuncForPC(stubBase), runtime.FuncForPC(stubBase+(stubCount-1)*stubSize)
	if stubBase%stubSize != 0 || first == nil || last == nil || first.Entry() != last.Entry() {
		return errors.New("the method stubs are not where the assembler should have put them")
	}
	return nil
}

// checkHeader compares the part that all types have with its declaration.
func checkHeader() error {
	header := reflect.TypeOf(reflect.TypeFor[int]()).Elem().Field(0).Type
	mirror := reflect.TypeFor[abiType]()
	if header.Kind() != reflect.Struct || header.NumField() != mirror.NumField() || header.Size() != mirror.Size() {
		return errors.New("abi.Type has other fields")
	}
	for i := range mirror.NumField() {
		h, m := header.Field(i), mirror.Field(i)
		if h.Name != m.Name || h.Offset != m.Offset || h.Type.Kind() != m.Type.Kind() {
			return fmt.Errorf("abi.Type.%s", m.Name)
		}
	}
	for _, rt := range []reflect.Type{reflect.TypeFor[int](), reflect.TypeFor[*int](), reflect.TypeFor[[2]string](), reflect.TypeFor[error]()} {
		t := abiOf(rt)
		if t.kind() != rt.Kind() || t.Size_ != rt.Size() || int(t.Align_) != rt.Align() ||
			(t.Equal != nil) != rt.Comparable() || reflectOf(t) != rt {
			return fmt.Errorf("header of %s", rt)
		}
	}
	if !abiOf(reflect.TypeFor[*int]()).direct() || abiOf(reflect.TypeFor[int]()).direct() {
		return errors.New("TFlagDirectIface")
	}
	return nil
}

func checkKinds() error {
	elem := func(rt reflect.Type) reflect.Type {
		return reflectOf((*abiElemType)(unsafe.Pointer(abiOf(rt))).Elem)
	}
	array := (*abiArrayType)(unsafe.Pointer(abiOf(reflect.TypeFor[[7]string]())))
	channel := (*abiChanType)(unsafe.Pointer(abiOf(reflect.TypeFor[<-chan string]())))
	it := (*abiInterfaceType)(unsafe.Pointer(abiOf(reflect.TypeFor[error]())))
	text := reflect.TypeFor[string]()
	switch {
	case elem(reflect.TypeFor[*string]()) != text:
		return errors.New("abi.PtrType")
	case elem(reflect.TypeFor[[]string]()) != text:
		return errors.New("abi.SliceType")
	case reflectOf(array.Elem) != text || reflectOf(array.Slice) != reflect.TypeFor[[]string]() || array.Len != 7:
		return errors.New("abi.ArrayType")
	case reflectOf(channel.Elem) != text || channel.Dir != int(reflect.RecvDir):
		return errors.New("abi.ChanType")
	case len(it.Methods) != 1:
		return errors.New("abi.InterfaceType")
	}
	return nil
}

type sampleStruct struct {
	a uint8
	B *int `tag:"b"`
}

func checkStruct() error {
	_ = sampleStruct{}.a
	rt := reflect.TypeFor[sampleStruct]()
	t := (*abiStructType)(unsafe.Pointer(abiOf(rt)))
	if len(t.Fields) != 2 || t.PkgPath.str() != rt.Field(0).PkgPath {
		return errors.New("abi.StructType")
	}
	for i, f := range t.Fields {
		rf := rt.Field(i)
		if f.Name.str() != rf.Name || f.Offset != rf.Offset || reflectOf(f.Typ) != rf.Type {
			return fmt.Errorf("abi.StructField %d", i)
		}
	}
	a, b := *t.Fields[0].Name.Bytes, *t.Fields[1].Name.Bytes
	if a != 0 || b != nameExported|nameHasTag {
		return errors.New("abi.Name")
	}
	return nil
}

func checkFunc() error {
	t := (*abiFuncType)(unsafe.Pointer(abiOf(reflect.TypeFor[func(int, ...string) error]())))
	args := unsafe.Slice((**abiType)(unsafe.Add(unsafe.Pointer(t), unsafe.Sizeof(*t))), 3)
	if t.InCount != 2 || t.OutCount != 1|funcVariadic || reflectOf(args[0]) != reflect.TypeFor[int]() ||
		reflectOf(args[1]) != reflect.TypeFor[[]string]() || reflectOf(args[2]) != reflect.TypeFor[error]() {
		return errors.New("abi.FuncType")
	}
	return nil
}

func checkMap() error {
	t := (*abiMapType)(unsafe.Pointer(abiOf(reflect.TypeFor[map[string]int32]())))
	if reflectOf(t.Key) != reflect.TypeFor[string]() || reflectOf(t.Elem) != reflect.TypeFor[int32]() ||
		t.GroupSize != t.Group.Size_ || t.SlotSize != 24 || t.ElemOff != 16 || t.Hasher == nil {
		return errors.New("abi.MapType")
	}
	return nil
}

// sample is a type with methods to look at.
type sample struct{ _ *int }

func (sample) Exported()   {}
func (sample) unexported() {}

func checkMethods() error {
	sample{}.unexported()
	rt := reflect.TypeFor[*sample]()
	t := abiOf(rt)
	u := t.uncommon()
	if u == nil || u.Mcount != 2 || u.Xcount != 1 || rt.NumMethod() != 1 {
		return errors.New("abi.UncommonType")
	}
	if e := abiOf(rt.Elem()); e.uncommon() == nil || e.TFlag&tflagNamed == 0 || e.PtrToThis == 0 {
		return errors.New("abi.TFlag")
	}
	return nil
}
