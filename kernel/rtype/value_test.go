package rtype

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

// TestFormat prints random values of every sample by fmt, as the compiled type
// and as the made one.
func TestFormat(t *testing.T) {
	tw := newTwins(t)
	r := rand.New(rand.NewPCG(1, 2))
	for made, native := range tw.native {
		for range 3 {
			n := reflect.New(native)
			if native.Size() < 1<<16 {
				fill(n.Elem(), r, 2)
			}
			m := reflect.NewAt(made, n.UnsafePointer())
			for _, verb := range []string{"%v", "%+v", "%#v", "%T", "%d", "%s", "%x"} {
				for _, p := range []struct{ m, n any }{
					{m.Elem().Interface(), n.Elem().Interface()},
					{m.Interface(), n.Interface()},
				} {
					got, want := sprint(verb, p.m), sprint(verb, p.n)
					if here(got) != here(want) {
						t.Errorf("%s of %s prints\n%s, want\n%s", verb, native, got, want)
					}
				}
			}
		}
	}
}

// sprint formats v, or says how that panics.
func sprint(verb string, v any) (s string) {
	defer func() {
		if r := recover(); r != nil {
			s = fmt.Sprint("panic: ", r)
		}
	}()
	return fmt.Sprintf(verb, v)
}

// TestEqualAndHash compares random values, and uses them as map keys, as the
// compiled type and as the made one.
func TestEqualAndHash(t *testing.T) {
	tw := newTwins(t)
	r := rand.New(rand.NewPCG(3, 4))
	equals := 0
	for made, native := range tw.native {
		if native.Size() > 1<<12 {
			continue
		}
		inAny := make(map[any]int)
		for i := range 40 {
			a, b := reflect.New(native), reflect.New(native)
			fill(a.Elem(), r, 1)
			fill(b.Elem(), r, 1)
			if i%4 == 0 {
				b.Elem().Set(a.Elem())
			}
			ma, mb := reflect.NewAt(made, a.UnsafePointer()).Elem(), reflect.NewAt(made, b.UnsafePointer()).Elem()
			want := tryEqual(a.Elem().Interface(), b.Elem().Interface())
			got := tryEqual(ma.Interface(), mb.Interface())
			if here(got) != here(want) {
				t.Errorf("%s: %+v == %+v is %s, want %s", native, a.Elem(), b.Elem(), got, want)
			}
			if !native.Comparable() {
				wantPanic := tryHash(make(map[any]int), a.Elem().Interface())
				if p := tryHash(inAny, ma.Interface()); here(p) != here(wantPanic) || p == "" {
					t.Errorf("%s as a key: %q, want %q", native, p, wantPanic)
				}
				continue
			}
			if made.Kind() == reflect.Interface {
				continue
			}
			mm := reflect.MakeMap(reflect.MapOf(made, reflect.TypeFor[int]()))
			mm.SetMapIndex(ma, reflect.ValueOf(1))
			mm.SetMapIndex(mb, reflect.ValueOf(2))
			nm := reflect.MakeMap(reflect.MapOf(native, reflect.TypeFor[int]()))
			nm.SetMapIndex(a.Elem(), reflect.ValueOf(1))
			nm.SetMapIndex(b.Elem(), reflect.ValueOf(2))
			if mm.Len() != nm.Len() || !mm.MapIndex(mb).IsValid() {
				t.Errorf("%s: map of %v and %v has %d keys, want %d", native, ma, mb, mm.Len(), nm.Len())
			}
			clear(inAny)
			inAny[ma.Interface()]++
			inAny[mb.Interface()]++
			if len(inAny) != nm.Len() {
				t.Errorf("%s: map[any] of %v and %v has %d keys, want %d", native, ma, mb, len(inAny), nm.Len())
			}
			if want == "true" {
				equals++
			}
		}
	}
	if equals < 100 {
		t.Errorf("only %d pairs were equal: the test does not test", equals)
	}
}

func tryEqual(a, b any) (s string) {
	defer func() {
		if r := recover(); r != nil {
			s = fmt.Sprint(r)
		}
	}()
	return fmt.Sprint(a == b)
}

func tryHash(m map[any]int, k any) (s string) {
	defer func() {
		if r := recover(); r != nil {
			s = fmt.Sprint(r)
		}
	}()
	m[k]++
	return ""
}

