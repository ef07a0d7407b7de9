package check

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
)

// dependents finds what must be built again and returns fresh trees of it.
func (b *builder) dependents(dropped map[*decl]bool) []ast.Decl {
	declared := map[string]bool{} // what the cell declares itself
	methods := map[string]bool{}  // "T.m" that the cell declares
	changed := map[string]bool{}  // names whose meaning changes
	for _, d := range b.unit.decls {
		for _, n := range d.names {
			if d.recv != "" {
				methods[d.recv+"."+n] = true
				continue
			}
			declared[n] = true
			if b.s.names[n] != nil || b.s.forgotten[n] {
				changed[n] = true
			}
		}
	}
	for name, path := range b.s.imports {
		if b.s.stale[path] {
			changed[name] = true
		}
	}
	var again []*decl
	taken := map[*decl]bool{}
	var take func(d *decl)
	take = func(d *decl) {
		if d == nil || taken[d] || dropped[d] {
			return
		}
		if d.recv != "" && !declared[d.recv] {
			// A method comes with its type.
			t := b.s.names[d.recv]
			if t == nil || dropped[t] {
				return
			}
			take(t)
		}
		taken[d] = true
		again = append(again, d)
		if d.recv == "" {
			for _, n := range d.names {
				changed[n] = true
			}
		}
	}
	// A method for a type of an earlier cell makes that type new.
	for _, d := range b.unit.decls {
		if d.recv != "" && !declared[d.recv] {
			if t := b.s.names[d.recv]; t != nil && t.kind == token.TYPE {
				take(t)
			}
		}
	}
	for _, d := range b.s.toBuildAgain() {
		if !(d.recv == "" && b.superseded(d, declared)) {
			take(d)
		}
	}
	if len(changed) > 0 {
		all := b.s.inForce()
		for n := -1; n != len(again); {
			n = len(again)
			for _, d := range all {
				if d.recv == "" && b.superseded(d, declared) || methods[d.recv+"."+d.names[0]] && d.recv != "" {
					continue
				}
				if b.s.again == AgainFunctions && !b.s.buildsAgain(d) {
					continue
				}
				if b.affected(d, changed) {
					take(d)
				}
			}
		}
	}
	var out []ast.Decl
	for _, d := range again {
		out = append(out, b.rebuild(d, declared)...)
	}
	return out
}

// inForce lists all declarations of the session.
func (s *Session) inForce() []*decl {
	seen := map[*decl]bool{}
	var all []*decl
	for _, n := range slices.Sorted(maps.Keys(s.names)) {
		if d := s.names[n]; !seen[d] {
			seen[d] = true
			all = append(all, d)
		}
	}
	for _, t := range slices.Sorted(maps.Keys(s.methods)) {
		all = append(all, s.methods[t]...)
	}
	return all
}

// superseded reports whether the cell declares everything again that d did.
func (b *builder) superseded(d *decl, declared map[string]bool) bool {
	for _, n := range d.names {
		if !declared[n] && b.s.names[n] == d {
			return false
		}
	}
	return true
}

// affected reports whether d must be built again when names change their
// meaning. A variable is affected only through its type.
func (b *builder) affected(d *decl, changed map[string]bool) bool {
	switch d.kind {
	case token.VAR, token.DEFINE:
		for _, o := range d.objs {
			if mentions(o.Type(), changed, map[types.Type]bool{}) {
				return true
			}
		}
		return false
	}
	if d.recv != "" && changed[d.recv] {
		return true
	}
	for n := range d.uses {
		if changed[n] {
			return true
		}
	}
	return false
}

// mentions reports whether a type refers to a user's type of one of the names.
func mentions(t types.Type, names map[string]bool, seen map[types.Type]bool) bool {
	if seen[t] {
		return false
	}
	seen[t] = true
	switch t := t.(type) {
	case *types.Alias:
		return mentions(types.Unalias(t), names, seen)
	case *types.Named:
		if o := t.Obj(); o.Pkg() != nil && o.Pkg().Path() == Path {
			if names[o.Name()] {
				return true
			}
			if mentions(t.Underlying(), names, seen) {
				return true
			}
		}
		for a := range t.TypeArgs().Types() {
			if mentions(a, names, seen) {
				return true
			}
		}
	case *types.Pointer:
		return mentions(t.Elem(), names, seen)
	case *types.Slice:
		return mentions(t.Elem(), names, seen)
	case *types.Array:
		return mentions(t.Elem(), names, seen)
	case *types.Chan:
		return mentions(t.Elem(), names, seen)
	case *types.Map:
		return mentions(t.Key(), names, seen) || mentions(t.Elem(), names, seen)
	case *types.Struct:
		for f := range t.Fields() {
			if mentions(f.Type(), names, seen) {
				return true
			}
		}
	case *types.Signature:
		return mentions(t.Params(), names, seen) || mentions(t.Results(), names, seen)
	case *types.Tuple:
		for v := range t.Variables() {
			if mentions(v.Type(), names, seen) {
				return true
			}
		}
	case *types.Interface:
		for m := range t.Methods() {
			if mentions(m.Type(), names, seen) {
				return true
			}
		}
	}
	return false
}

// rebuild returns a fresh tree of an earlier declaration.
func (b *builder) rebuild(d *decl, declared map[string]bool) []ast.Decl {
	n, err := d.cell.Reparse(d.node)
	if err != nil {
		return nil
	}
	nd := &decl{cell: d.cell, node: d.node, spec: d.spec, kind: d.kind, recv: d.recv, uses: d.uses}
	hide := func(id *ast.Ident) {
		// A name that has got another meaning since is not declared again.
		if declared[id.Name] || b.s.names[id.Name] != d {
			id.Name = "_"
			return
		}
		if id.Name != "_" {
			nd.names = append(nd.names, id.Name)
		}
	}
	b.ranges = append(b.ranges, declRange{d.node.Pos(), d.node.End(), d})
	// The range is replaced below where positions are finer.
	var out ast.Decl
	switch n := n.(type) {
	case *ast.FuncDecl:
		nd.names = d.names
		out = n
	case *ast.GenDecl:
		switch n.Tok {
		case token.TYPE:
			spec := n.Specs[d.spec].(*ast.TypeSpec)
			nd.names = d.names
			n.Specs = []ast.Spec{spec}
			b.ranges[len(b.ranges)-1] = declRange{spec.Pos(), spec.End(), d}
		case token.CONST:
			for _, s := range n.Specs {
				for _, id := range s.(*ast.ValueSpec).Names {
					hide(id)
				}
			}
		}
		out = n
	case *ast.DeclStmt:
		g := n.Decl.(*ast.GenDecl)
		for _, s := range g.Specs {
			for _, id := range s.(*ast.ValueSpec).Names {
				hide(id)
			}
		}
		out = g
	case *ast.AssignStmt:
		spec := &ast.ValueSpec{Values: n.Rhs}
		for _, x := range n.Lhs {
			id := &ast.Ident{NamePos: x.Pos(), Name: x.(*ast.Ident).Name}
			hide(id)
			spec.Names = append(spec.Names, id)
		}
		out = &ast.GenDecl{Tok: token.VAR, TokPos: n.Pos(), Specs: []ast.Spec{spec}}
	default:
		panic(fmt.Sprintf("a declaration that is a %T", n))
	}
	b.unit.decls = append(b.unit.decls, nd)
	b.unit.rebuilt[nd] = true
	return []ast.Decl{out}
}
