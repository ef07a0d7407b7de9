package lower

import (
	"fmt"
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/stdlib"
)

// Body returns the function to run for an instance of a generic function or
// method of a compiled package, or nil if fn is compiled itself.
func (p *Program) Body(fn *ssa.Function) *ssa.Function {
	origin := fn.Origin()
	if origin == nil || len(fn.TypeArgs()) == 0 {
		return nil
	}
	obj, ok := origin.Object().(*types.Func)
	if !ok {
		return nil
	}
	name, ok := stdlib.Shadow(obj.FullName())
	if !ok {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	key := fn.String()
	if s := p.shadows[key]; s != nil && identicalArgs(s.TypeArgs(), fn.TypeArgs()) {
		return s
	}
	s, err := p.instantiate(name, fn.TypeArgs())
	if err != nil {
		return nil
	}
	p.shadows[key] = s
	return s
}

func identicalArgs(a, b []types.Type) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !types.Identical(a[i], b[i]) {
			return false
		}
	}
	return true
}

// instantiate has the SSA builder make an instance of a function of the
// shadow package, by building a function that returns it.
func (p *Program) instantiate(name string, targs []types.Type) (*ssa.Function, error) {
	shadow, err := p.importer.Import(stdlib.ShadowPath)
	if err != nil {
		return nil, err
	}
	if err := p.provide(shadow, nil); err != nil {
		return nil, err
	}
	generic, ok := shadow.Scope().Lookup(name).(*types.Func)
	if !ok {
		return nil, fmt.Errorf("no %s in %s", name, shadow.Path())
	}
	inst, err := types.Instantiate(nil, generic.Type(), targs, false)
	if err != nil {
		return nil, err
	}

	p.probes++
	pkg := types.NewPackage(fmt.Sprintf("probe%d", p.probes), "probe")
	result := types.NewVar(0, pkg, "", inst)
	sig := types.NewSignatureType(nil, nil, nil, nil, types.NewTuple(result), false)
	probe := types.NewFunc(0, pkg, "probe", sig)
	pkg.Scope().Insert(probe)

	x := &ast.Ident{Name: "shadow"}
	sel := &ast.Ident{Name: name}
	ref := &ast.SelectorExpr{X: x, Sel: sel}
	typ := &ast.Ident{Name: "T"}
	decl := &ast.FuncDecl{
		Name: &ast.Ident{Name: "probe"},
		Type: &ast.FuncType{Params: &ast.FieldList{}, Results: &ast.FieldList{List: []*ast.Field{{Type: typ}}}},
		Body: &ast.BlockStmt{List: []ast.Stmt{&ast.ReturnStmt{Results: []ast.Expr{ref}}}},
	}
	file := &ast.File{Name: &ast.Ident{Name: "probe"}, Decls: []ast.Decl{decl}}
	info := &types.Info{
		Types:        map[ast.Expr]types.TypeAndValue{ref: {Type: inst}, sel: {Type: inst}, typ: {Type: inst}},
		Instances:    map[*ast.Ident]types.Instance{sel: {TypeArgs: typeList(inst, targs), Type: inst}},
		Defs:         map[*ast.Ident]types.Object{decl.Name: probe},
		Uses:         map[*ast.Ident]types.Object{sel: generic, x: types.NewPkgName(0, pkg, "shadow", shadow)},
		Implicits:    map[ast.Node]types.Object{},
		Selections:   map[*ast.SelectorExpr]*types.Selection{},
		Scopes:       map[ast.Node]*types.Scope{},
		FileVersions: map[*ast.File]string{file: stdlib.GoVersion},
	}
	sp := p.SSA.CreatePackage(pkg, []*ast.File{file}, info, false)
	sp.Build()
	for _, b := range sp.Func("probe").Blocks {
		for _, in := range b.Instrs {
			if ret, ok := in.(*ssa.Return); ok && len(ret.Results) == 1 {
				v := ret.Results[0]
				if ct, ok := v.(*ssa.ChangeType); ok {
					v = ct.X
				}
				if fn, ok := v.(*ssa.Function); ok {
					return fn, nil
				}
			}
		}
	}
	return nil, fmt.Errorf("no instance of %s", name)
}

// typeList makes the TypeList that go/types has no constructor for, by
// instantiating a generic type with the same arguments.
func typeList(_ types.Type, targs []types.Type) *types.TypeList {
	params := make([]*types.TypeParam, len(targs))
	for i := range params {
		params[i] = types.NewTypeParam(types.NewTypeName(0, nil, fmt.Sprintf("T%d", i), nil), types.Universe.Lookup("any").Type())
	}
	named := types.NewNamed(types.NewTypeName(0, nil, "list", nil), types.NewStruct(nil, nil), nil)
	named.SetTypeParams(params)
	inst, err := types.Instantiate(nil, named, targs, false)
	if err != nil {
		return nil
	}
	return inst.(*types.Named).TypeArgs()
}
