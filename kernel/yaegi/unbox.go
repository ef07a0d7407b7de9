package yaegi

import (
	"errors"
	"fmt"
	"go/types"
	"reflect"
	"slices"
	"strings"

	"github.com/gosched/gosched/kernel/lower/composite"
)

// Compiled packages that look into values by reflection get what is in a box: a
// value of a type that has the fields of the cells' type, but not its name nor
// its methods. Where that would make a difference they are refused.

// reflecting names the packages, and single functions, that do so, and the methods that
// they look for, * for all. Nobody else looks into values.
var reflecting = map[string][]string{
	"encoding/json": {"MarshalJSON", "UnmarshalJSON", "MarshalText", "UnmarshalText"},
	"encoding/xml":  {"MarshalXML", "UnmarshalXML", "MarshalXMLAttr", "UnmarshalXMLAttr", "MarshalText", "UnmarshalText"},
	"encoding/gob":  {"GobEncode", "GobDecode", "MarshalBinary", "UnmarshalBinary"},
	"database/sql":  {"Scan", "Value"},
	"text/template": {"*"}, "html/template": {"*"}, "net/rpc": {"*"},
	"encoding/binary": {}, "encoding/asn1": {}, "reflect": {}, "testing/quick": {},
	"sort.Slice": {}, "sort.SliceStable": {}, "sort.SliceIsSorted": {},
	"fmt.Sscan": scans, "fmt.Sscanf": scans, "fmt.Sscanln": scans, "fmt.Fscan": scans, "fmt.Fscanf": scans, "fmt.Fscanln": scans,
}

var scans = []string{"Scan"}

// deepEqual is reflect.DeepEqual.
func deepEqual(_ *Frame, x, y any) bool {
	a, ok := unbox(x)
	b, ok2 := unbox(y)
	if !ok || !ok2 {
		return !ok && !ok2 && reflect.DeepEqual(x, y)
	}
	return a.t == b.t && reflect.DeepEqual(unboxed(x, nil), unboxed(y, nil))
}

// errorsAs is errors.As.
func errorsAs(_ *Frame, err error, target any) bool {
	b, ok := unbox(target)
	if !ok || b.t.inside.Kind() != reflect.Pointer {
		return errors.As(err, target)
	}
	want := b.t.m.identity(elemOf(b.t.t))
	to := reshaped(b.value(), b.t.inside).Elem()
	return wraps(err, func(err error) bool {
		if v, _, ok := want.assert(err); ok {
			to.Set(v)
			return true
		}
		w, ok := unbox(err)
		return ok && w.Has("As", reflect.TypeFor[func(any) bool]()) && w.Invoke("As", target)[0].Bool()
	})
}

// wraps reports whether an error is one that f accepts, or wraps one.
func wraps(err error, f func(err error) bool) bool {
	if err == nil || f(err) {
		return err != nil
	}
	switch x := err.(type) {
	case interface{ Unwrap() error }:
		return wraps(x.Unwrap(), f)
	case interface{ Unwrap() []error }:
		return slices.ContainsFunc(x.Unwrap(), func(err error) bool { return wraps(err, f) })
	}
	return false
}

// unboxing is the compiled function of that name such that it gets what is in boxes.
func unboxing(fn reflect.Value, name string, seen []string) reflect.Value {
	ofReflect := strings.Contains(name, "reflect.")
	return reflect.MakeFunc(fn.Type(), func(in values) values {
		for i, v := range in {
			b, isBox := unbox(inside(v))
			switch {
			case isBox && ofReflect: // which is asked for the type's name and methods
				cannot("give %s a %s", name[strings.LastIndexByte(name, '.')+1:], b.t.name())
			case isBox && v.Type() == anyType:
				in[i] = reflect.ValueOf(unboxed(b, seen))
			case v.Type() == reflect.TypeFor[[]any]() && !ofReflect:
				all := slices.Clone(v.Interface().([]any))
				for n, a := range all {
					all[n] = unboxed(a, seen)
				}
				in[i] = reflect.ValueOf(all)
			}
		}
		return callSlice(fn, in)
	})
}

// unboxed is what is in a box, as compiled code can look at it.
func unboxed(v any, seen []string) any {
	b, ok := unbox(v)
	if !ok {
		return v
	}
	out, trouble := b.shown(seen)
	if trouble != "" {
		cannot("show a %s to compiled code that looks into it, since it %s", b.t.name(), trouble)
	}
	return out
}

// shown is what is in the box as a value of a type that has the same fields.
// Methods of the given names are in the way, since they would be missed.
func (b box) shown(seen []string) (v any, trouble string) {
	m := b.t.m
	m.mu.Lock()
	defer m.mu.Unlock()
	rt, trouble := m.view(b.t.t, seen)
	if trouble != "" {
		return nil, trouble
	}
	return reshaped(b.value(), rt).Interface(), ""
}

// Show is what is in the box for display, and the name of its type.
func (b box) Show() (v any, typeName string, ok bool) {
	v, _ = b.shown(nil)
	_, trouble := b.shown([]string{"Error", "String", "GoString", "Format"})
	return v, b.t.name(), trouble == ""
}

// view is the type as which compiled code sees values of t, or why it cannot.
func (m *Machine) view(t types.Type, seen []string) (rt reflect.Type, trouble string) {
	l := m.typOf(t)
	if l.exact || types.IsInterface(t) {
		return l.rt, ""
	} else if l.raw() {
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
	u := t.Underlying()
	switch u.(type) {
	case *types.Signature, *types.Chan:
		return l.rt, ""
	}
	rt = composite.Of(u, func(t types.Type) reflect.Type {
		rt, why := m.view(t, seen)
		if why != "" {
			rt, trouble = anyType, why
		}
		return rt
	}, func(t *types.Struct, i int) reflect.StructField {
		f, field := t.Field(i), composite.Field(t, i)
		_, isStruct := f.Type().Underlying().(*types.Struct)
		switch field.Anonymous = f.Embedded() && f.Exported() && isStruct; {
		case f.Embedded() && !field.Anonymous:
			trouble = "embeds " + f.Name()
		case f.Name() == "_":
			field.Name = fmt.Sprintf("_%d", i)
		}
		return field
	})
	return rt, trouble
}
