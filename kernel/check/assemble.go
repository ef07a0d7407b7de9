package check

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/gosched/gosched/kernel/cell"
)

// assemble makes the unit's file from fresh syntax trees: the cell's own
// declarations, its statements in a function, and the earlier declarations
// that depend on what the cell declares again, without the dropped ones.
func (b *builder) assemble(dropped map[*decl]bool, early map[int]bool) error {
	c, err := b.c.Again(b.s.cfg.Fset)
	if err != nil {
		return err
	}
	b.c = c
	b.markEarly(early)
	return b.assembleParsed(dropped)
}

// assembleParsed is assemble from the trees of b.c.
func (b *builder) assembleParsed(dropped map[*decl]bool) error {
	c := b.c
	b.unit.cell = c
	// The position tells the cell's own nodes from those of earlier cells.
	file := &ast.File{Name: &ast.Ident{NamePos: token.Pos(c.File.Base()), Name: "main"}}
	b.unit.File = file
	b.promote()
	var decls []ast.Decl
	for _, d := range c.Decls {
		decls = append(decls, b.own(d)...)
	}
	decls = append(decls, b.dependents(dropped)...)
	calls := b.inits
	if c.HasMain && !callsMain(c.Stmts) {
		calls = append(calls, "main")
	}
	for _, name := range calls {
		call := &ast.ExprStmt{X: &ast.CallExpr{Fun: &ast.Ident{Name: name}}}
		b.stmts = append(b.stmts, call)
		b.final = append(b.final, call)
	}
	body := &ast.FuncDecl{
		Name: &ast.Ident{Name: b.unit.Name},
		Type: &ast.FuncType{Params: &ast.FieldList{}},
		Body: &ast.BlockStmt{List: b.stmts},
	}
	if len(c.Stmts) > 0 {
		pos := c.Stmts[0].Pos()
		body.Name.NamePos, body.Type.Func, body.Body.Lbrace = pos, pos, pos
		body.Body.Rbrace = c.Stmts[len(c.Stmts)-1].End()
	}
	decls = append(decls, b.specs...)
	decls = append(decls, body)
	imports, err := b.importDecls(decls)
	if err != nil {
		return err
	}
	file.Decls = append(imports, decls...)
	b.bringIntoScope(decls)
	return nil
}

// callsMain reports whether a cell that declares main calls it itself, so that
// it is not called once more when the rest has run.
func callsMain(stmts []ast.Stmt) bool {
	return slices.ContainsFunc(stmts, func(st ast.Stmt) bool {
		x, ok := st.(*ast.ExprStmt)
		if !ok {
			return false
		}
		call, ok := ast.Unparen(x.X).(*ast.CallExpr)
		if !ok {
			return false
		}
		id, ok := ast.Unparen(call.Fun).(*ast.Ident)
		return ok && id.Name == "main"
	})
}

// own files one of the cell's declarations and returns it for the unit.
func (b *builder) own(d ast.Decl) []ast.Decl {
	switch d := d.(type) {
	case *ast.FuncDecl:
		dd := &decl{cell: b.c, node: d, kind: token.FUNC, names: []string{d.Name.Name}, uses: usesOf(d)}
		if d.Recv != nil {
			dd.recv = b.baseName(receiverName(d))
		} else if d.Name.Name == "init" || d.Name.Name == "_" {
			if d.Name.Name == "init" {
				d.Name.Name = initName(len(b.inits))
				b.inits = append(b.inits, d.Name.Name)
			}
			return []ast.Decl{d}
		}
		b.unit.decls = append(b.unit.decls, dd)
		return []ast.Decl{d}
	case *ast.GenDecl:
		switch d.Tok {
		case token.VAR:
			return nil // among the statements
		case token.TYPE:
			for i, s := range d.Specs {
				spec := s.(*ast.TypeSpec)
				b.unit.decls = append(b.unit.decls, &decl{cell: b.c, node: d, spec: i, kind: token.TYPE, names: []string{spec.Name.Name}, uses: usesOf(spec)})
			}
		case token.CONST:
			dd := &decl{cell: b.c, node: d, kind: token.CONST, uses: usesOf(d)}
			for _, s := range d.Specs {
				for _, id := range s.(*ast.ValueSpec).Names {
					if id.Name != "_" {
						dd.names = append(dd.names, id.Name)
					}
				}
			}
			b.unit.decls = append(b.unit.decls, dd)
		}
	}
	return []ast.Decl{d}
}

