package yaegi

import (
	"go/types"
	"reflect"
	"slices"
	"unsafe"
)

// Types that lead to themselves, which package reflect cannot make, are cut where they
// do so: a pointer, slice, map, channel or function of such a type is kept as one of the
// following, which has the same memory, and becomes what it is where it is used.

// rawSlice is a slice, and cannot be compared either.
type rawSlice struct {
	_ [0]func()
	//lint:ignore U1000 it is there as memory
	data unsafe.Pointer
	//lint:ignore U1000 it is there as memory
	len, cap int
}

// rawRef is a map or a function.
type rawRef struct {
	_ [0]func()
	//lint:ignore U1000 it is there as memory
	p unsafe.Pointer
}

// rawType is the type as which values of t are kept that has to be cut, or nil.
func (m *Machine) rawType(t types.Type) reflect.Type {
	if n, ok := types.Unalias(t).(*types.Named); ok && m.isOwn(n) {
		t = n.Underlying()
	}
	if !slices.ContainsFunc(parts(t), m.mentionsCyclic) {
		return nil
	}
	switch t.(type) {
	case *types.Pointer, *types.Chan:
		return pointerType
	case *types.Slice:
		return rawSliceType
	case *types.Map, *types.Signature:
		return rawRefType
	}
	return nil
}

// parts are the types that a type is made of.
func parts(t types.Type) (of []types.Type) {
	switch t := t.(type) {
	case *types.Map:
		return []types.Type{t.Key(), t.Elem()}
	case interface{ Elem() types.Type }:
		return []types.Type{t.Elem()}
	case *types.Signature:
		return append(parts(t.Params()), parts(t.Results())...)
	case *types.Struct:
		for f := range t.Fields() {
			of = append(of, f.Type())
		}
	case *types.Tuple:
		for v := range t.Variables() {
			of = append(of, v.Type())
		}
	}
	return of
}

// mentionsCyclic reports whether values of t have one of a cyclic type in them.
func (m *Machine) mentionsCyclic(t types.Type) bool {
	switch t := types.Unalias(t).(type) {
	case *types.Array, *types.Struct:
		return slices.ContainsFunc(parts(t), m.mentionsCyclic)
	case *types.Named:
		c, known := m.cyclic[t]
		if !known {
			c = m.isOwn(t) && !types.IsInterface(t) && m.leads(t.Underlying(), t, map[types.Type]bool{})
			m.cyclic[t] = c
		}
		return c
	}
	return false
}

// leads reports whether n is t or one of its parts, however deep.
func (m *Machine) leads(t types.Type, n *types.Named, seen map[types.Type]bool) bool {
	t = types.Unalias(t)
	if seen[t] {
		return false
	}
	seen[t] = true
	if named, ok := t.(*types.Named); ok {
		return types.Identical(t, n) || !types.IsInterface(t) && m.isOwn(named) && m.leads(t.Underlying(), n, seen)
	}
	return slices.ContainsFunc(parts(t), func(t types.Type) bool { return m.leads(t, n, seen) })
}
