// Package composite makes the run-time types of those types that have no names, by
// package reflect, for whichever engine runs the program, and knows what types are
// composed of.
package composite

import (
	"fmt"
	"go/types"
	"reflect"
	"unsafe"
)

// basics are the types of the language that constants and numbers have.
var basics = map[types.BasicKind]reflect.Type{}

func init() {
	for kind, v := range map[types.BasicKind]any{
		types.Bool: false, types.String: "", types.UnsafePointer: unsafe.Pointer(nil),
		types.Int: 0, types.Int8: int8(0), types.Int16: int16(0), types.Int32: int32(0), types.Int64: int64(0),
		types.Uint: uint(0), types.Uint8: uint8(0), types.Uint16: uint16(0), types.Uint32: uint32(0), types.Uint64: uint64(0),
		types.Uintptr: uintptr(0), types.Float32: float32(0), types.Float64: 0.0, types.Complex64: complex64(0), types.Complex128: 0i,
	} {
		basics[kind] = reflect.TypeOf(v)
	}
}

// Basic is the run-time type of a basic type, or of the default type of an untyped one;
// nil has none.
func Basic(t *types.Basic) reflect.Type { return basics[types.Default(t).(*types.Basic).Kind()] }

// Unsigned reports whether a type is one of unsigned integers.
func Unsigned(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsUnsigned != 0
}

// Dir is the direction of a channel.
func Dir(t *types.Chan) reflect.ChanDir {
	switch t.Dir() {
	case types.SendOnly:
		return reflect.SendDir
	case types.RecvOnly:
		return reflect.RecvDir
	}
	return reflect.BothDir
}

// Of is the run-time type of t, which has no name. Part is asked for those of its parts,
// and field what the fields of a struct are called there; it may say of which type they are.
func Of(t types.Type, part func(types.Type) reflect.Type, field func(t *types.Struct, i int) reflect.StructField) reflect.Type {
	switch t := t.(type) {
	case *types.Basic:
		return Basic(t)
	case *types.Pointer:
		return reflect.PointerTo(part(t.Elem()))
	case *types.Slice:
		return reflect.SliceOf(part(t.Elem()))
	case *types.Array:
		return reflect.ArrayOf(int(t.Len()), part(t.Elem()))
	case *types.Map:
		return reflect.MapOf(part(t.Key()), part(t.Elem()))
	case *types.Chan:
		return reflect.ChanOf(Dir(t), part(t.Elem()))
	case *types.Signature:
		return reflect.FuncOf(List(t.Params(), part), List(t.Results(), part), t.Variadic())
	case *types.Interface: // reflect makes none with methods
		return reflect.TypeFor[any]()
	case *types.Struct:
		fields := make([]reflect.StructField, t.NumFields())
		for i := range fields {
			if fields[i] = field(t, i); fields[i].Type == nil {
				fields[i].Type = part(t.Field(i).Type())
			}
		}
		return reflect.StructOf(fields)
	}
	panic(fmt.Sprintf("no run-time type for %s", t))
}

// List has what part says of each type of a tuple.
func List(t *types.Tuple, part func(types.Type) reflect.Type) []reflect.Type {
	of := make([]reflect.Type, t.Len())
	for i := range of {
		of[i] = part(t.At(i).Type())
	}
	return of
}

// Field is what a field is called, with its tag, where it is called as in the source.
func Field(t *types.Struct, i int) reflect.StructField {
	f := t.Field(i)
	field := reflect.StructField{Name: f.Name(), Tag: reflect.StructTag(t.Tag(i))}
	if !f.Exported() && f.Pkg() != nil {
		field.PkgPath = f.Pkg().Path()
	}
	return field
}

// Parts are the types that a type without a name is composed of: for one with a name
// there are none.
func Parts(t types.Type) (of []types.Type) {
	switch t := t.(type) {
	case *types.Map:
		return []types.Type{t.Key(), t.Elem()}
	case interface{ Elem() types.Type }:
		return []types.Type{t.Elem()}
	case *types.Signature:
		return append(Parts(t.Params()), Parts(t.Results())...)
	case *types.Tuple:
		for v := range t.Variables() {
			of = append(of, v.Type())
		}
	case *types.Struct:
		for f := range t.Fields() {
			of = append(of, f.Type())
		}
	case *types.Interface:
		for m := range t.Methods() {
			of = append(of, m.Type())
		}
	}
	return of
}
