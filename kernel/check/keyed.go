package check

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// A literalAt is the place of a composite literal in a cell, the same for
// every parsing of it.
type literalAt struct {
	file   string
	offset int
}

func (b *builder) literalAt(lit *ast.CompositeLit) literalAt {
	p := b.s.cfg.Fset.Position(lit.Lbrace)
	return literalAt{p.Filename, p.Offset}
}

// unkeyed finds literals of the user's structs that the checker refuses
// because they have no field names and the type has unexported fields: it
// takes the type, which another cell declares, for one of another package.
// The result maps them to the names of their fields.
func (b *builder) unkeyed() map[literalAt][]string {
	refused := map[token.Pos]bool{}
	for _, e := range b.errs {
		if isImplicitUnexported(e.Msg) {
			refused[e.pos] = true
		}
	}
	if len(refused) == 0 {
		return nil
	}
	found := map[literalAt][]string{}
	blameless := map[token.Pos]bool{} // values of which there are too few or too many, and nothing else is wrong
	ast.Inspect(b.unit.File, func(n ast.Node) bool {
		lit, ok := n.(*ast.CompositeLit)
		if !ok || !slices.ContainsFunc(lit.Elts, func(x ast.Expr) bool { return refused[x.Pos()] }) {
			return true
		}
		t := b.unit.Info.TypeOf(lit)
		if t == nil {
			return true
		}
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem() // in a list whose elements leave out &T
		}
		s, ok := t.Underlying().(*types.Struct)
		if !ok {
			return true
		}
		if s.NumFields() != len(lit.Elts) {
			ofCells := b.ofCells(s)
			for _, x := range lit.Elts {
				blameless[x.Pos()] = ofCells
			}
			blameless[lit.Rbrace] = ofCells
			return true
		}
		var names []string
		for f := range s.Fields() {
			if f.Pkg() == nil || !f.Exported() && f.Pkg().Path() != b.unit.Pkg.Path() {
				return true
			}
			if f.Name() == "_" && !isPlain(lit.Elts[len(names)]) {
				return true
			}
			names = append(names, f.Name())
		}
		found[b.literalAt(lit)] = names
		return true
	})
	b.errs = slices.DeleteFunc(b.errs, func(e Error) bool { return blameless[e.pos] && isImplicitUnexported(e.Msg) })
	for i, e := range b.errs {
		if blameless[e.pos] {
			b.errs[i].Msg = strings.TrimSuffix(e.Msg, hiddenFields)
		}
	}
	return found
}

// ofCells reports whether cells declare all of a struct's fields.
func (b *builder) ofCells(s *types.Struct) bool {
	for f := range s.Fields() {
		if f.Pkg() == nil || f.Pkg().Path() != b.unit.Pkg.Path() {
			return false
		}
	}
	return true
}

// addKeys gives literals the names of their fields.
func (b *builder) addKeys(keyed map[literalAt][]string) {
	if len(keyed) == 0 {
		return
	}
	ast.Inspect(b.unit.File, func(n ast.Node) bool {
		lit, ok := n.(*ast.CompositeLit)
		if !ok {
			return true
		}
		names := keyed[b.literalAt(lit)]
		if len(names) == 0 || len(names) != len(lit.Elts) {
			return true
		}
		var elts []ast.Expr
		for i, x := range lit.Elts {
			if names[i] == "_" {
				continue // what is given to a blank field is dropped
			}
			elts = append(elts, &ast.KeyValueExpr{Key: &ast.Ident{NamePos: x.Pos(), Name: names[i]}, Colon: x.Pos(), Value: x})
		}
		lit.Elts = elts
		return true
	})
}

// isPlain reports whether leaving out an expression has no effect.
func isPlain(x ast.Expr) bool {
	plain := true
	ast.Inspect(x, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr, *ast.IndexExpr, *ast.SliceExpr, *ast.StarExpr, *ast.TypeAssertExpr, *ast.SelectorExpr, *ast.BinaryExpr:
			plain = false
		case *ast.UnaryExpr:
			plain = plain && n.Op != token.ARROW
		}
		return plain
	})
	return plain
}
