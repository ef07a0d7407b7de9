package check

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// A Redeclared is a type that a unit declares again just as it was: the same
// source, with the same methods. At run time it is to stay one type, so that
// values of the earlier declaration, which may be anywhere, are values of the
// later one. Of a generic type that is so of its instances.
type Redeclared struct{ Old, New *types.Named }

// Redeclared lists such types of a unit that is not committed yet, generic ones
// last.
func (s *Session) Redeclared(u *Unit) []Redeclared {
	candidates := map[string]Redeclared{}
	for _, d := range u.decls {
		if d.kind != token.TYPE {
			continue
		}
		n := d.names[0]
		old := s.names[n]
		if old == nil || old.kind != token.TYPE || !u.unchanged(old, d) || !s.sameMethods(n, u) {
			continue
		}
		a, ok := named(old.objs[n])
		b, ok2 := named(d.objs[n])
		if ok && ok2 && a != b && a.TypeParams().Len() == b.TypeParams().Len() {
			candidates[n] = Redeclared{a, b}
		}
	}
	// Each must consist of types that are the same or are candidates, too.
	for again := true; again; {
		again = false
		for n, r := range candidates {
			if !sameParts(r, candidates) {
				delete(candidates, n)
				again = true
			}
		}
	}
	var list []Redeclared
	for _, d := range u.decls {
		if d.kind != token.TYPE {
			continue
		}
		if r, ok := candidates[d.names[0]]; ok {
			list = append(list, r)
		}
	}
	slices.SortStableFunc(list, func(a, b Redeclared) int {
		return min(a.New.TypeParams().Len(), 1) - min(b.New.TypeParams().Len(), 1)
	})
	return list
}

// named is the type that o declares, if it is no alias.
func named(o types.Object) (*types.Named, bool) {
	t, ok := o.(*types.TypeName)
	if !ok || t.IsAlias() {
		return nil, false
	}
	n, ok := t.Type().(*types.Named)
	return n, ok
}

// unchanged reports whether a declaration of the unit has the source of the one
// whose place it takes.
func (u *Unit) unchanged(old, now *decl) bool {
	return u.rebuilt[now] || old.text() == now.text()
}

// text is the declaration's source.
func (d *decl) text() string {
	n := d.node
	if g, ok := n.(*ast.GenDecl); ok && d.kind == token.TYPE {
		n = g.Specs[d.spec]
	}
	f := d.cell.File
	return string(d.cell.Source[f.Offset(n.Pos()):f.Offset(n.End())])
}

// sameMethods reports whether a type has the methods in the unit that it had.
func (s *Session) sameMethods(typ string, u *Unit) bool {
	was := map[string]*decl{}
	for _, m := range s.methods[typ] {
		was[m.names[0]] = m
	}
	n := 0
	for _, m := range u.decls {
		if m.recv != typ {
			continue
		}
		old := was[m.names[0]]
		if old == nil || !u.unchanged(old, m) {
			return false
		}
		n++
	}
	return n == len(was)
}

// sameParts reports whether a type's structure and methods refer to the same
// types before and after, where those that are redeclared count as the same.
func sameParts(r Redeclared, redeclared map[string]Redeclared) bool {
	q := &equivalence{assumed: map[[2]*types.Named]bool{}}
	for _, x := range redeclared {
		q.assumed[[2]*types.Named{x.Old, x.New}] = true
	}
	q.strict = true
	if !q.types(r.Old.Underlying(), r.New.Underlying()) || r.Old.NumMethods() != r.New.NumMethods() {
		return false
	}
	signatures := map[string]types.Type{}
	for m := range r.Old.Methods() {
		signatures[m.Id()] = m.Type()
	}
	for m := range r.New.Methods() {
		was := signatures[m.Id()]
		if was == nil || !q.types(was, m.Type()) {
			return false
		}
	}
	return true
}
