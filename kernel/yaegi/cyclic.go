package yaegi

import (
	"go/types"
	"reflect"
	"slices"

	"github.com/gosched/gosched/kernel/lower/composite"
)

// Types that lead to themselves, which package reflect cannot make, are cut where they
// do so: a pointer, slice, map, channel or function of such a type is kept as another
// with the same memory, and becomes what it is where it is used.

// rawType is the type as which values of t are kept that has to be cut, or nil.
func (m *Machine) rawType(t types.Type) (rt reflect.Type) {
	if n, ok := types.Unalias(t).(*types.Named); ok && m.isOwn(n) {
		t = n.Underlying()
	}
	switch t.(type) {
	case *types.Pointer, *types.Chan:
		rt = pointerType
	case *types.Slice:
		rt = reflect.TypeFor[[]func()]()
	case *types.Map:
		rt = reflect.TypeFor[map[int]func()]()
	case *types.Signature:
		rt = reflect.TypeFor[func()]()
	}
	if rt == nil || !m.leads(t, t, false, map[types.Type]bool{}) {
		return nil
	}
	return rt
}

// leads reports whether t has to, a type without a name, as one of its parts, however
// deep, and declared ones around that: within others than arrays and structs it is cut
// there. What is behind an interface is no part.
func (m *Machine) leads(t, to types.Type, declared bool, seen map[types.Type]bool) bool {
	return slices.ContainsFunc(composite.Parts(t), func(p types.Type) bool {
		p, declared := types.Unalias(p), declared
		switch n := p.(type) {
		case *types.Named:
			if types.IsInterface(p) || !m.isOwn(n) || seen[p] {
				return false
			}
			seen[p], declared = true, true
			p = n.Underlying()
		case *types.Array, *types.Struct:
		default:
			if !declared {
				return false
			}
		}
		return declared && types.Identical(p, to) || m.leads(p, to, declared, seen)
	})
}
