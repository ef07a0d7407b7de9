// Package mention tells which types and functions belong to, or are made with
// something of, certain packages. It is for tables that let go of what a session
// does not need any more. It knows go/types and SSA, and nothing of cells.
package mention

import (
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// Packages is a set of packages.
type Packages map[*types.Package]bool

// Type reports whether a declared type of the packages is a part of t. It does
// not look into what other declared types consist of.
func (p Packages) Type(t types.Type) bool { return p.look(t, false) }

// Keeps reports whether t keeps one of the packages in memory: [Packages.Type],
// or a name in t, of a field, a method or a parameter, is from there.
func (p Packages) Keeps(t types.Type) bool { return p.look(t, true) }

func (p Packages) look(t types.Type, names bool) bool {
	switch t := t.(type) {
	case *types.Named:
		return p[t.Obj().Pkg()] || p.list(t.TypeArgs(), names)
	case *types.Alias:
		return p[t.Obj().Pkg()] || p.list(t.TypeArgs(), names) || p.look(types.Unalias(t), names)
	case *types.TypeParam:
		return p[t.Obj().Pkg()]
	case *types.Pointer:
		return p.look(t.Elem(), names)
	case *types.Slice:
		return p.look(t.Elem(), names)
	case *types.Array:
		return p.look(t.Elem(), names)
	case *types.Chan:
		return p.look(t.Elem(), names)
	case *types.Map:
		return p.look(t.Key(), names) || p.look(t.Elem(), names)
	case *types.Tuple:
		for v := range t.Variables() {
			if names && p[v.Pkg()] || p.look(v.Type(), names) {
				return true
			}
		}
	case *types.Signature:
		return names && t.Recv() != nil && p[t.Recv().Pkg()] || p.look(t.Params(), names) || p.look(t.Results(), names)
	case *types.Struct:
		for v := range t.Fields() {
			if names && p[v.Pkg()] || p.look(v.Type(), names) {
				return true
			}
		}
	case *types.Interface:
		for m := range t.ExplicitMethods() {
			if names && p[m.Pkg()] || p.look(m.Type(), names) {
				return true
			}
		}
		for e := range t.EmbeddedTypes() {
			if p.look(e, names) {
				return true
			}
		}
	case *types.Union:
		for term := range t.Terms() {
			if p.look(term.Type(), names) {
				return true
			}
		}
	}
	return false
}

func (p Packages) list(ts *types.TypeList, names bool) bool {
	for t := range ts.Types() {
		if p.look(t, names) {
			return true
		}
	}
	return false
}

// Function reports whether fn is a function of the packages, or an instance or a
// wrapper of one, or is made for a type of theirs.
func (p Packages) Function(fn *ssa.Function) bool {
	for fn.Parent() != nil {
		fn = fn.Parent()
	}
	if fn.Pkg != nil {
		return p[fn.Pkg.Pkg]
	}
	if o := fn.Object(); o != nil && p[o.Pkg()] {
		return true
	}
	if o := fn.Origin(); o != nil && o != fn && p.Function(o) {
		return true
	}
	for _, t := range fn.TypeArgs() {
		if p.Type(t) {
			return true
		}
	}
	for _, v := range fn.FreeVars { // the receiver of a method value
		if p.Type(v.Type()) {
			return true
		}
	}
	recv := fn.Signature.Recv()
	return recv != nil && p.Type(recv.Type()) || p.Type(fn.Signature.Params())
}
