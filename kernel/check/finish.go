package check

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// renamed returns an object in pkg that stands for v, a variable of another
// package, under another name. It does not lead to v's package: where a variable
// is declared anew with its old value again and again, each led to the one before.
func renamed(pkg *types.Package, v *types.Var, name string) *types.Var {
	return types.NewVar(v.Pos(), pkg, name, v.Type())
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
		d.objs, d.pkg = map[string]types.Object{}, u.Pkg
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

// show gives the expressions that the cell shows variables to be kept in, and
// returns their declarations.
func (b *builder) show() []ast.Decl {
	var decls []ast.Decl
	for _, x := range b.c.Shown {
		if g := b.showOne(x); g != nil {
			decls = append(decls, g)
		}
	}
	return decls
}

func (b *builder) showOne(x ast.Expr) ast.Decl {
	info := b.unit.Info
	tv, ok := info.Types[x]
	if !ok || prints(info, x) && len(b.c.Shown) == 1 {
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
	for _, t := range ts {
		name := resultName(len(b.unit.Results))
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
			if len(st.Lhs) == 1 && len(st.Rhs) == 1 && st.Rhs[0] == x && slices.Contains(b.outs, st.Lhs[0]) {
				b.final[i] = as
			}
		}
	}
	return g
}

// prints reports whether an expression calls one of the functions that write
// and whose results nobody looks at, whatever the cell calls them.
func prints(info *types.Info, x ast.Expr) bool {
	call, ok := ast.Unparen(x).(*ast.CallExpr)
	if !ok {
		return false
	}
	var id *ast.Ident
	switch f := ast.Unparen(call.Fun).(type) {
	case *ast.SelectorExpr:
		id = f.Sel
	case *ast.Ident:
		id = f
	default:
		return false
	}
	f, ok := info.Uses[id].(*types.Func)
	if !ok || f.Pkg() == nil || f.Pkg().Path() != "fmt" || f.Signature().Recv() != nil {
		return false
	}
	switch f.Name() {
	case "Print", "Printf", "Println", "Fprint", "Fprintf", "Fprintln":
		return true
	}
	return false
}

func shortName(p *types.Package) string { return p.Name() }