// TestReflect uses made types in what reflect makes of them.
func TestReflect(t *testing.T) {
	tw := newTwins(t)
	point, node, shape := tw.made(t, "Point"), tw.made(t, "Node"), tw.made(t, "Shape")
	square := tw.made(t, "Square")

	if f, _ := node.FieldByName("Kids"); f.Type != reflect.SliceOf(reflect.PointerTo(node)) {
		t.Errorf("Kids has type %v", f.Type)
	}
	if f, _ := node.FieldByName("m"); f.Type != reflect.MapOf(reflect.TypeFor[string](), node) {
		t.Errorf("m has type %v", f.Type)
	}
	if f, _ := node.FieldByName("f"); f.Type != reflect.FuncOf([]reflect.Type{node}, []reflect.Type{node}, false) {
		t.Errorf("f has type %v", f.Type)
	}

	if !square.Implements(shape) || point.Implements(shape) || !reflect.PointerTo(square).AssignableTo(shape) {
		t.Error("Implements is wrong for a made interface")
	}
	s := reflect.New(shape).Elem()
	s.Set(recast(reflect.ValueOf(Square{3}), square))
	if got := s.MethodByName("Area").Call(nil)[0].Float(); got != 9 {
		t.Errorf("Area through the interface is %v", got)
	}

	p := recast(reflect.ValueOf(Point{1, 2}), point)
	c := reflect.MakeChan(reflect.ChanOf(reflect.BothDir, point), 1)
	c.Send(p)
	if v, ok := c.Recv(); !ok || v.Interface() != p.Interface() {
		t.Errorf("received %v", v)
	}
	double := reflect.MakeFunc(reflect.FuncOf([]reflect.Type{point}, []reflect.Type{reflect.PointerTo(point)}, false),
		func(args []reflect.Value) []reflect.Value {
			q := reflect.New(point)
			q.Elem().Field(0).SetInt(2 * args[0].Field(0).Int())
			return []reflect.Value{q}
		})
	if got := double.Call([]reflect.Value{p})[0].Elem().Field(0).Int(); got != 2 {
		t.Errorf("doubled to %d", got)
	}
	if !reflect.TypeFor[int]().ConvertibleTo(tw.made(t, "Int")) || tw.made(t, "Int").AssignableTo(reflect.TypeFor[int]()) {
		t.Error("conversions between int and Int are wrong")
	}
	unnamed := reflect.TypeFor[struct{ X, Y int }]()
	if !unnamed.AssignableTo(point) || !p.CanConvert(unnamed) {
		t.Error("Point and its underlying struct should be assignable")
	}
	a, b := reflect.New(point), reflect.New(point)
	if !reflect.DeepEqual(a.Interface(), b.Interface()) {
		t.Error("DeepEqual says no")
	}
}

// TestMethods calls every exported method of every sample in every way.
func TestMethods(t *testing.T) {
	tw := newTwins(t)
	r := rand.New(rand.NewPCG(5, 6))
	calls := 0
	for made, native := range tw.native {
		if made.Kind() == reflect.Interface || native.PkgPath() != thisPath || strings.HasPrefix(native.Name(), "Embed") && strings.Contains(native.Name(), "Native") {
			continue
		}
		n := reflect.New(native)
		if native.Size() < 1<<16 {
			fill(n.Elem(), r, 1)
		}
		m := reflect.NewAt(made, n.UnsafePointer())
		for _, recv := range []struct{ m, n reflect.Value }{{m, n}, {m.Elem(), n.Elem()}} {
			for i := range recv.n.NumMethod() {
				in := make([]reflect.Value, recv.n.Method(i).Type().NumIn())
				for j := range in {
					in[j] = reflect.New(recv.n.Method(i).Type().In(j)).Elem()
					fill(in[j], r, 1)
				}
				name := recv.n.Type().Method(i).Name
				if name == "Put" || name == "Pop" || name == "Read" || name == "ServeHTTP" || name == "Apply" {
					continue
				}
				want := callAll(recv.n.Method(i), in)
				minIn := make([]reflect.Value, len(in))
				mt := recv.m.Method(i).Type()
				for j := range in {
					minIn[j] = recast(in[j], mt.In(j))
				}
				if got := callAll(recv.m.Method(i), minIn); here(got) != here(want) {
					t.Errorf("%s.%s: %s, want %s", recv.n.Type(), name, got, want)
				}
				withRecv := append([]reflect.Value{recv.m}, minIn...)
				if got := callAll(recv.m.Type().Method(i).Func, withRecv); here(got) != here(want) {
					t.Errorf("%s.%s by value: %s, want %s", recv.n.Type(), name, got, want)
				}
				if got := callAll(recv.m.MethodByName(name), minIn); here(got) != here(want) {
					t.Errorf("%s.%s by name: %s, want %s", recv.n.Type(), name, got, want)
				}
				bound := recv.m.Method(i).Interface() // a method value, through methodValueCall
				if got := callAll(reflect.ValueOf(bound), minIn); here(got) != here(want) {
					t.Errorf("%s.%s bound: %s, want %s", recv.n.Type(), name, got, want)
				}
				calls++
			}
		}
	}
	if calls < 80 {
		t.Errorf("only %d methods were called", calls)
	}
}

func callAll(fn reflect.Value, in []reflect.Value) (s string) {
	defer func() {
		if r := recover(); r != nil {
			s = fmt.Sprint("panic: ", r)
		}
	}()
	var out []reflect.Value
	if fn.Type().IsVariadic() {
		out = fn.CallSlice(in)
	} else {
		out = fn.Call(in)
	}
	for _, o := range out {
		s += fmt.Sprintf("%+v;", o)
	}
	return s
}
