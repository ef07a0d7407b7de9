package check

import (
	"go/ast"
	"go/token"
)

// selections maps names to what is selected from them.
type selections map[string]map[string]bool

// collectFree notes what n selects from plain names that n itself does not
// declare in an inner scope: names that may be those of packages.
func (s selections) collectFree(n ast.Node) {
	f := &freeNames{found: func(x *ast.SelectorExpr, id *ast.Ident) {
		if s[id.Name] == nil {
			s[id.Name] = map[string]bool{}
		}
		s[id.Name][x.Sel.Name] = true
	}}
	f.node(n)
}

// freeNames walks a tree with Go's scopes. What the tree declares at its top is
// not looked at: that is of the package.
type freeNames struct {
	scopes []map[string]bool
	found  func(x *ast.SelectorExpr, id *ast.Ident)
}

func (f *freeNames) open()  { f.scopes = append(f.scopes, map[string]bool{}) }
func (f *freeNames) close() { f.scopes = f.scopes[:len(f.scopes)-1] }

func (f *freeNames) declare(x ast.Expr) {
	if id, ok := x.(*ast.Ident); ok && len(f.scopes) > 0 {
		f.scopes[len(f.scopes)-1][id.Name] = true
	}
}

func (f *freeNames) declared(name string) bool {
	for _, s := range f.scopes {
		if s[name] {
			return true
		}
	}
	return false
}

func (f *freeNames) node(n ast.Node) { ast.Inspect(n, f.visit) }

// visit does by itself what opens a scope or declares names.
func (f *freeNames) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.SelectorExpr:
		if id, ok := n.X.(*ast.Ident); ok {
			if !f.declared(id.Name) {
				f.found(n, id)
			}
			return false
		}
		f.node(n.X)
	case *ast.FuncDecl:
		f.function(n.Recv, n.Type, n.Body)
	case *ast.FuncLit:
		f.function(nil, n.Type, n.Body)
	case *ast.BlockStmt:
		f.open()
		f.list(n.List)
		f.close()
	case *ast.IfStmt:
		f.open()
		f.statement(n.Init)
		f.node(n.Cond)
		f.node(n.Body)
		f.statement(n.Else)
		f.close()
	case *ast.ForStmt:
		f.open()
		f.statement(n.Init)
		if n.Cond != nil {
			f.node(n.Cond)
		}
		f.statement(n.Post)
		f.node(n.Body)
		f.close()
	case *ast.RangeStmt:
		f.node(n.X)
		f.open()
		for _, x := range []ast.Expr{n.Key, n.Value} {
			switch {
			case x == nil:
			case n.Tok == token.DEFINE:
				f.declare(x)
			default:
				f.node(x)
			}
		}
		f.node(n.Body)
		f.close()
	case *ast.SwitchStmt:
		f.open()
		f.statement(n.Init)
		if n.Tag != nil {
			f.node(n.Tag)
		}
		f.node(n.Body)
		f.close()
	case *ast.TypeSwitchStmt:
		f.open()
		f.statement(n.Init)
		f.statement(n.Assign)
		f.node(n.Body)
		f.close()
	case *ast.CaseClause:
		for _, x := range n.List {
			f.node(x)
		}
		f.open()
		f.list(n.Body)
		f.close()
	case *ast.CommClause:
		f.open()
		f.statement(n.Comm)
		f.list(n.Body)
		f.close()
	case *ast.AssignStmt:
		for _, x := range n.Rhs {
			f.node(x)
		}
		for _, x := range n.Lhs {
			if n.Tok == token.DEFINE {
				f.declare(x)
			} else {
				f.node(x)
			}
		}
	case *ast.ValueSpec:
		if n.Type != nil {
			f.node(n.Type)
		}
		for _, x := range n.Values {
			f.node(x)
		}
		for _, id := range n.Names {
			f.declare(id)
		}
	case *ast.TypeSpec:
		f.declare(n.Name)
		f.open()
		f.fields(n.TypeParams, true)
		f.node(n.Type)
		f.close()
	default:
		return true
	}
	return false
}

func (f *freeNames) statement(s ast.Stmt) {
	if s != nil {
		f.node(s)
	}
}

func (f *freeNames) list(list []ast.Stmt) {
	for _, s := range list {
		f.node(s)
	}
}

// function walks a function. The types of its parameters do not see them.
func (f *freeNames) function(recv *ast.FieldList, t *ast.FuncType, body *ast.BlockStmt) {
	f.open()
	f.fields(t.TypeParams, true)
	if recv != nil {
		for _, p := range recv.List {
			// The arguments of a receiver's type declare type parameters.
			ast.Inspect(p.Type, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.IndexExpr:
					f.declare(n.Index)
				case *ast.IndexListExpr:
					for _, x := range n.Indices {
						f.declare(x)
					}
				}
				return true
			})
		}
	}
	lists := []*ast.FieldList{recv, t.Params, t.Results}
	for _, l := range lists {
		f.fields(l, false)
	}
	f.open()
	for _, l := range lists {
		if l == nil {
			continue
		}
		for _, p := range l.List {
			for _, id := range p.Names {
				f.declare(id)
			}
		}
	}
	if body != nil {
		f.list(body.List)
	}
	f.close()
	f.close()
}

// fields walks the types of a list, and declares its names first if they are
// type parameters, which see each other.
func (f *freeNames) fields(l *ast.FieldList, typeParams bool) {
	if l == nil {
		return
	}
	if typeParams {
		for _, p := range l.List {
			for _, id := range p.Names {
				f.declare(id)
			}
		}
	}
	for _, p := range l.List {
		if p.Type != nil {
			f.node(p.Type)
		}
	}
}
