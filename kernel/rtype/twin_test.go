package rtype

import (
	"go/types"
	"math/rand/v2"
	"reflect"
	"testing"
	"unsafe"
)

// twins implements the methods of made types by those of their compiled twins:
// the values have the same memory.
type twins struct {
	*Types
	native map[reflect.Type]reflect.Type // of made types
	asked  map[string]int                // calls of Options.Method, by method
}

func newTwins(t testing.TB) *twins {
	t.Helper()
	tw := &twins{native: make(map[reflect.Type]reflect.Type), asked: make(map[string]int)}
	tw.Types = newTypes(t, Options{Method: tw.method})
	ps, err := checked()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range ps {
		made, err := tw.Of(p.typ)
		if err != nil {
			t.Fatal(err)
		}
		tw.native[made] = p.native
	}
	return tw
}

// made returns the made type of name.
func (tw *twins) made(t testing.TB, name string) reflect.Type {
	t.Helper()
	for m := range tw.native {
		if m.Name() == name {
			return m
		}
	}
	t.Fatalf("no sample %s", name)
	return nil
}

// value returns v, of a compiled type, as a value of its made twin.
func (tw *twins) value(t testing.TB, v any) reflect.Value {
	t.Helper()
	nt := reflect.TypeOf(v)
	ptr := nt.Kind() == reflect.Pointer && nt.Name() == ""
	for m, n := range tw.native {
		if n == nt || ptr && n == nt.Elem() {
			if ptr {
				m = reflect.PointerTo(m)
			}
			return recast(reflect.ValueOf(v), m)
		}
	}
	t.Fatalf("no sample %s", nt)
	return reflect.Value{}
}

// twin returns the compiled type of the layout of a made one.
func (tw *twins) twin(rt reflect.Type) reflect.Type {
	if n, ok := tw.native[rt]; ok {
		return n
	}
	if rt.Name() != "" {
		return rt
	}
	switch rt.Kind() {
	case reflect.Pointer:
		return reflect.PointerTo(tw.twin(rt.Elem()))
	case reflect.Slice:
		return reflect.SliceOf(tw.twin(rt.Elem()))
	}
	return rt
}

// recast returns v's memory as a value of another type of the same layout.
func recast(v reflect.Value, to reflect.Type) reflect.Value {
	if v.Type() == to {
		return v
	}
	p := reflect.New(v.Type())
	p.Elem().Set(v)
	return reflect.NewAt(to, p.UnsafePointer()).Elem()
}

func (tw *twins) method(recv reflect.Type, m *types.Selection) func([]reflect.Value) []reflect.Value {
	name := m.Obj().Name()
	tw.asked[recv.String()+"."+name]++
	if tw.twin(recv) == recv {
		panic(recv.String() + " has no twin")
	}
	fn, ok := tw.twin(recv).MethodByName(name)
	if !ok {
		return nil
	}
	results := m.Type().(*types.Signature).Results()
	out := make([]reflect.Type, results.Len())
	for i := range out {
		rt, err := tw.Of(results.At(i).Type())
		if err != nil {
			panic(err)
		}
		out[i] = rt
	}
	return func(args []reflect.Value) []reflect.Value {
		in := make([]reflect.Value, len(args))
		for i, a := range args {
			in[i] = recast(a, fn.Type.In(i))
		}
		var res []reflect.Value
		if fn.Type.IsVariadic() {
			res = fn.Func.CallSlice(in)
		} else {
			res = fn.Func.Call(in)
		}
		for i, r := range res {
			res[i] = recast(r, out[i])
		}
		return res
	}
}

// fill gives v, a value of a compiled type, random content.
func fill(v reflect.Value, r *rand.Rand, depth int) {
	if !v.CanSet() { // an unexported field
		v = reflect.NewAt(v.Type(), unsafe.Pointer(v.UnsafeAddr())).Elem()
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 0)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(int64(r.IntN(3)))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		v.SetUint(uint64(r.IntN(3)))
	case reflect.Float32, reflect.Float64:
		v.SetFloat([]float64{0, 1, 2.5, negZero}[r.IntN(4)])
	case reflect.Complex64, reflect.Complex128:
		v.SetComplex(complex(float64(r.IntN(2)), negZero))
	case reflect.String:
		v.SetString([]string{"", "a", "bc"}[r.IntN(3)])
	case reflect.Interface:
		if v.NumMethod() == 0 {
			v.Set(reflect.ValueOf([]any{1, "x", 2.5}[r.IntN(3)]))
		}
	case reflect.Pointer:
		if depth > 0 && r.IntN(2) == 0 {
			v.Set(reflect.New(v.Type().Elem()))
			fill(v.Elem(), r, depth-1)
		}
	case reflect.Slice:
		if depth > 0 {
			v.Set(reflect.MakeSlice(v.Type(), r.IntN(3), 3))
			for i := range v.Len() {
				fill(v.Index(i), r, depth-1)
			}
		}
	case reflect.Array:
		for i := range min(v.Len(), 64) {
			fill(v.Index(i), r, depth)
		}
	case reflect.Struct:
		if v.Type().PkgPath() == "sync" || v.Type().PkgPath() == "net/http" {
			return
		}
		for i := range v.NumField() {
			fill(v.Field(i), r, depth)
		}
	}
}

var negZero = func() float64 { z := 0.0; return -z }()
