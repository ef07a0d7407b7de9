package assist

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/gosched/gosched/kernel/cell"
)

// enclosing lists the nodes of c that pos is in or at the end of, outermost
// first.
func enclosing(c *cell.Cell, pos token.Pos) []ast.Node {
	var path []ast.Node
	visit := func(root ast.Node) {
		ast.Inspect(root, func(n ast.Node) bool {
			if n == nil || pos < n.Pos() || pos > n.End() {
				return false
			}
			path = append(path, n)
			return true
		})
	}
	for _, s := range c.Imports {
		visit(s)
	}
	for _, d := range c.Decls {
		visit(d)
	}
	for _, s := range c.Stmts {
		if _, ok := s.(*ast.DeclStmt); !ok { // it is in Decls
			visit(s)
		}
	}
	return path
}

// scopesAt lists the scopes that are open at pos, innermost first.
func (c *Checked) scopesAt(pos token.Pos) []*types.Scope {
	inner := c.Scope
	size := token.Pos(-1)
	for _, s := range c.Info.Scopes {
		if s.Pos().IsValid() && s.Pos() <= pos && pos <= s.End() && (size < 0 || s.End()-s.Pos() < size) {
			inner, size = s, s.End()-s.Pos()
		}
	}
	var scopes []*types.Scope
	session := false
	for s := inner; s != nil; s = s.Parent() {
		scopes = append(scopes, s)
		session = session || s == c.Scope
	}
	if !session { // the cell's scopes do not lead to the session's
		if n := len(scopes); n > 0 && scopes[n-1] == types.Universe {
			scopes = scopes[:n-1]
		}
		for s := c.Scope; s != nil; s = s.Parent() {
			scopes = append(scopes, s)
		}
	}
	return scopes
}

// holdsSession says whether s is the cell's top level or around it.
func (c *Checked) holdsSession(s *types.Scope) bool {
	for top := c.Scope; top != nil; top = top.Parent() {
		if s == top {
			return true
		}
	}
	return false
}

// lookup finds what name stands for at pos.
func (c *Checked) lookup(name string, pos token.Pos) types.Object {
	for _, s := range c.scopesAt(pos) {
		if obj := s.Lookup(name); obj != nil && visible(obj, s, pos) {
			return obj
		}
	}
	return nil
}

// visible says whether obj, of scope s, has been declared at pos. Package
// scopes have no order.
func visible(obj types.Object, s *types.Scope, pos token.Pos) bool {
	if s.Parent() == types.Universe || s.Parent() == nil || !obj.Pos().IsValid() {
		return true
	}
	switch obj.(type) {
	case *types.Var, *types.Const, *types.TypeName:
		return obj.Pos() < pos
	}
	return true
}

// members lists the fields and methods that can be selected from a value of
// type t, or the methods that can be selected from t itself.
func members(t types.Type, from *types.Package, isType bool) []types.Object {
	var list []types.Object
	seen := map[string]bool{}
	add := func(obj types.Object) {
		if !seen[obj.Name()] && accessible(obj, from) {
			seen[obj.Name()] = true
			list = append(list, obj)
		}
	}
	if !isType {
		fields(t, add)
	}
	// A type parameter has the methods of its constraint.
	if p, ok := t.(*types.TypeParam); ok {
		t = p.Constraint()
	}
	for _, sel := range typeutil.IntuitiveMethodSet(t, nil) {
		add(sel.Obj())
	}
	return list
}

// fields gives add the fields of t, those of embedded structs after it.
func fields(t types.Type, add func(types.Object)) {
	type level struct{ t types.Type }
	done := map[types.Type]bool{}
	for queue := []level{{t}}; len(queue) > 0; queue = queue[1:] {
		t := types.Unalias(queue[0].t)
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = types.Unalias(p.Elem())
		}
		if done[t] {
			continue
		}
		done[t] = true
		st, ok := t.Underlying().(*types.Struct)
		if !ok {
			continue
		}
		for f := range st.Fields() {
			add(f)
			if f.Embedded() {
				queue = append(queue, level{f.Type()})
			}
		}
	}
}

func accessible(obj types.Object, from *types.Package) bool {
	return obj.Exported() || obj.Pkg() == nil || from != nil && obj.Pkg().Path() == from.Path()
}

// kindOf is the kind of a name as front ends know them.
func kindOf(obj types.Object) string {
	switch obj := obj.(type) {
	case *types.Func:
		if obj.Signature().Recv() != nil {
			return "method"
		}
		return "function"
	case *types.Builtin:
		return "function"
	case *types.TypeName:
		return "type"
	case *types.Const, *types.Nil:
		return "constant"
	case *types.PkgName:
		return "module"
	case *types.Var:
		if obj.IsField() {
			return "field"
		}
		return "variable"
	}
	return ""
}

// signature is what a list of completions says beside a name.
func (c *completer) signature(obj types.Object) string {
	switch obj := obj.(type) {
	case *types.Func:
		return strings.TrimPrefix(c.typeString(obj.Type()), "func")
	case *types.Var:
		return c.typeString(obj.Type())
	case *types.Const:
		return c.typeString(obj.Type()) + " = " + obj.Val().String()
	case *types.TypeName:
		return shortType(obj.Type().Underlying(), c.qualifier())
	case *types.PkgName:
		return `import "` + obj.Imported().Path() + `"`
	}
	return ""
}

func (c *completer) qualifier() types.Qualifier {
	if c.checked == nil {
		return (*types.Package).Name
	}
	return qualifier(c.checked.Package)
}

func (c *completer) typeString(t types.Type) string { return types.TypeString(t, c.qualifier()) }

// qualifier names packages as the cells of a session do.
func qualifier(from *types.Package) types.Qualifier {
	return func(p *types.Package) string {
		if from != nil && p.Path() == from.Path() {
			return ""
		}
		return p.Name()
	}
}

// shortType is a type on one line, without what structs and interfaces hold.
func shortType(t types.Type, q types.Qualifier) string {
	switch t.(type) {
	case *types.Struct:
		return "struct"
	case *types.Interface:
		return "interface"
	}
	return types.TypeString(t, q)
}
