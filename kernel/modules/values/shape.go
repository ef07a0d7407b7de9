package values

import (
	"go/types"
	"hash/fnv"
	"reflect"
	"strconv"
)

// A shape says how values of a type lie in memory, near the top. What was written
// with one is not read with another.

// mostHops is how many pointers away from a variable its shape is known.
const mostHops = 3

func hash(shape []byte) uint32 {
	h := fnv.New32a()
	h.Write(shape)
	return h.Sum32()
}

func shapeOf(t types.Type) []byte { return appendShape(nil, t, 0) }

func appendShape(b []byte, t types.Type, hops int) []byte {
	if hops > mostHops {
		return append(b, '.')
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		if u.Kind() == types.UnsafePointer {
			return append(b, 'u')
		}
		return append(b, types.Typ[u.Kind()].Name()...)
	case *types.Pointer:
		return appendShape(append(b, '*'), u.Elem(), hops+1)
	case *types.Slice:
		return appendShape(append(b, '['), u.Elem(), hops+1)
	case *types.Array:
		return appendShape(append(strconv.AppendInt(b, u.Len(), 10), 'x'), u.Elem(), hops)
	case *types.Map:
		return appendShape(appendShape(append(b, 'm'), u.Key(), hops+1), u.Elem(), hops+1)
	case *types.Struct:
		b = append(b, '{')
		for f := range u.Fields() {
			b = append(appendShape(b, f.Type(), hops), ' ')
		}
		return append(b, '}')
	case *types.Interface:
		return append(b, 'i')
	case *types.Chan:
		return append(b, 'c')
	}
	return append(b, 'f')
}

func runtimeShape(b []byte, t reflect.Type, hops int) []byte {
	if hops > mostHops {
		return append(b, '.')
	}
	switch t.Kind() {
	case reflect.UnsafePointer:
		return append(b, 'u')
	case reflect.Pointer:
		return runtimeShape(append(b, '*'), t.Elem(), hops+1)
	case reflect.Slice:
		return runtimeShape(append(b, '['), t.Elem(), hops+1)
	case reflect.Array:
		return runtimeShape(append(strconv.AppendInt(b, int64(t.Len()), 10), 'x'), t.Elem(), hops)
	case reflect.Map:
		return runtimeShape(runtimeShape(append(b, 'm'), t.Key(), hops+1), t.Elem(), hops+1)
	case reflect.Struct:
		b = append(b, '{')
		for i := range t.NumField() {
			b = append(runtimeShape(b, t.Field(i).Type, hops), ' ')
		}
		return append(b, '}')
	case reflect.Interface:
		return append(b, 'i')
	case reflect.Chan:
		return append(b, 'c')
	case reflect.Func:
		return append(b, 'f')
	}
	return append(b, t.Kind().String()...)
}

// flat reports whether values of a type have no pointers in them.
func flat(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Info()&types.IsString == 0 && u.Kind() != types.UnsafePointer
	case *types.Array:
		return flat(u.Elem())
	case *types.Struct:
		for f := range u.Fields() {
			if !flat(f.Type()) {
				return false
			}
		}
		return true
	}
	return false
}
