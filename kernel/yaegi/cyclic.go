package yaegi

import "go/types"

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
			holds = m.lists(st, t, map[types.Type]bool{})
			m.holding[t] = holds
		}
		return holds || m.holdsItself(st)
	}
	return false
}

// lists reports whether values of t have n in them, or lists of it.
func (m *Machine) lists(t types.Type, n *types.Named, seen map[types.Type]bool) bool {
	t = types.Unalias(t)
	if seen[t] {
		return false
	}
	seen[t] = true
	switch t := t.(type) {
	case *types.Named:
		return types.Identical(t, n) || m.isOwn(t) && m.lists(t.Underlying(), n, seen)
	case *types.Array:
		return m.lists(t.Elem(), n, seen)
	case *types.Struct:
		for f := range t.Fields() {
			if m.lists(f.Type(), n, seen) {
				return true
			}
		}
	}
	for _, part := range parts(t) {
		if m.lists(part, n, seen) {
			return true
		}
	}
	return false
}

// isCyclic reports whether a type of the cells leads to itself.
func (m *Machine) isCyclic(n *types.Named) bool {
	if c, ok := m.cyclic[n]; ok {
		return c
	}
	if !m.isOwn(n) || types.IsInterface(n) {
		m.cyclic[n] = false
		return false
	}
	c := m.leadsTo(n.Underlying(), n, map[types.Type]bool{})
	m.cyclic[n] = c
	return c
}

func (m *Machine) leadsTo(t types.Type, n *types.Named, seen map[types.Type]bool) bool {
	t = types.Unalias(t)
	if seen[t] {
		return false
	}
	seen[t] = true
	switch t := t.(type) {
	case *types.Named:
		if types.Identical(t, n) {
			return true
		}
		return t.Obj().Pkg() != nil && !types.IsInterface(t) && m.isOwn(t) && m.leadsTo(t.Underlying(), n, seen)
	case *types.Pointer:
		return m.leadsTo(t.Elem(), n, seen)
	case *types.Array:
		return m.leadsTo(t.Elem(), n, seen)
	case *types.Struct:
		for f := range t.Fields() {
			if m.leadsTo(f.Type(), n, seen) {
				return true
			}
		}
	case *types.Signature:
		for _, tuple := range []*types.Tuple{t.Params(), t.Results()} {
			for v := range tuple.Variables() {
				if m.leadsTo(v.Type(), n, seen) {
					return true
				}
			}
		}
	}
	for _, part := range parts(t) {
		if m.leadsTo(part, n, seen) {
			return true
		}
	}
	return false
}
