package modules

import (
	"fmt"
	"go/ast"
	"go/types"
	"reflect"
	"sync"
)

// Generic functions of a package that has been kept are built for each instance of what
// is found out about the whole. Functions are checked when the first instance of theirs
// is to be run, methods with their package.

// isGenericFunc reports whether a function, or the type that it is a method of, has type
// parameters.
func isGenericFunc(fn *types.Func) bool {
	return fn.Signature().TypeParams().Len()+fn.Signature().RecvTypeParams().Len() > 0
}

// generic declares a generic function.
func (s *restored) generic(a apart, fn *types.Func) (*ast.FuncDecl, error) {
	scope := types.NewScope(s.info.Scopes[a.of], a.at(a.start), a.at(a.end), fn.Name())
	for _, list := range []*types.TypeParamList{fn.Signature().RecvTypeParams(), fn.Signature().TypeParams()} {
		for p := range list.TypeParams() {
			scope.Insert(p.Obj())
		}
	}
	if err := setScope(fn.Signature(), scope); err != nil {
		return nil, err
	}
	if fn.Signature().Recv() == nil {
		d := &ast.FuncDecl{Name: &ast.Ident{NamePos: fn.Pos(), Name: fn.Name()}, Type: &ast.FuncType{Func: a.at(a.start), Params: &ast.FieldList{}}}
		s.info.Defs[d.Name] = fn
		if s.late == nil {
			s.late = map[*types.Func]lateGeneric{}
		}
		s.late[fn] = lateGeneric{a, d}
		return d, nil
	}
	decl, err := a.decl()
	if err != nil {
		return nil, err
	}
	s.info.Defs[decl.Name] = fn
	if decl.Body == nil {
		return decl, nil
	}
	return decl, s.uses.check(decl, s.info)
}

// A lateGeneric is a generic function that is declared without its body.
type lateGeneric struct {
	apart
	bare *ast.FuncDecl
}

// filler is [stdlib.Source.Fill] of the package, or nil.
func (s *restored) filler() func(*types.Func) (bool, error) {
	if s.late == nil {
		return nil
	}
	var mu sync.Mutex
	info, late, uses := s.info, s.late, s.uses
	return func(fn *types.Func) (bool, error) {
		mu.Lock()
		defer mu.Unlock()
		a, ok := late[fn]
		if !ok {
			return false, nil
		}
		delete(late, fn)
		decl, err := a.decl()
		if err != nil || decl.Body == nil {
			return false, err
		}
		if err := uses.check(decl, info); err != nil {
			return false, fmt.Errorf("body of %s: %w", fn.FullName(), err)
		}
		a.bare.Type, a.bare.Body = decl.Type, decl.Body
		return true, nil
	}
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
