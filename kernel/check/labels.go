package check

import (
	"fmt"
	"go/ast"
	"go/token"
)

// unlabelled takes the labels off a statement, outermost first.
func unlabelled(s ast.Stmt) (ast.Stmt, []*ast.LabeledStmt) {
	var labels []*ast.LabeledStmt
	for {
		l, ok := s.(*ast.LabeledStmt)
		if !ok {
			return s, labels
		}
		labels = append(labels, l)
		s = l.Stmt
	}
}

// labelled puts labels before a statement, nil for an empty one.
func labelled(s ast.Stmt, labels []*ast.LabeledStmt) ast.Stmt {
	if len(labels) == 0 {
		return s
	}
	if s == nil {
		s = &ast.EmptyStmt{Semicolon: labels[len(labels)-1].Colon + 1, Implicit: true}
	}
	for i := len(labels) - 1; i >= 0; i-- {
		s = &ast.LabeledStmt{Label: labels[i].Label, Colon: labels[i].Colon, Stmt: s}
	}
	return s
}

// renewed says whether statement n of the cell declares a variable that would be
// another one each time round a loop made with goto, where that can be told: a
// function literal, or a pointer, keeps it. A session variable is one variable,
// so such a one stays the cell's own.
func (b *builder) renewed(n int) bool {
	names := map[string]bool{}
	inner, _ := unlabelled(b.c.Stmts[n])
	switch st := inner.(type) {
	case *ast.AssignStmt:
		if st.Tok != token.DEFINE {
			break
		}
		for _, x := range st.Lhs {
			if id, ok := x.(*ast.Ident); ok {
				names[id.Name] = true
			}
		}
	case *ast.DeclStmt:
		for _, spec := range st.Decl.(*ast.GenDecl).Specs {
			if v, ok := spec.(*ast.ValueSpec); ok {
				for _, id := range v.Names {
					names[id.Name] = true
				}
			}
		}
	}
	if len(names) == 0 {
		return false // as most statements, which need no look at the others
	}
	labels := map[string]bool{} // before the declaration, or its own
	for _, st := range b.c.Stmts[:n+1] {
		_, list := unlabelled(st)
		for _, l := range list {
			labels[l.Label.Name] = true
		}
	}
	end := n // of the loop
	for i, st := range b.c.Stmts[n:] {
		ast.Inspect(st, func(x ast.Node) bool {
			if x, ok := x.(*ast.BranchStmt); ok && x.Tok == token.GOTO && x.Label != nil && labels[x.Label.Name] {
				end = n + i + 1
			}
			return true
		})
	}
	for _, st := range b.c.Stmts[n:end] {
		kept := false
		ast.Inspect(st, func(x ast.Node) bool {
			switch x := x.(type) {
			case *ast.FuncLit:
				kept = kept || anyNamed(x, names)
			case *ast.UnaryExpr:
				kept = kept || x.Op == token.AND && anyNamed(x.X, names)
			}
			return !kept
		})
		if kept {
			return true
		}
	}
	return false
}

// anyNamed says whether one of the names stands somewhere in n.
func anyNamed(n ast.Node, names map[string]bool) (found bool) {
	ast.Inspect(n, func(x ast.Node) bool {
		if id, ok := x.(*ast.Ident); ok && names[id.Name] {
			found = true
		}
		return !found
	})
	return found
}

// checkJumps refuses what the checker does not see where variables are no
// longer declared by statements: a jump over a declaration.
func (b *builder) checkJumps() {
	labels := map[string]token.Pos{}
	for _, s := range b.c.Stmts {
		_, list := unlabelled(s)
		for _, l := range list {
			labels[l.Label.Name] = l.Pos()
		}
	}
	if len(labels) == 0 {
		return
	}
	for _, s := range b.c.Stmts {
		ast.Inspect(s, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				return false
			case *ast.BranchStmt:
				if n.Tok != token.GOTO || n.Label == nil {
					break
				}
				if p := b.promotedBetween(n.Pos(), labels[n.Label.Name]); p != nil {
					b.errs = append(b.errs, b.s.errorAt(n.Label.Pos(), fmt.Sprintf("goto %s jumps over variable declaration at line %d",
						n.Label.Name, b.s.cfg.Fset.Position(p.ident.Pos()).Line)))
				}
			}
			return true
		})
	}
}

// promotedBetween returns the last variable that is declared between two places,
// or nil.
func (b *builder) promotedBetween(from, to token.Pos) (last *promotion) {
	for _, p := range b.promoted {
		if from < p.start && p.start < to && (last == nil || p.start > last.start) {
			last = p
		}
	}
	return last
}
