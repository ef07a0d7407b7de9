package goruntime

import (
	"errors"
	"fmt"
	"reflect"
	"unsafe"
)

// checkTypes compares the mirrors with the types of the running program.
func checkTypes() error {
	for _, check := range []func() error{checkHeader, checkKinds, checkStruct, checkFunc, checkMap, checkMethods} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// checkHeader compares the part that all types have with its declaration.
func checkHeader() error {
	header := reflect.TypeOf(reflect.TypeFor[int]()).Elem().Field(0).Type
	mirror := reflect.TypeFor[Type]()
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
		t := DescriptorOf(rt)
		if t.Kind() != rt.Kind() || t.Size_ != rt.Size() || int(t.Align_) != rt.Align() ||
			(t.Equal != nil) != rt.Comparable() || ReflectOf(t) != rt {
			return fmt.Errorf("header of %s", rt)
		}
	}
	if !DescriptorOf(reflect.TypeFor[*int]()).IsDirect() || DescriptorOf(reflect.TypeFor[int]()).IsDirect() {
		return errors.New("TFlagDirectIface")
	}
	return nil
}

func checkKinds() error {
	elem := func(rt reflect.Type) reflect.Type {
		return ReflectOf((*ElemType)(unsafe.Pointer(DescriptorOf(rt))).Elem)
	}
	array := (*ArrayType)(unsafe.Pointer(DescriptorOf(reflect.TypeFor[[7]string]())))
	channel := (*ChanType)(unsafe.Pointer(DescriptorOf(reflect.TypeFor[<-chan string]())))
	it := (*InterfaceType)(unsafe.Pointer(DescriptorOf(reflect.TypeFor[error]())))
	text := reflect.TypeFor[string]()
	switch {
	case elem(reflect.TypeFor[*string]()) != text:
		return errors.New("abi.PtrType")
	case elem(reflect.TypeFor[[]string]()) != text:
		return errors.New("abi.SliceType")
	case ReflectOf(array.Elem) != text || ReflectOf(array.Slice) != reflect.TypeFor[[]string]() || array.Len != 7:
		return errors.New("abi.ArrayType")
	case ReflectOf(channel.Elem) != text || channel.Dir != int(reflect.RecvDir):
		return errors.New("abi.ChanType")
	case len(it.Methods) != 1:
		return errors.New("abi.InterfaceType")
	}
	return nil
}

// tagged is a struct to look at.
type tagged struct {
	a uint8
	B *int `tag:"b"`
}

func checkStruct() error {
	_ = tagged{}.a
	rt := reflect.TypeFor[tagged]()
	t := (*StructType)(unsafe.Pointer(DescriptorOf(rt)))
	if len(t.Fields) != 2 || t.PkgPath.String() != rt.Field(0).PkgPath {
		return errors.New("abi.StructType")
	}
	for i, f := range t.Fields {
		rf := rt.Field(i)
		if f.Name.String() != rf.Name || f.Offset != rf.Offset || ReflectOf(f.Typ) != rf.Type {
			return fmt.Errorf("abi.StructField %d", i)
		}
	}
	a, b := *t.Fields[0].Name.Bytes, *t.Fields[1].Name.Bytes
	if a != 0 || b != NameExported|NameHasTag {
		return errors.New("abi.Name")
	}
	return nil
}

func checkFunc() error {
	t := (*FuncType)(unsafe.Pointer(DescriptorOf(reflect.TypeFor[func(int, ...string) error]())))
	args := unsafe.Slice((**Type)(unsafe.Add(unsafe.Pointer(t), unsafe.Sizeof(*t))), 3)
	if t.InCount != 2 || t.OutCount != 1|FuncVariadic || ReflectOf(args[0]) != reflect.TypeFor[int]() ||
		ReflectOf(args[1]) != reflect.TypeFor[[]string]() || ReflectOf(args[2]) != reflect.TypeFor[error]() {
		return errors.New("abi.FuncType")
	}
	return nil
}

func checkMap() error {
	t := (*MapType)(unsafe.Pointer(DescriptorOf(reflect.TypeFor[map[string]int32]())))
	if ReflectOf(t.Key) != reflect.TypeFor[string]() || ReflectOf(t.Elem) != reflect.TypeFor[int32]() ||
		t.GroupSize != t.Group.Size_ || !t.SlotsKnown(24, 16) || t.Hasher == nil {
		return errors.New("abi.MapType")
	}
	return nil
}

// methods is a type with methods to look at.
type methods struct{ _ *int }

func (methods) Exported()   {}
func (methods) unexported() {}

func checkMethods() error {
	methods{}.unexported()
	rt := reflect.TypeFor[*methods]()
	t := DescriptorOf(rt)
	u := t.Uncommon()
	if u == nil || u.Mcount != 2 || u.Xcount != 1 || rt.NumMethod() != 1 {
		return errors.New("abi.UncommonType")
	}
	rows := unsafe.Slice((*Method)(unsafe.Add(unsafe.Pointer(u), u.Moff)), u.Mcount)
	for i, name := range []string{"Exported", "unexported"} {
		if t.NameAt(rows[i].Name).String() != name {
			return errors.New("abi.Method")
		}
	}
	if e := DescriptorOf(rt.Elem()); e.Uncommon() == nil || e.TFlag&TFlagNamed == 0 || e.PtrToThis == 0 {
		return errors.New("abi.TFlag")
	}
	return nil
}
