package check

import "go/ast"

// checkExpanding refuses what checkAnonymous would, where the checker does not
// come back from it: a generic type that embeds an instance of itself in an
// interface without a name, and so makes ever new types.
func (b *builder) checkExpanding() error {
	g := embeddings{}
	for _, d := range b.unit.File.Decls {
		decl, ok := d.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, s := range decl.Specs {
			if spec, ok := s.(*ast.TypeSpec); ok {
				g.add(spec)
			}
		}
	}
	for _, d := range b.unit.File.Decls {
		decl, ok := d.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, s := range decl.Specs {
			spec, ok := s.(*ast.TypeSpec)
			if ok && spec.TypeParams != nil && g.reaches(spec.Name.Name, spec.Name.Name, false, map[string]bool{}) {
				return ErrorList{b.s.errorAt(spec.Type.Pos(), anonymousCycle)}
			}
		}
	}
	return nil
}

// embeddings are the edges from types to those that interfaces in them embed.
type embeddings map[string][]embedding

type embedding struct {
	name   string
	inside bool // of an interface without a name
}

func (g embeddings) add(spec *ast.TypeSpec) {
	from := spec.Name.Name
	outer := ast.Unparen(spec.Type)
	if name := typeName(outer); name != "" {
		g[from] = append(g[from], embedding{name, false})
	}
	ast.Inspect(outer, func(n ast.Node) bool {
		x, ok := n.(*ast.InterfaceType)
		if !ok || x.Methods == nil {
			return true
		}
		for _, f := range x.Methods.List {
			if name := typeName(f.Type); name != "" && len(f.Names) == 0 {
				g[from] = append(g[from], embedding{name, n != outer})
			}
		}
		return true
	})
}

// reaches reports whether a way leads from one type to another by way of an
// interface without a name.
func (g embeddings) reaches(from, to string, inside bool, seen map[string]bool) bool {
	for _, e := range g[from] {
		switch in := inside || e.inside; {
		case e.name == to:
			if in {
				return true
			}
		case !seen[e.name]:
			seen[e.name] = true
			if g.reaches(e.name, to, in, seen) {
				return true
			}
		}
	}
	return false
}

// typeName is the name of a type that is one, or an instance of one.
func typeName(x ast.Expr) string {
	switch x := ast.Unparen(x).(type) {
	case *ast.Ident:
		return x.Name
	case *ast.IndexExpr:
		return typeName(x.X)
	case *ast.IndexListExpr:
		return typeName(x.X)
	}
	return ""
}
