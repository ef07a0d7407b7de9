package check

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strconv"

	"github.com/gosched/gosched/kernel/cell"
)

// assemble makes the unit's file from fresh syntax trees: the cell's own
// declarations, its statements in a function, and the earlier declarations
// that depend on what the cell declares again, without the dropped ones.
func (b *builder) assemble(dropped map[*decl]bool, early map[int]bool) error {
	c, err := cell.Parse(b.s.cfg.Fset, b.c.Name, b.c.Source)
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
	if c.HasMain {
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

// own files one of the cell's declarations and returns it for the unit.
func (b *builder) own(d ast.Decl) []ast.Decl {
	switch d := d.(type) {
	case *ast.FuncDecl:
		dd := &decl{cell: b.c, node: d, kind: token.FUNC, names: []string{d.Name.Name}, uses: usesOf(d)}
		if d.Recv != nil {
			dd.recv = receiverName(d)
		} else if d.Name.Name == "init" || d.Name.Name == "_" {
			if d.Name.Name == "init" {
				d.Name.Name = "init·" + strconv.Itoa(len(b.inits))
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
			if b.s.names[n] != nil {
				changed[n] = true
			}
		}
	}
	var again []*decl
	taken := map[*decl]bool{}
	take := func(d *decl) {
		if d == nil || taken[d] || dropped[d] {
			return
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
	if len(changed) > 0 {
		all := b.s.inForce()
		for n := -1; n != len(again); {
			n = len(again)
			for _, d := range all {
				if d.recv == "" && b.superseded(d, declared) || methods[d.recv+"."+d.names[0]] && d.recv != "" {
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
		if o := t.Obj(); o.Pkg() != nil && o.Pkg().Path() == "main" {
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

// importDecls makes the import declarations that the unit needs: the cell's
// own, the session's, and those that nobody wrote.
func (b *builder) importDecls(decls []ast.Decl) ([]ast.Decl, error) {
	declared := map[string]bool{}
	for _, d := range b.unit.decls {
		if d.recv == "" {
			for _, n := range d.names {
				declared[n] = true
			}
		}
	}
	var out []ast.Decl
	have := map[string]bool{}
	add := func(s *ast.ImportSpec) {
		out = append(out, &ast.GenDecl{Tok: token.IMPORT, TokPos: s.Pos(), Specs: []ast.Spec{s}})
	}
	for _, s := range b.c.Imports {
		path, err := strconv.Unquote(s.Path.Value)
		if err != nil {
			continue // the checker says so
		}
		pkg, err := b.s.cfg.Importer.Import(path)
		if err != nil {
			b.errs = append(b.errs, b.s.errorAt(s.Path.Pos(), err.Error()))
			continue
		}
		name := pkg.Name()
		if s.Name != nil {
			name = s.Name.Name
		}
		switch name {
		case "_":
			continue
		case ".":
			b.unit.dots = append(b.unit.dots, path)
		default:
			if have[name] && b.unit.imports[name] == path || declared[name] {
				continue // imported twice, or hidden by a declaration
			}
			have[name] = true
			b.unit.imports[name] = path
		}
		b.unit.Imported = append(b.unit.Imported, pkg)
		add(s)
	}
	selected := map[string]map[string]bool{} // names that may be packages → names selected from them
	local := map[string]bool{}
	for _, d := range decls {
		collectSelected(d, selected, local)
	}
	for _, name := range slices.Sorted(maps.Keys(selected)) {
		if have[name] || declared[name] || b.s.names[name] != nil || types.Universe.Lookup(name) != nil {
			continue
		}
		path, ok := b.s.imports[name]
		if !ok {
			if local[name] {
				continue // most likely a variable
			}
			path, ok = b.s.cfg.Resolve(name, slices.Sorted(maps.Keys(selected[name])))
			if !ok {
				continue
			}
		}
		pkg, err := b.s.cfg.Importer.Import(path)
		if err != nil {
			continue
		}
		b.unit.Imported = append(b.unit.Imported, pkg)
		b.unit.imports[name] = path
		add(&ast.ImportSpec{Name: &ast.Ident{Name: name}, Path: &ast.BasicLit{Kind: token.STRING, Value: strconv.Quote(path)}})
	}
	for _, path := range b.s.dots {
		pkg, err := b.s.cfg.Importer.Import(path)
		if err != nil {
			continue
		}
		b.unit.Imported = append(b.unit.Imported, pkg)
		add(&ast.ImportSpec{Name: &ast.Ident{Name: "."}, Path: &ast.BasicLit{Kind: token.STRING, Value: strconv.Quote(path)}})
	}
	return out, nil
}

// collectSelected notes what is selected from which plain names, and which
// names are declared locally.
func collectSelected(n ast.Node, selected map[string]map[string]bool, local map[string]bool) {
	declare := func(x ast.Expr) {
		if id, ok := x.(*ast.Ident); ok {
			local[id.Name] = true
		}
	}
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if id, ok := n.X.(*ast.Ident); ok {
				if selected[id.Name] == nil {
					selected[id.Name] = map[string]bool{}
				}
				selected[id.Name][n.Sel.Name] = true
			}
		case *ast.AssignStmt:
			if n.Tok == token.DEFINE {
				for _, x := range n.Lhs {
					declare(x)
				}
			}
		case *ast.RangeStmt:
			if n.Tok == token.DEFINE {
				declare(n.Key)
				declare(n.Value)
			}
		case *ast.Field:
			for _, id := range n.Names {
				local[id.Name] = true
			}
		case *ast.ValueSpec:
			for _, id := range n.Names {
				local[id.Name] = true
			}
		}
		return true
	})
}

// bringIntoScope makes the package and declares in it what the unit uses of
// the session.
func (b *builder) bringIntoScope(decls []ast.Decl) {
	b.unit.Pkg = types.NewPackage("main", "main")
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
	for name, o := range b.old {
		if v, ok := o.(*types.Var); ok {
			scope.Insert(renamed(v, name))
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
