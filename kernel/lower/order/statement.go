package order

import (
	"cmp"
	"go/ast"
	"go/token"
	"slices"
)

// statements are the parts of a function's body within which the order of
// evaluation is open, sorted; they do not overlap.
type statements struct{ parts []part }

type part struct{ from, to token.Pos }

// at is the number of the part that a position is in, or -1.
func (s *statements) at(p token.Pos) int {
	i, found := slices.BinarySearchFunc(s.parts, p, func(x part, p token.Pos) int { return cmp.Compare(x.from, p) })
	if !found {
		i--
	}
	if i >= 0 && p < s.parts[i].to {
		return i
	}
	return -1
}

// statementsOf lists the simple statements in a body, and the expressions that
// stand in others.
func statementsOf(body ast.Node) *statements {
	s := &statements{}
	add := func(n ast.Node) {
		if n.Pos().IsValid() { // else nobody wrote it
			s.parts = append(s.parts, part{n.Pos(), n.End()})
		}
	}
	expr := func(e ast.Expr) {
		if e != nil {
			add(e)
		}
	}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ExprStmt, *ast.SendStmt, *ast.IncDecStmt, *ast.AssignStmt, *ast.GoStmt, *ast.DeferStmt, *ast.ReturnStmt, *ast.ValueSpec:
			add(n)
			return false
		case *ast.IfStmt:
			expr(n.Cond)
		case *ast.ForStmt:
			expr(n.Cond)
		case *ast.SwitchStmt:
			expr(n.Tag)
		case *ast.RangeStmt:
			expr(n.Key)
			expr(n.Value)
			expr(n.X)
		case *ast.CaseClause:
			for _, e := range n.List {
				add(e)
			}
		}
		// Expressions have been added whole.
		_, isExpr := n.(ast.Expr)
		return !isExpr
	})
	slices.SortFunc(s.parts, func(a, b part) int { return cmp.Compare(a.from, b.from) })
	return s
}
