package yaegi

import (
	"fmt"
	"go/token"
	"reflect"
	"strings"
	"unicode/utf8"
	"unsafe"
)

// Helpers are functions that core Go calls. Each is made for the types that it
// works on, once for all places that need the same.

var frameType = reflect.TypeFor[*Frame]()

// helper returns the name of a helper, which make makes if there is none yet of
// that kind and key and for those types. m.mu is held.
func (m *Machine) helper(kind, key string, make func() reflect.Value, types ...reflect.Type) string {
	for _, t := range types {
		id, ok := m.typeIDs[t]
		if !ok {
			id = len(m.typeIDs)
			m.typeIDs[t] = id
		}
		key += fmt.Sprint(" ", id)
	}
	key = kind + " " + key
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

// make1 makes a function with one parameter and one result.
func make1(in, out reflect.Type, f func(v reflect.Value) reflect.Value) reflect.Value {
	return makeFunc([]reflect.Type{in}, []reflect.Type{out}, func(in []reflect.Value) []reflect.Value {
		return []reflect.Value{f(in[0])}
	})
}

// reshaped converts a value to another type of the same or a convertible kind.
func reshaped(v reflect.Value, to reflect.Type) reflect.Value {
	from := v.Type()
	switch {
	case from == to:
		return v
	case to.Kind() == reflect.Interface: // opaque
		out := reflect.New(to).Elem()
		if !isNil(v) {
			out.Set(v)
		}
		return out
	case from.Kind() == reflect.Interface:
		if v.IsNil() {
			return reflect.Zero(to)
		}
		return reshaped(v.Elem(), to)
	case from.Kind() == reflect.Slice && to.Kind() == reflect.Array:
		if v.Len() < to.Len() {
			panic(goError(fmt.Sprintf("cannot convert slice with length %d to array or pointer to array with length %d", v.Len(), to.Len())))
		}
		return v.Convert(to)
	case from.ConvertibleTo(to):
		return v.Convert(to)
	}
	// Structs with fields of other names, and what consists of them: the memory is
	// the same.
	p := reflect.New(from)
	p.Elem().Set(v)
	return reflect.NewAt(to, p.UnsafePointer()).Elem()
}

func isNil(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Slice, reflect.Map, reflect.Func, reflect.Pointer, reflect.UnsafePointer, reflect.Chan, reflect.Interface:
		return v.IsNil()
	}
	return false
}

func makeChan(t reflect.Type, size int) reflect.Value {
	if size < 0 || t.Elem().Size() > 0 && uintptr(size) > 1<<46/t.Elem().Size() {
		panic(plainError("makechan: size out of range"))
	}
	both := reflect.ChanOf(reflect.BothDir, t.Elem())
	return reflect.MakeChan(both, size).Convert(t)
}

// A plainError is a run-time error without the prefix of others.
type plainError string

func (e plainError) Error() string { return string(e) }

// RuntimeError implements runtime.Error.
func (plainError) RuntimeError() {}

func makeSlice(t reflect.Type, length, capacity int) reflect.Value {
	most := 1 << 46
	if size := int(t.Elem().Size()); size > 0 {
		most /= size
	}
	switch {
	case length < 0 || length > most:
		panic(goError("makeslice: len out of range"))
	case capacity < length || capacity > most:
		panic(goError("makeslice: cap out of range"))
	}
	return reflect.MakeSlice(t, length, capacity)
}

// sliced is v[low:high:max], where -1 stands for a bound that is not given. v is
// a string, a slice or an addressable array.
func sliced(v reflect.Value, low, high, max int) reflect.Value {
	capacity := v.Len()
	if v.Kind() == reflect.Slice {
		capacity = v.Cap()
	}
	word := "capacity"
	if v.Kind() == reflect.String {
		word = "length"
	} else if v.Kind() == reflect.Array {
		word = "length"
	}
	if low < 0 {
		low = 0
	}
	if max >= 0 {
		switch {
		case max > capacity:
			panic(goError(fmt.Sprintf("slice bounds out of range [::%d] with %s %d", max, word, capacity)))
		case high > max:
			panic(goError(fmt.Sprintf("slice bounds out of range [:%d:%d]", high, max)))
		case low > high:
			panic(goError(fmt.Sprintf("slice bounds out of range [%d:%d:]", low, high)))
		}
		return v.Slice3(low, high, max)
	}
	if high < 0 {
		high = v.Len()
	}
	if high > capacity {
		panic(goError(fmt.Sprintf("slice bounds out of range [:%d] with %s %d", high, word, capacity)))
	}
	if low > high {
		panic(goError(fmt.Sprintf("slice bounds out of range [%d:%d]", low, high)))
	}
	return v.Slice(low, high)
}

// Panics of core Go itself.

func indexPanic(i, length int) {
	if i < 0 {
		panic(goError(fmt.Sprintf("index out of range [%d]", i)))
	}
	panic(goError(fmt.Sprintf("index out of range [%d] with length %d", i, length)))
}

