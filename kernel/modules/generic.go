package modules

import (
	"go/ast"
	"go/types"
	"reflect"
)

// generic checks a generic function, of which each instance is built of what is found
// out about the whole. In its body its type parameters are in scope.
func (s *restored) generic(a *apart, fn *types.Func) (*ast.FuncDecl, error) {
	decl, err := a.decl()
	if err != nil {
		return nil, err
	}
	scope := types.NewScope(s.info.Scopes[a.of], decl.Pos(), decl.End(), fn.Name())
	for _, list := range []*types.TypeParamList{fn.Signature().RecvTypeParams(), fn.Signature().TypeParams()} {
		for p := range list.TypeParams() {
			scope.Insert(p.Obj())
		}
	}
	if err := setScope(fn.Signature(), scope); err != nil {
		return nil, err
	}
	s.info.Defs[decl.Name] = fn
	if decl.Body == nil {
		return decl, nil
	}
	return decl, s.l.checkBodyInto(s.pkg, decl, s.info)
}

// setScope gives a signature the scope of its function, by which package ssa knows
// which types instances have for themselves. Only the type checker has a way to.
func setScope(sig *types.Signature, scope *types.Scope) error {
	f := reflect.ValueOf(sig).Elem().FieldByName("scope")
	if !f.IsValid() || f.Type() != reflect.TypeOf(scope) {
		return errNotKept
	}
	reflect.NewAt(f.Type(), f.Addr().UnsafePointer()).Elem().Set(reflect.ValueOf(scope))
	return nil
}
