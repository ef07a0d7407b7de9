package check

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strconv"
)

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
			path, ok = b.s.cfg.Resolve(name, slices.Sorted(maps.Keys(selected[name])))
			if !ok {
				continue
			}
		}
		pkg, err := b.s.cfg.Importer.Import(path)
		if err != nil || local[name] && !hasAll(pkg, selected[name]) {
			continue // there is a variable of that name, which must be meant
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

// hasAll reports whether a package declares all the names.
func hasAll(pkg *types.Package, names map[string]bool) bool {
	for n := range names {
		if pkg.Scope().Lookup(n) == nil {
			return false
		}
	}
	return true
}
