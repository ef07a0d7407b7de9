package export

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// A variable is one that a statement of a cell declares at top level.
type variable struct {
	object  *types.Var
	hoisted bool // it is the program's, and not of the cell's function
}

// place finds out which declarations are written, and where variables go.
func (x *exporter) place() {
	x.need()
	for _, u := range x.units {
		for _, v := range u.check.Vars {
			if x.fset.File(v.Obj.Pos()) == u.file {
				u.vars = append(u.vars, &variable{object: v.Obj})
			}
			if v.Old != nil && x.typeKey(v.Obj.Type()) != x.typeKey(v.Old.Type()) {
				x.leave(u, nothing, "with it, %s would be of two types in one program", v.Obj.Name())
			}
		}
	}
	if x.again {
		return
	}
	outside := map[object]bool{} // variables that more than their cell's statements use
	used := map[object]*unit{}
	for _, u := range x.units {
		for p, o := range u.objects {
			v, ok := o.(*types.Var)
			if !ok || !inSession(v) {
				continue
			}
			c := x.canon(v)
			if x.fset.File(p) != u.file || x.inDeclaration(u, p) {
				outside[c] = outside[c] || x.written(u, p)
				continue
			}
			if was := used[c]; was != nil && was != u {
				outside[c] = true
			}
			used[c] = u
		}
	}
	for _, u := range x.units {
		all := u.jumps() || u.hoisted
		for _, v := range u.vars {
			v.hoisted = all || outside[x.canon(v.object)] || helperName(v.object.Name())
		}
		u.together()
	}
}

// written reports whether a position of a declaration is in a version that is
// written.
func (x *exporter) written(u *unit, p token.Pos) bool {
	f := x.fset.File(p)
	return slices.ContainsFunc(x.versions, func(v *version) bool {
		return v.in == u && v.needed && v.of.file == f && v.span.start <= f.Offset(p) && f.Offset(p) < v.span.end
	})
}

// helperName reports whether the program uses a name beside the cells.
func helperName(name string) bool {
	switch name {
	case "fmt", "show", "rest", "pause", "mayFail":
		return true
	}
	return false
}

// jumps reports whether a cell has a goto, which must not jump over declarations
// of variables.
func (u *unit) jumps() (found bool) {
	for _, s := range u.cell.Stmts {
		ast.Inspect(s, func(n ast.Node) bool {
			b, ok := n.(*ast.BranchStmt)
			found = found || ok && b.Tok == token.GOTO
			return !found
		})
	}
	return found
}

// variable is the one that an object is, or nil.
func (u *unit) variable(o object) *variable {
	for _, v := range u.vars {
		if v.object == o {
			return v
		}
	}
	return nil
}

// together has all variables hoisted that are declared with one that is: a
// statement declares variables of the function, or assigns the program's.
func (u *unit) together() {
	for changed := true; changed; {
		changed = false
		for _, s := range u.cell.Stmts {
			var list []*variable
			any, mixed := false, false
			for _, p := range declaredBy(unlabelled(s)) {
				if v := u.variable(u.objects[p]); v != nil {
					list = append(list, v)
					any = any || v.hoisted
					mixed = mixed || !v.hoisted
				}
			}
			if any && mixed {
				for _, v := range list {
					v.hoisted = true
				}
				changed = true
			}
		}
	}
}

// declaredBy lists where a statement names the variables that it declares.
func declaredBy(s ast.Stmt) (at []token.Pos) {
	switch s := s.(type) {
	case *ast.AssignStmt:
		if s.Tok == token.DEFINE {
			for _, l := range s.Lhs {
				at = append(at, l.Pos())
			}
		}
	case *ast.DeclStmt:
		if g, ok := s.Decl.(*ast.GenDecl); ok && g.Tok == token.VAR {
			for _, spec := range g.Specs {
				for _, id := range spec.(*ast.ValueSpec).Names {
					at = append(at, id.Pos())
				}
			}
		}
	}
	return at
}

// unlabelled is a statement without its labels.
func unlabelled(s ast.Stmt) ast.Stmt {
	for {
		l, ok := s.(*ast.LabeledStmt)
		if !ok {
			return s
		}
		s = l.Stmt
	}
}
