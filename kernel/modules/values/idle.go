package values

import (
	"go/ast"
	"go/token"
	"go/types"
)

// Idle reports whether nobody can tell whether an expression has been evaluated: it
// calls nothing, waits for nothing, and cannot fail. Packages assign such ones to _ to
// say which interfaces their types implement.
func (w *Writer) Idle(x ast.Expr) bool {
	tv := w.info.Types[x]
	if tv.Value != nil || tv.IsNil() || tv.IsType() {
		return true
	}
	switch x := x.(type) {
	case *ast.Ident, *ast.FuncLit:
		return true
	case *ast.ParenExpr:
		return w.Idle(x.X)
	case *ast.SelectorExpr: // of a package or a type; a field may be one of nil
		if id, ok := x.X.(*ast.Ident); ok {
			if _, qualified := w.info.Uses[id].(*types.PkgName); qualified {
				return true
			}
		}
		return w.info.Types[x.X].IsType()
	case *ast.UnaryExpr:
		return x.Op == token.AND && w.Idle(x.X)
	case *ast.CallExpr:
		return w.info.Types[x.Fun].IsType() && len(x.Args) == 1 && w.Idle(x.Args[0]) && !mayFail(tv.Type)
	case *ast.CompositeLit:
		if _, isMap := tv.Type.Underlying().(*types.Map); isMap && len(x.Elts) > 0 {
			return false // a key may have no hash
		}
		for _, e := range x.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok {
				e = kv.Value
			}
			if !w.Idle(e) {
				return false
			}
		}
		return true
	}
	return false
}

// mayFail reports whether a conversion to a type may fail, as that of a slice to an array
// does.
func mayFail(t types.Type) bool {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	_, array := t.Underlying().(*types.Array)
	return array
}
