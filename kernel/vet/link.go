package vet

//lint:file-ignore SA1019 the analysers that are served here still use ast.Object

import (
	"go/ast"
	"go/types"
)

// link gives identifiers the deprecated [ast.Object] of what they mean, by
// which httpresponse and sigchanyzer still find out about variables, and
// returns a function that takes them away again.
func link(file *ast.File, info *types.Info) (unlink func()) {
	objects := map[types.Object]*ast.Object{}
	of := func(id *ast.Ident) *ast.Object {
		o := info.ObjectOf(id)
		if o == nil {
			return nil
		}
		obj := objects[o]
		if obj == nil {
			obj = &ast.Object{Name: o.Name()}
			objects[o] = obj
		}
		return obj
	}
	var linked []*ast.Ident
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			if n.Obj == nil {
				if n.Obj = of(n); n.Obj != nil {
					linked = append(linked, n)
				}
			}
		case *ast.AssignStmt:
			// The first assignment stands for the declaration; of a package
			// variable it is the only one with a value.
			for _, x := range n.Lhs {
				if id, ok := x.(*ast.Ident); ok {
					if obj := of(id); obj != nil && obj.Decl == nil {
						obj.Decl = n
					}
				}
			}
		case *ast.ValueSpec:
			for _, id := range n.Names {
				if obj := of(id); obj != nil && len(n.Values) > 0 {
					obj.Decl = n
				}
			}
		}
		return true
	})
	return func() {
		for _, id := range linked {
			id.Obj = nil
		}
	}
}
