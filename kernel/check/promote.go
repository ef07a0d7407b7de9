package check

import (
	"go/ast"
	"go/token"
	"slices"

	"github.com/gosched/gosched/kernel/cell"
)

// promote goes through the cell's statements. Variables that they declare
// become session variables: for the checker, package variables with the same
// initial values; for the SSA builder, package variables that the statement,
// now an assignment, sets when its turn comes.
func (b *builder) promote() {
	b.jumps = slices.ContainsFunc(b.c.Stmts, func(s ast.Stmt) bool {
		_, labels := unlabelled(s)
		return len(labels) > 0
	})
	for n, st := range b.c.Stmts {
		inner, labels := unlabelled(st)
		if b.jumps && b.renewed(n) {
			b.stmts = append(b.stmts, st)
			b.final = append(b.final, st)
			continue
		}
		switch inner := inner.(type) {
		case *ast.AssignStmt:
			if inner.Tok == token.DEFINE && onlyIdents(inner.Lhs) {
				b.promoteAs(labels, func() { b.define(inner) })
				continue
			}
		case *ast.DeclStmt:
			if g, ok := inner.Decl.(*ast.GenDecl); ok && g.Tok == token.VAR {
				b.promoteAs(labels, func() { b.declare(inner, g) })
				continue
			}
		}
		switch st := st.(type) {
		case *ast.ExprStmt:
			if slices.Contains(b.c.Shown, st.X) && (b.valued || !isCallOrReceive(st.X)) {
				// The checker wants an expression used; what it is worth is
				// known afterwards.
				out := &ast.Ident{NamePos: st.X.Pos(), Name: "_"}
				b.outs = append(b.outs, out)
				as := &ast.AssignStmt{Lhs: []ast.Expr{out}, Tok: token.ASSIGN, TokPos: st.X.Pos(), Rhs: []ast.Expr{st.X}}
				b.stmts = append(b.stmts, as)
				b.final = append(b.final, as)
				continue
			}
		}
		b.stmts = append(b.stmts, st)
		b.final = append(b.final, st)
	}
}

// promoteAs promotes what a statement declares and leaves its labels in the
// body, where the assignments are now.
func (b *builder) promoteAs(labels []*ast.LabeledStmt, promote func()) {
	if len(labels) > 0 {
		b.stmts = append(b.stmts, labelled(nil, labels))
	}
	n := len(b.final)
	promote()
	switch {
	case len(labels) == 0:
	case n < len(b.final):
		b.final[n] = labelled(b.final[n], labels)
	default:
		b.final = append(b.final, labelled(nil, labels))
	}
}

func onlyIdents(list []ast.Expr) bool {
	for _, x := range list {
		if _, ok := x.(*ast.Ident); !ok {
			return false
		}
	}
	return true
}

func isCallOrReceive(x ast.Expr) bool {
	switch x := ast.Unparen(x).(type) {
	case *ast.CallExpr:
		return true
	case *ast.UnaryExpr:
		return x.Op == token.ARROW
	}
	return false
}

// define turns x, y := ... into declarations and an assignment.
func (b *builder) define(st *ast.AssignStmt) {
	as := &assignment{stmt: st, temps: map[string]*ast.Ident{}}
	d := &decl{cell: b.c, node: st, kind: token.DEFINE, uses: usesOf(st)}
	var names []*ast.Ident
	fresh := false
	single := len(st.Lhs) == len(st.Rhs) // a value for each variable
	for i, x := range st.Lhs {
		id := x.(*ast.Ident)
		name := &ast.Ident{NamePos: id.NamePos, Name: id.Name}
		if contains(d.names, id.Name) {
			b.errs = append(b.errs, b.s.errorAt(id.Pos(), id.Name+" repeated on left side of :="))
			return
		}
		if single && b.promoted[id.Name] != nil {
			// Assigned, not declared.
			values := &ast.AssignStmt{Lhs: []ast.Expr{name}, TokPos: st.TokPos, Tok: token.ASSIGN, Rhs: st.Rhs[i : i+1]}
			b.stmts = append(b.stmts, values)
			as.names = append(as.names, id.Name)
			continue
		}
		if single {
			b.specs = append(b.specs, &ast.GenDecl{Tok: token.VAR, TokPos: st.Pos(), Specs: []ast.Spec{
				&ast.ValueSpec{Names: []*ast.Ident{name}, Values: st.Rhs[i : i+1]},
			}})
		}
		switch {
		case id.Name == "_":
		case b.promoted[id.Name] != nil:
			// Assigned, not declared: a stand-in takes the value's type.
			name.Name = standIn(id.Name, len(b.assigns))
			as.temps[id.Name] = name
		default:
			fresh = true
			d.names = append(d.names, id.Name)
			b.promoted[id.Name] = &promotion{ident: name, start: st.Pos(), end: st.End(), d: d}
		}
		names = append(names, name)
		as.names = append(as.names, id.Name)
	}
	if !fresh {
		b.errs = append(b.errs, b.s.errorAt(st.TokPos, "no new variables on left side of :="))
		return
	}
	if !single {
		b.specs = append(b.specs, &ast.GenDecl{Tok: token.VAR, TokPos: st.Pos(), Specs: []ast.Spec{
			&ast.ValueSpec{Names: names, Values: st.Rhs},
		}})
	}
	b.unit.decls = append(b.unit.decls, d)
	b.assigns = append(b.assigns, as)
	b.final = append(b.final, &ast.AssignStmt{Lhs: st.Lhs, TokPos: st.TokPos, Tok: token.ASSIGN, Rhs: st.Rhs})
}

// declare does the same for var declarations.
func (b *builder) declare(st *ast.DeclStmt, g *ast.GenDecl) {
	d := &decl{cell: b.c, node: st, kind: token.VAR, uses: usesOf(st)}
	b.specs = append(b.specs, g)
	b.unit.decls = append(b.unit.decls, d)
	for _, s := range g.Specs {
		spec := s.(*ast.ValueSpec)
		var lhs []ast.Expr
		as := &assignment{temps: map[string]*ast.Ident{}}
		for _, id := range spec.Names {
			if id.Name != "_" {
				d.names = append(d.names, id.Name)
				b.promoted[id.Name] = &promotion{ident: id, start: spec.Pos(), end: spec.End(), d: d}
			}
			lhs = append(lhs, &ast.Ident{NamePos: id.NamePos, Name: id.Name})
			as.names = append(as.names, id.Name)
		}
		if len(spec.Values) == 0 {
			continue
		}
		as.stmt = &ast.AssignStmt{Lhs: lhs, TokPos: spec.Pos(), Tok: token.ASSIGN, Rhs: spec.Values}
		b.assigns = append(b.assigns, as)
		b.final = append(b.final, as.stmt)
	}
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func usesOf(n ast.Node) map[string]bool {
	m := map[string]bool{}
	for _, name := range cell.Uses(n) {
		m[name] = true
	}
	return m
}