// receiverName is the name of a method's receiver type.
func receiverName(d *ast.FuncDecl) string {
	if len(d.Recv.List) == 0 {
		return ""
	}
	t := d.Recv.List[0].Type
	for {
		switch x := ast.Unparen(t).(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		case *ast.Ident:
			return x.Name
		default:
			return ""
		}
	}
}

// baseName follows aliases to the name of the type that they are for.
func (b *builder) baseName(name string) string {
	for range 10 {
		next := b.ownAlias(name)
		if next == "" {
			break
		}
		name = next
	}
	t, ok := b.s.Lookup(name).(*types.TypeName)
	if !ok || !t.IsAlias() {
		return name
	}
	base := types.Unalias(t.Type())
	if p, ok := base.(*types.Pointer); ok {
		base = types.Unalias(p.Elem())
	}
	if n, ok := base.(*types.Named); ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == Path {
		return n.Obj().Name()
	}
	return name
}

// ownAlias is the name that the cell declares name to be an alias of, or "".
func (b *builder) ownAlias(name string) string {
	for _, d := range b.c.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.TYPE {
			continue
		}
		for _, s := range g.Specs {
			spec := s.(*ast.TypeSpec)
			if spec.Name.Name != name || !spec.Assign.IsValid() {
				continue
			}
			t := ast.Unparen(spec.Type)
			if p, ok := t.(*ast.StarExpr); ok {
				t = ast.Unparen(p.X)
			}
			if id, ok := t.(*ast.Ident); ok {
				return id.Name
			}
		}
	}
	return ""
}

// bringIntoScope makes the package and declares in it what the unit uses of
// the session.
func (b *builder) bringIntoScope(decls []ast.Decl) {
	b.unit.Pkg = types.NewPackage(Path, "main")
	scope := b.unit.Pkg.Scope()
	own := map[string]bool{}
	for _, d := range b.unit.decls {
		if d.recv == "" {
			for _, n := range d.names {
				own[n] = true
			}
		}
	}
	for _, d := range decls {
		for _, n := range cell.Uses(d) {
			if own[n] || b.unit.imports[n] != "" {
				continue
			}
			if o := b.s.Lookup(n); o != nil {
				scope.Insert(o)
			}
		}
		hideOlder(d, own)
	}
	for name, path := range b.oldImports {
		if pkg, err := b.s.cfg.Importer.Import(path); err == nil {
			scope.Insert(types.NewPkgName(b.c.File.Pos(0), b.unit.Pkg, name, pkg))
		}
	}
	for name, o := range b.old {
		if v, ok := o.(*types.Var); ok {
			scope.Insert(renamed(b.unit.Pkg, v, name))
		}
	}
}

// hideOlder puts the right side of a type declaration that is the name of a
// type of another cell in parentheses: the checker follows plain names to their
// declarations in search of cycles, and that one it does not have.
func hideOlder(d ast.Decl, own map[string]bool) {
	g, ok := d.(*ast.GenDecl)
	if !ok || g.Tok != token.TYPE {
		return
	}
	for _, s := range g.Specs {
		spec := s.(*ast.TypeSpec)
		if id, ok := spec.Type.(*ast.Ident); ok && !own[id.Name] {
			// It must end where the name does.
			spec.Type = &ast.ParenExpr{Lparen: id.Pos(), X: id, Rparen: id.End() - 1}
		}
	}
}
