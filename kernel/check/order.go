package check

import (
	"cmp"
	"go/ast"
	"go/token"
	"slices"
)

// declaresOnly reports whether the cell is like a source file: its statements
// are all variable declarations. Its variables are then initialised in the
// order in which Go initialises those of a package, and may use each other
// before they are declared.
func (b *builder) declaresOnly() bool {
	for _, st := range b.c.Stmts {
		if d, ok := st.(*ast.DeclStmt); !ok || d.Decl.(*ast.GenDecl).Tok != token.VAR {
			return false
		}
	}
	return true
}

// statementAt returns the statement of the cell that a position lies in, or nil.
func (b *builder) statementAt(pos token.Pos) ast.Stmt {
	// They stand in the order of the source.
	i, _ := slices.BinarySearchFunc(b.c.Stmts, pos, func(s ast.Stmt, pos token.Pos) int { return cmp.Compare(s.End()-1, pos) })
	if i < len(b.c.Stmts) && b.c.Stmts[i].Pos() <= pos {
		return b.c.Stmts[i]
	}
	return nil
}

// orderInitialisation puts the assignments that initialise the variables of a
// cell that only declares into Go's order. What follows them stays.
func (b *builder) orderInitialisation() {
	of := map[ast.Expr]*assignment{}
	index := map[ast.Expr]int{}
	for _, as := range b.assigns {
		for i, x := range as.stmt.Rhs {
			of[x], index[x] = as, i
		}
	}
	var list []ast.Stmt
	for _, init := range b.unit.Info.InitOrder {
		as := of[init.Rhs]
		if as == nil {
			continue // of an earlier cell
		}
		st := as.stmt
		if len(st.Lhs) > 1 && len(st.Lhs) == len(st.Rhs) {
			i := index[init.Rhs]
			st = &ast.AssignStmt{Lhs: st.Lhs[i : i+1], TokPos: st.TokPos, Tok: token.ASSIGN, Rhs: st.Rhs[i : i+1]}
		}
		list = append(list, st)
	}
	initialises := map[ast.Stmt]bool{}
	for _, as := range b.assigns {
		initialises[as.stmt] = true
	}
	for _, st := range b.final {
		if !initialises[st] {
			list = append(list, st)
		}
	}
	b.final = list
}
