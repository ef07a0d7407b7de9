package yaegi

import (
	"go/types"
	"slices"
)

// Types that consist of themselves.

// inside returns the layout of what a type consists of, also where that is opaque.
// m.mu is held.
func (m *Machine) inside(t types.Type) *layout {
	t = t.Underlying()
	if l := m.layoutOf(t); !l.opaque {
		return l
	}
	if l := m.insides[t]; l != nil {
		return l
	}
	l := m.compose(t)
	m.insides[t] = l
	return l
}

// parts are what a slice, a map or a channel has values of.
func parts(t types.Type) []types.Type {
	switch t := t.(type) {
	case *types.Slice:
		return []types.Type{t.Elem()}
	case *types.Map:
		return []types.Type{t.Key(), t.Elem()}
	case *types.Chan:
		return []types.Type{t.Elem()}
	}
	return nil
}

// holdsItself reports whether there is a struct in values of a type that has lists of
// itself, as in type tree struct{ children []tree }.
func (m *Machine) holdsItself(t types.Type) bool {
	switch t := types.Unalias(t).(type) {
	case *types.Array:
		return m.holdsItself(t.Elem())
	case *types.Struct:
		for f := range t.Fields() {
			if m.holdsItself(f.Type()) {
				return true
			}
		}
	case *types.Named:
		st, ok := t.Underlying().(*types.Struct)
		if !ok || !m.isOwn(t) {
			return false
		}
		holds, known := m.holding[t]
		if !known {
			m.holding[t] = false // or it would go round
			holds = m.leads(st, t, false, map[types.Type]bool{})
			m.holding[t] = holds
		}
		return holds || m.holdsItself(st)
	}
	return false
}

// isCyclic reports whether a type of the cells leads to itself.
func (m *Machine) isCyclic(n *types.Named) bool {
	c, known := m.cyclic[n]
	if !known {
		c = m.isOwn(n) && !types.IsInterface(n) && m.leads(n.Underlying(), n, true, map[types.Type]bool{})
		m.cyclic[n] = c
	}
	return c
}

// leads reports whether values of t have n in them, or lists of it; and, if so asked,
// pointers to it and functions of it.
func (m *Machine) leads(t types.Type, n *types.Named, all bool, seen map[types.Type]bool) bool {
	t = types.Unalias(t)
	if seen[t] {
		return false
	}
	seen[t] = true
	to := parts(t)
	switch t := t.(type) {
	case *types.Named:
		return types.Identical(t, n) || !types.IsInterface(t) && m.isOwn(t) && m.leads(t.Underlying(), n, all, seen)
	case *types.Array:
		to = append(to, t.Elem())
	case *types.Struct:
		for f := range t.Fields() {
			to = append(to, f.Type())
		}
	case *types.Pointer:
		if all {
			to = append(to, t.Elem())
		}
	case *types.Signature:
		for _, tuple := range []*types.Tuple{t.Params(), t.Results()} {
			for v := range tuple.Variables() {
				if all {
					to = append(to, v.Type())
				}
			}
		}
	}
	return slices.ContainsFunc(to, func(t types.Type) bool { return m.leads(t, n, all, seen) })
}
