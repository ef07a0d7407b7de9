package yaegi

import (
	"fmt"
	"go/types"
	"reflect"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// Compiled packages that look into values by reflection get what is in a box: a
// value of a type that has the fields of the cells' type, but not its name nor
// its methods. Where that would make a difference they are refused.

// reflecting names the packages, and single functions, that do so.
var reflecting = map[string]bool{
	"encoding/json": true, "encoding/xml": true, "encoding/gob": true, "encoding/binary": true, "encoding/asn1": true,
	"text/template": true, "html/template": true, "reflect": true, "database/sql": true, "net/rpc": true, "testing/quick": true,
	"sort.Slice": true, "sort.SliceStable": true, "sort.SliceIsSorted": true, "sync/atomic": false,
	"fmt.Sscan": true, "fmt.Sscanf": true, "fmt.Sscanln": true, "fmt.Fscan": true, "fmt.Fscanf": true, "fmt.Fscanln": true,
}

// reflects reports whether a function looks into its arguments by reflection.
func reflects(fn *ssa.Function) bool {
	obj, _ := fn.Object().(*types.Func)
	if obj == nil || obj.Pkg() == nil {
		return false
	}
	return reflecting[obj.Pkg().Path()] || reflecting[obj.FullName()]
}

// deepEqual is reflect.DeepEqual.
func deepEqual(_ *Frame, x, y any) bool {
	a, ok := x.(boxed)
	b, ok2 := y.(boxed)
	if !ok || !ok2 {
		return !ok && !ok2 && reflect.DeepEqual(x, y)
	}
	return a.unbox().t == b.unbox().t && reflect.DeepEqual(unboxed(x, nil), unboxed(y, nil))
}

// unboxing is a compiled function that gets what is in boxes.
func unboxing(fn reflect.Value, obj types.Object) reflect.Value {
	t, seen := fn.Type(), seenBy[obj.Pkg().Path()]
	if obj.Pkg().Path() == "reflect" { // which is asked for the type's name and methods
		return reflect.MakeFunc(t, func(in []reflect.Value) []reflect.Value {
			for _, v := range in {
				if b, ok := inside(v).(boxed); ok {
					panic(fmt.Sprintf("gosched: the yaegi engine cannot give %s a %s; the direct engine can (--engine direct)", obj.Name(), b.unbox().t.name()))
				}
			}
			if t.IsVariadic() {
				return fn.CallSlice(in)
			}
			return fn.Call(in)
		})
	}
	return reflect.MakeFunc(t, func(in []reflect.Value) []reflect.Value {
		for i, v := range in {
			switch {
			case v.Type() == anyType && !v.IsNil():
				in[i] = reflect.New(anyType).Elem()
				in[i].Set(reflect.ValueOf(unboxed(v.Interface(), seen)))
			case v.Type() == reflect.TypeFor[[]any]():
				in[i] = reflect.ValueOf(unboxAll(v.Interface().([]any), seen))
			}
		}
		if t.IsVariadic() {
			return fn.CallSlice(in)
		}
		return fn.Call(in)
	})
}

func unboxAll(args []any, seen []string) []any {
	out := make([]any, len(args))
	for i, a := range args {
		out[i] = unboxed(a, seen)
	}
	return out
}

// unboxed is what is in a box, as compiled code can look at it.
func unboxed(v any, seen []string) any {
	b, ok := v.(boxed)
	if !ok {
		return v
	}
	out, trouble := b.unbox().shown(seen)
	if trouble != "" {
		panic(fmt.Sprintf("gosched: the yaegi engine cannot show a %s to compiled code that looks into it, since it %s; the direct engine can (--engine direct)", b.unbox().t.name(), trouble))
	}
	return out
}

// shown is what is in the box as a value of a type that has the same fields.
// Methods of the given names are in the way, since they would be missed.
func (b box) shown(seen []string) (v any, trouble string) {
	m := b.t.m
	m.mu.Lock()
	defer m.mu.Unlock()
	rt, trouble := m.view(b.t.t, 0, seen)
	if trouble != "" {
		return nil, trouble
	}
	out := reflect.New(b.t.layout.rt)
	if b.v != nil {
		out.Elem().Set(reflect.ValueOf(b.v))
	}
	return reflect.NewAt(rt, out.UnsafePointer()).Elem().Interface(), ""
}

// Show and Call implement display.Foreign.
func (b box) Show() (v any, typeName string, ok bool) {
	v, trouble := b.shown(nil)
	return v, b.t.name(), trouble == "" && !hasText(innermost(b.t.t))
}

// Call is described at Show.
func (b box) Call(method string) (string, bool) { return b.text(method) }

// innermost is what a type of lists or maps has values of.
func innermost(t types.Type) types.Type {
	for {
		switch u := t.Underlying().(type) {
		case *types.Slice:
			t = u.Elem()
		case *types.Array:
			t = u.Elem()
		case *types.Map:
			t = u.Elem()
		default:
			return t
		}
	}
}

// seenBy are the methods that packages look for by reflection.
var seenBy = map[string][]string{
	"encoding/json": {"MarshalJSON", "UnmarshalJSON", "MarshalText", "UnmarshalText"},
	"encoding/xml":  {"MarshalXML", "UnmarshalXML", "MarshalXMLAttr", "UnmarshalXMLAttr", "MarshalText", "UnmarshalText"},
	"encoding/gob":  {"GobEncode", "GobDecode", "MarshalBinary", "UnmarshalBinary"},
	"database/sql":  {"Scan", "Value"},
	"fmt":           {"Scan"},
	"text/template": {"*"},
	"html/template": {"*"},
	"net/rpc":       {"*"},
}

// view is the type as which compiled code sees values of t, or why it cannot.
func (m *Machine) view(t types.Type, depth int, seen []string) (rt reflect.Type, trouble string) {
	if l := m.layoutOf(t); l.exact || types.IsInterface(t) {
		return l.rt, ""
	} else if l.opaque || depth > 20 || l.rt == pointerType {
		return nil, "refers to itself"
	}
	set := types.NewMethodSet(types.NewPointer(t))
	for _, name := range seen {
		if name == "*" && set.Len() > 0 {
			name = set.At(0).Obj().Name()
		}
		if set.Lookup(nil, name) != nil {
			return nil, "has a method " + name
		}
	}
	sub := func(t types.Type) reflect.Type {
		var rt reflect.Type
		if trouble == "" {
			rt, trouble = m.view(t, depth+1, seen)
		}
		if rt == nil {
			return anyType
		}
		return rt
	}
	switch u := t.Underlying().(type) {
	case *types.Pointer:
		rt = reflect.PointerTo(sub(u.Elem()))
	case *types.Slice:
		rt = reflect.SliceOf(sub(u.Elem()))
	case *types.Array:
		rt = reflect.ArrayOf(int(u.Len()), sub(u.Elem()))
	case *types.Map:
		rt = reflect.MapOf(sub(u.Key()), sub(u.Elem()))
	case *types.Struct:
		var fields []reflect.StructField
		for i := range u.NumFields() {
			f := u.Field(i)
			field := reflect.StructField{Name: f.Name(), Type: sub(f.Type()), Tag: reflect.StructTag(u.Tag(i))}
			if !f.Exported() {
				field.PkgPath = "main"
				if f.Name() == "_" {
					field.Name = fieldName(u, i)
					field.Name = "_" + strings.ToLower(field.Name)
				}
			}
			if f.Embedded() && f.Exported() {
				if field.Type.Kind() != reflect.Struct {
					return nil, "embeds " + f.Name()
				}
				field.Anonymous = true
			} else if f.Embedded() {
				return nil, "embeds " + f.Name()
			}
			fields = append(fields, field)
		}
		if trouble == "" {
			rt = reflect.StructOf(fields)
		}
	default:
		rt = m.layoutOf(t).rt
	}
	return rt, trouble
}
