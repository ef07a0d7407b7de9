package yaegi

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/gosched/gosched/kernel/runtimeerror"
)

// Helpers are functions that core Go calls. Each is made for the types that it
// works on, once for all places that need the same.

var (
	frameType = reflect.TypeFor[*Frame]()
	intType   = reflect.TypeFor[int]()
	boolType  = reflect.TypeFor[bool]()
	textType  = reflect.TypeFor[func() string]()
)

// helper returns the name of a helper, which make makes if there is none yet of
// that kind and key and for those types. m.mu is held.
func (m *Machine) helper(kind, key string, make func() reflect.Value, types ...reflect.Type) string {
	key = kind + " " + key
	for _, t := range types {
		key += fmt.Sprintf(" %p", t) // names need not tell types apart
	}
	if name, ok := m.helpers[key]; ok {
		return name
	}
	name := fmt.Sprintf("%s%d", kind, len(m.helpers))
	m.symbols[name] = make()
	m.helpers[key] = "h." + name
	return "h." + name
}

func makeFunc(in, out []reflect.Type, f func(in []reflect.Value) []reflect.Value) reflect.Value {
	return reflect.MakeFunc(reflect.FuncOf(in, out, false), f)
}

// reshaped converts a value to another type of the same or a convertible kind.
func reshaped(v reflect.Value, to reflect.Type) reflect.Value {
	from := v.Type()
	switch {
	case from == to:
		return v
	case from.Kind() == reflect.Slice && to.Kind() == reflect.Array:
		return toArray(v, to)
	case from.ConvertibleTo(to):
		return v.Convert(to)
	}
	// Raw values, structs with fields of other names, and what consists of them: the
	// memory is the same.
	if to.Kind() == reflect.Interface || from.Size() != to.Size() {
		panic(fmt.Sprintf("yaegi: a %s is not a %s", from, to))
	}
	p := reflect.New(from)
	p.Elem().Set(v)
	return reflect.NewAt(to, p.UnsafePointer()).Elem()
}

// toArray is a slice as an array, or a pointer to one.
func toArray(v reflect.Value, to reflect.Type) reflect.Value {
	n := to
	if to.Kind() == reflect.Pointer {
		n = to.Elem()
	}
	if v.Len() < n.Len() {
		panic(runtimeerror.Conversion(v.Len(), n.Len()))
	}
	return v.Convert(to)
}

// room is a number of elements of a type, or -1 where the address space has no room for
// so many.
func room(t reflect.Type, n int) int {
	if n > 1<<46/max(1, int(t.Size())) {
		return -1
	}
	return n
}

// Where Go panics, so does what follows, by making the same of elements that take no room.

func makeChan(t reflect.Type, size int) reflect.Value {
	size = room(t.Elem(), size)
	_ = make(chan struct{}, size)
	return reflect.MakeChan(reflect.ChanOf(reflect.BothDir, t.Elem()), size).Convert(t)
}

func makeSlice(t reflect.Type, length, capacity int) reflect.Value {
	_ = make([]struct{}, room(t.Elem(), length), room(t.Elem(), capacity))
	return reflect.MakeSlice(t, length, capacity)
}

// An iterator goes through a string or a map: it returns whether there is more, and a
// key and a value.
type iterator func() []reflect.Value

func newIterator(v reflect.Value) iterator {
	end := []reflect.Value{reflect.ValueOf(false), {}, {}}
	if v.Kind() == reflect.Map {
		it := v.MapRange()
		return func() []reflect.Value {
			if !it.Next() {
				return end
			}
			return []reflect.Value{reflect.ValueOf(true), it.Key(), it.Value()}
		}
	}
	s := strings.NewReader(v.String())
	return func() []reflect.Value {
		at := int(s.Size()) - s.Len()
		r, _, err := s.ReadRune()
		if err != nil {
			return end
		}
		return []reflect.Value{reflect.ValueOf(true), reflect.ValueOf(at), reflect.ValueOf(r)}
	}
}

// hashable panics as Go does for a key that cannot be one.
func hashable(k reflect.Value) {
	if k.Kind() == reflect.Interface && !k.IsNil() && !k.Comparable() {
		panic(runtimeerror.Of("hash of unhashable type %s", nameOf(k.Interface())))
	}
}

// equalValues is a == b for what is no number or string.
func equalValues(a, b reflect.Value) bool {
	switch {
	case a.Kind() == reflect.Interface || b.Kind() == reflect.Interface:
		return equal(inside(a), inside(b))
	case a.Kind() == reflect.Slice || a.Kind() == reflect.Map || a.Kind() == reflect.Func: // and one is nil
		return a.IsNil() && b.IsNil()
	case !a.Comparable():
		panic(runtimeerror.Of("comparing uncomparable type %s", a.Type()))
	}
	return a.Interface() == reshaped(b, a.Type()).Interface()
}

// inside is what is in an interface, or a value as one would be.
func inside(v reflect.Value) any {
	if v.Kind() == reflect.Interface && v.IsNil() {
		return nil
	}
	return v.Interface()
}

// convertHook does conversions from and to unsafe.Pointer for yaegi.
func convertHook(from, to reflect.Type) func(src, dest reflect.Value) {
	if from == nil || to == nil || (from.Kind() == reflect.UnsafePointer) == (to.Kind() == reflect.UnsafePointer) {
		return nil
	}
	return func(src, dest reflect.Value) { dest.Set(reshaped(src, to)) }
}
