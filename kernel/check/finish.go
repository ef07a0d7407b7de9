package check

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
)

// renamed returns an object that stands for v under another name. Aliases
// remembers what it stands for.
func renamed(v *types.Var, name string) *types.Var {
	return types.NewVar(v.Pos(), v.Pkg(), name, v.Type())
}

// finish completes the unit for the SSA builder: declared variables without
// initial values, and statements that assign them.
func (b *builder) finish() []Error {
	info, u := b.unit.Info, b.unit
	var errs []Error

	// Uses of the session's variables under a made-up name mean those.
	for id, o := range info.Uses {
		if old, ok := b.old[id.Name]; ok && o.Name() == id.Name {
			info.Uses[id] = old
		}
	}

	for _, as := range b.assigns {
		for i, x := range as.stmt.Lhs {
			id := x.(*ast.Ident)
			name := as.names[i]
			if name == "_" {
				continue
			}
			v, _ := info.Defs[b.promoted[name].ident].(*types.Var)
			if v == nil {
				continue
			}
			if t := as.temps[name]; t != nil {
				given := info.Defs[t]
				if given != nil && !types.AssignableTo(given.Type(), v.Type()) {
					errs = append(errs, b.s.errorAt(id.Pos(), fmt.Sprintf("cannot use value of type %s as %s value in assignment",
						types.TypeString(given.Type(), shortName), types.TypeString(v.Type(), shortName))))
				}
			}
			info.Uses[id] = v
			delete(info.Defs, id)
		}
	}
	if len(errs) > 0 {
		return errs
	}

	if b.declaresOnly() {
		b.orderInitialisation()
	}
	var decls []ast.Decl
	for _, d := range u.File.Decls {
		switch d := d.(type) {
		case *ast.GenDecl:
			if d.Tok == token.VAR {
				if g := b.withoutValues(d); g != nil {
					decls = append(decls, g)
				}
				continue
			}
		case *ast.FuncDecl:
			if d.Name.Name == u.Name {
				d.Body.List = b.final
			}
		}
		decls = append(decls, d)
	}
	decls = append(decls, b.show()...)
	file := &ast.File{Name: u.File.Name, Decls: decls}
	info.FileVersions[file] = b.s.cfg.GoVersion
	u.File = file
	info.InitOrder = nil

	for _, d := range u.decls {
		if !u.rebuilt[d] {
			b.narrowUses(d)
		}
		d.objs = map[string]types.Object{}
		for _, n := range d.names {
			if d.recv == "" {
				d.objs[n] = u.Pkg.Scope().Lookup(n)
			}
		}
		if d.kind != token.VAR && d.kind != token.DEFINE {
			continue
		}
		for _, n := range d.names {
			v, ok := d.objs[n].(*types.Var)
			if !ok {
				continue
			}
			nv := Var{Obj: v}
			if u.rebuilt[d] {
				nv.Old, _ = b.s.Lookup(n).(*types.Var)
			}
			u.Vars = append(u.Vars, nv)
		}
	}
	b.reuse()
	return nil
}

// narrowUses leaves of the names that a declaration of the cell may use those
// that mean something at top level in it.
func (b *builder) narrowUses(d *decl) {
	node := d.node
	if g, ok := node.(*ast.GenDecl); ok && d.kind == token.TYPE {
		node = g.Specs[d.spec]
	}
	uses := map[string]bool{}
	ast.Inspect(node, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && d.uses[id.Name] {
			o := b.unit.Info.Uses[id]
			if o == nil || o.Parent() == nil {
				return true // a field or a method
			}
			if _, imported := o.(*types.PkgName); imported || o.Pkg() == nil || o.Parent() == o.Pkg().Scope() {
				uses[id.Name] = true
			}
		}
		return true
	})
	d.uses = uses
}

// reuse lets x, err := f() in a cell of its own assign the err that is there,
// as it would in one function, when that has the same type.
func (b *builder) reuse() {
	for i, v := range b.unit.Vars {
		p := b.promoted[v.Obj.Name()]
		if p == nil || v.Old != nil || p.d.kind != token.DEFINE || len(p.d.names) < 2 {
			continue
		}
		fresh := 0
		for _, n := range p.d.names {
			if b.s.Lookup(n) == nil {
				fresh++
			}
		}
		old, ok := b.s.Lookup(v.Obj.Name()).(*types.Var)
		if fresh > 0 && ok && types.Identical(old.Type(), v.Obj.Type()) {
			b.unit.Vars[i].Old = old
		}
	}
}

// withoutValues drops initial values and stand-ins from a variable
// declaration.
func (b *builder) withoutValues(d *ast.GenDecl) *ast.GenDecl {
	g := &ast.GenDecl{Tok: token.VAR, TokPos: d.TokPos}
	for _, s := range d.Specs {
		spec := s.(*ast.ValueSpec)
		ns := &ast.ValueSpec{Type: spec.Type}
		for _, id := range spec.Names {
			if p := b.promoted[id.Name]; p != nil && p.ident == id || b.unit.Pkg.Scope().Lookup(id.Name) == b.unit.Info.Defs[id] && !b.isTemp(id) && id.Name != "_" {
				ns.Names = append(ns.Names, id)
			}
		}
		if len(ns.Names) > 0 {
			g.Specs = append(g.Specs, ns)
		}
	}
	if len(g.Specs) == 0 {
		return nil
	}
	return g
}

func (b *builder) isTemp(id *ast.Ident) bool {
	for _, as := range b.assigns {
		for _, t := range as.temps {
			if t == id {
				return true
			}
		}
	}
	return false
}

// show gives the final expression variables to be kept in, and returns their
// declarations.
func (b *builder) show() []ast.Decl {
	x := b.c.Final
	if x == nil {
		return nil
	}
	info := b.unit.Info
	tv, ok := info.Types[x]
	if !ok {
		return nil
	}
	var ts []types.Type
	switch t := tv.Type.(type) {
	case *types.Tuple:
		for v := range t.Variables() {
			ts = append(ts, v.Type())
		}
	default:
		if tv.IsVoid() {
			return nil
		}
		ts = append(ts, types.Default(t))
	}
	if len(ts) == 0 {
		return nil
	}
	g := &ast.GenDecl{Tok: token.VAR, TokPos: x.Pos()}
	as := &ast.AssignStmt{Tok: token.ASSIGN, TokPos: x.Pos(), Rhs: []ast.Expr{x}}
	for i, t := range ts {
		name := fmt.Sprintf("result·%d", i)
		v := types.NewVar(x.Pos(), b.unit.Pkg, name, t)
		b.unit.Results = append(b.unit.Results, v)
		id := &ast.Ident{NamePos: x.Pos(), Name: name}
		info.Defs[id] = v
		g.Specs = append(g.Specs, &ast.ValueSpec{Names: []*ast.Ident{id}})
		use := &ast.Ident{NamePos: x.Pos(), Name: name}
		info.Uses[use] = v
		as.Lhs = append(as.Lhs, use)
	}
	for i, st := range b.final {
		switch st := st.(type) {
		case *ast.ExprStmt:
			if st.X == x {
				b.final[i] = as
			}
		case *ast.AssignStmt:
			if b.outs != nil && len(st.Lhs) == 1 && st.Lhs[0] == b.outs {
				b.final[i] = as
			}
		}
	}
	return []ast.Decl{g}
}

func shortName(p *types.Package) string { return p.Name() }
