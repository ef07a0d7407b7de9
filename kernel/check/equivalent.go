package check

import "go/types"

// equivalent reports whether values of type a can be taken as values of type
// b, where b comes from declaring again what a came from: the types are
// identical but for user types of the same name and structure.
func equivalent(a, b types.Type) bool {
	return (&equivalence{assumed: map[[2]*types.Named]bool{}}).types(a, b)
}

type equivalence struct {
	assumed map[[2]*types.Named]bool
	strict  bool // no two named types are equivalent but the assumed
}

func (q *equivalence) types(a, b types.Type) bool {
	a, b = types.Unalias(a), types.Unalias(b)
	switch a := a.(type) {
	case *types.Named:
		b, ok := b.(*types.Named)
		if !ok {
			return false
		}
		if a == b {
			return true
		}
		oa, ob := a.Obj(), b.Obj()
		if oa.Name() != ob.Name() || oa.Pkg() == nil || ob.Pkg() == nil || oa.Pkg().Path() != ob.Pkg().Path() {
			return false
		}
		if a.TypeArgs().Len() != b.TypeArgs().Len() {
			return false
		}
		pair := [2]*types.Named{a, b}
		if q.strict {
			same := a.Origin() == b.Origin() || q.assumed[[2]*types.Named{a.Origin(), b.Origin()}]
			return same && q.arguments(a, b)
		}
		if q.assumed[pair] {
			return true
		}
		q.assumed[pair] = true
		if !q.arguments(a, b) {
			return false
		}
		return q.types(a.Underlying(), b.Underlying())
	case *types.Pointer:
		b, ok := b.(*types.Pointer)
		return ok && q.types(a.Elem(), b.Elem())
	case *types.Slice:
		b, ok := b.(*types.Slice)
		return ok && q.types(a.Elem(), b.Elem())
	case *types.Array:
		b, ok := b.(*types.Array)
		return ok && a.Len() == b.Len() && q.types(a.Elem(), b.Elem())
	case *types.Map:
		b, ok := b.(*types.Map)
		return ok && q.types(a.Key(), b.Key()) && q.types(a.Elem(), b.Elem())
	case *types.Chan:
		b, ok := b.(*types.Chan)
		return ok && a.Dir() == b.Dir() && q.types(a.Elem(), b.Elem())
	case *types.Struct:
		b, ok := b.(*types.Struct)
		if !ok || a.NumFields() != b.NumFields() {
			return false
		}
		for i := range a.NumFields() {
			f, g := a.Field(i), b.Field(i)
			if f.Name() != g.Name() || f.Embedded() != g.Embedded() || a.Tag(i) != b.Tag(i) || !q.types(f.Type(), g.Type()) {
				return false
			}
		}
		return true
	case *types.Signature:
		b, ok := b.(*types.Signature)
		return ok && a.Variadic() == b.Variadic() && q.types(a.Params(), b.Params()) && q.types(a.Results(), b.Results())
	case *types.Tuple:
		b, ok := b.(*types.Tuple)
		if !ok || a.Len() != b.Len() {
			return false
		}
		for i := range a.Len() {
			if !q.types(a.At(i).Type(), b.At(i).Type()) {
				return false
			}
		}
		return true
	case *types.Interface:
		// Values in it have a table of exactly these methods.
		b, ok := b.(*types.Interface)
		if !ok || a.NumMethods() != b.NumMethods() {
			return false
		}
		for i := range a.NumMethods() {
			m, n := a.Method(i), b.Method(i)
			if m.Id() != n.Id() || !q.types(m.Type(), n.Type()) {
				return false
			}
		}
		return true
	}
	if a, ok := a.(*types.TypeParam); ok && q.strict { // of the type itself, in its declaration
		b, ok := b.(*types.TypeParam)
		return ok && a.Index() == b.Index()
	}
	return types.Identical(a, b)
}

func (q *equivalence) arguments(a, b *types.Named) bool {
	for i := range a.TypeArgs().Len() {
		if !q.types(a.TypeArgs().At(i), b.TypeArgs().At(i)) {
			return false
		}
	}
	return true
}