func unsignedIndexPanic(i, length int) {
	panic(goError(fmt.Sprintf("index out of range [%d] with length %d", uint(i), length)))
}

func slicePanic(i int) { panic(goError(fmt.Sprintf("slice bounds out of range [%d:]", i))) }

func dividePanic() {
	zero := 0
	_ = 1 / zero
}

func shiftPanic() { panic(goError("negative shift amount")) }

// panicWith is the builtin panic.
func panicWith(v any) {
	if b, ok := v.(boxed); ok {
		if w := b.unbox(); w.t.methodNamed("Error") != nil {
			if e, ok := w.wrap(errorType).(error); ok {
				panic(e)
			}
		}
	}
	panic(v)
}

// An iterator goes through a string or a map.
type iterator struct {
	text string
	at   int
	m    *reflect.MapIter
}

func newIterator(v reflect.Value) *iterator {
	if v.Kind() == reflect.String {
		return &iterator{text: v.String()}
	}
	return &iterator{m: v.MapRange()}
}

func (it *iterator) next() (ok bool, k, v reflect.Value) {
	if it.m != nil {
		if !it.m.Next() {
			return false, k, v
		}
		return true, it.m.Key(), it.m.Value()
	}
	if it.at >= len(it.text) {
		return false, k, v
	}
	at := it.at
	r, size := utf8.DecodeRuneInString(it.text[at:])
	it.at += size
	return true, reflect.ValueOf(at), reflect.ValueOf(r)
}

func mapIndex(m, k reflect.Value) reflect.Value {
	hashable(k)
	return m.MapIndex(k)
}

// hashable panics as Go does for a key that cannot be one.
func hashable(k reflect.Value) {
	if k.Kind() == reflect.Interface && !k.IsNil() && !k.Comparable() {
		panic(goError("hash of unhashable type " + nameOf(k.Interface())))
	}
}

// equalValues is a == b for what is no number or string.
func equalValues(a, b reflect.Value) bool {
	switch {
	case a.Kind() == reflect.Interface || b.Kind() == reflect.Interface:
		return equal(inside(a), inside(b))
	case a.Kind() == reflect.UnsafePointer:
		return a.UnsafePointer() == b.UnsafePointer()
	case a.Kind() == reflect.Chan:
		return a.Pointer() == b.Pointer()
	}
	if !a.Comparable() {
		panic(goError("comparing uncomparable type " + a.Type().String()))
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

// operator is a helper for an operator that yaegi gets wrong for a type.
func (m *Machine) operator(op token.Token, t reflect.Type) string {
	out := t
	if op == token.LSS || op == token.LEQ || op == token.GTR || op == token.GEQ {
		out = reflect.TypeFor[bool]()
	}
	return m.helper("Y", op.String(), func() reflect.Value {
		return makeFunc([]reflect.Type{t, t}, []reflect.Type{out}, func(in []reflect.Value) []reflect.Value {
			v := reflect.New(out).Elem()
			if t.Kind() == reflect.String {
				c := strings.Compare(in[0].String(), in[1].String())
				v.SetBool(op == token.LSS && c < 0 || op == token.LEQ && c <= 0 || op == token.GTR && c > 0 || op == token.GEQ && c >= 0)
				return []reflect.Value{v}
			}
			x, y := in[0].Complex(), in[1].Complex()
			switch op {
			case token.ADD:
				x += y
			case token.SUB:
				x -= y
			case token.MUL:
				x *= y
			case token.QUO:
				if t.Kind() == reflect.Complex64 {
					x = complex128(complex64(x) / complex64(y))
				} else {
					x /= y
				}
			}
			v.SetComplex(x)
			return []reflect.Value{v}
		})
	}, t)
}

// convertHook does conversions from and to unsafe.Pointer for yaegi.
func convertHook(from, to reflect.Type) func(src, dest reflect.Value) {
	switch {
	case from == nil || to == nil:
	case to.Kind() == reflect.UnsafePointer && from.Kind() == reflect.Pointer:
		return func(src, dest reflect.Value) { dest.SetPointer(src.UnsafePointer()) }
	case to.Kind() == reflect.UnsafePointer && from.Kind() == reflect.Uintptr:
		return func(src, dest reflect.Value) {
			u := uintptr(src.Uint())
			dest.SetPointer(*(*unsafe.Pointer)(unsafe.Pointer(&u)))
		}
	case from.Kind() == reflect.UnsafePointer && to.Kind() == reflect.Pointer:
		return func(src, dest reflect.Value) { dest.Set(reflect.NewAt(to.Elem(), src.UnsafePointer()).Convert(to)) }
	case from.Kind() == reflect.UnsafePointer && to.Kind() == reflect.Uintptr:
		return func(src, dest reflect.Value) { dest.SetUint(uint64(uintptr(src.UnsafePointer()))) }
	}
	return nil
}
