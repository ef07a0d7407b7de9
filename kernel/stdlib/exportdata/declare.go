package exportdata

import (
	"fmt"
	"go/types"
	"strings"

	"github.com/gosched/gosched/kernel/stdlib/latetype"
)

// declare returns what a package declares by a name, which is read if it has not been.
func (a *archive) declare(pkg *types.Package, name string) types.Object {
	if obj := pkg.Scope().Lookup(name); obj != nil {
		return obj
	}
	at, ok := a.find(pkg, name)
	if !ok {
		panic(fmt.Sprintf("there is no %s.%s", pkg.Path(), name))
	}
	a.read(pkg, name, at)
	return pkg.Scope().Lookup(name)
}

func (a *archive) declareAt(pkg *types.Package, name string, at int) {
	if pkg.Scope().Lookup(name) == nil {
		a.read(pkg, name, at)
	}
}

// read declares what is at a place: by the letters that stand before it, an alias, a
// constant, a function, a type or a variable. Generic aliases, functions and types have
// letters of their own, and type parameters, which belong to no scope.
func (a *archive) read(pkg *types.Package, name string, at int) {
	d := a.declaration(at)
	tag := d.tag()
	body := *d
	d.pos()
	scope := pkg.Scope()
	switch tag {
	case 'A', 'B':
		var params []*types.TypeParam
		if tag == 'B' {
			params = d.typeParams()
		}
		obj := types.NewTypeName(0, pkg, name, nil)
		types.NewAlias(obj, d.typ()).SetTypeParams(params)
		scope.Insert(obj)
	case 'C':
		t := d.typ()
		scope.Insert(types.NewConst(0, pkg, name, t, d.constant(t)))
	case 'F', 'G':
		var params []*types.TypeParam
		if tag == 'G' {
			params = d.typeParams()
		}
		scope.Insert(types.NewFunc(0, pkg, name, d.signature(pkg, nil, nil, params)))
	case 'T':
		a.of.named(pkg, name, func() *decoder { d := body; return &d })
	case 'U':
		// What stands for a type is read with type parameters, which instances share.
		obj := types.NewTypeName(0, pkg, name, nil)
		n := types.NewNamed(obj, nil, nil)
		scope.Insert(obj)
		n.SetTypeParams(d.typeParams())
		underlying, methods := d.named(n)
		n.SetUnderlying(underlying)
		for _, m := range methods {
			n.AddMethod(m)
		}
	case 'P':
		a.typeParam(d, pkg, name)
	case 'V':
		v := types.NewVar(0, pkg, name, d.typ())
		v.SetKind(types.PackageVar)
		scope.Insert(v)
	default:
		panic(fmt.Sprintf("a declaration is of kind %q", tag))
	}
}

// named declares a type that is read when somebody asks what it is. Body is called once
// then, and returns what follows the letter of its declaration.
func (p *Packages) named(pkg *types.Package, name string, body func() *decoder) *types.TypeName {
	obj := types.NewTypeName(0, pkg, name, nil)
	n := types.NewNamed(obj, nil, nil)
	pkg.Scope().Insert(obj)
	read := func() (types.Type, []*types.Func) {
		d := body()
		d.pos()
		return d.named(n)
	}
	if eager || !latetype.Set(n, func() (underlying types.Type, methods []*types.Func) {
		p.undisturbed(func() { underlying, methods = read() })
		return underlying, methods
	}) {
		underlying, methods := read()
		n.SetUnderlying(underlying)
		for _, m := range methods {
			n.AddMethod(m)
		}
	}
	return obj
}

var eager bool // for tests: as where types can have no loader

// named reads what a type is.
func (d *decoder) named(n *types.Named) (underlying types.Type, methods []*types.Func) {
	underlying = d.typeAt(d.int(), n)
	if e, ok := underlying.(*types.Named); ok { // error
		underlying = e.Underlying()
	}
	if types.IsInterface(underlying) {
		return underlying, nil
	}
	pkg := n.Obj().Pkg()
	for range d.int() {
		d.pos()
		name := d.string()
		var own []*types.TypeParam
		if d.version >= genericMethods && d.bool() {
			own = d.typeParams()
		}
		recv := d.param(pkg)
		t := types.Unalias(recv.Type())
		if ptr, ok := t.(*types.Pointer); ok {
			t = types.Unalias(ptr.Elem())
		}
		var params []*types.TypeParam
		for arg := range t.(*types.Named).TypeArgs().Types() {
			params = append(params, types.Unalias(arg).(*types.TypeParam))
		}
		methods = append(methods, types.NewFunc(0, pkg, name, d.signature(pkg, recv, params, own)))
	}
	return underlying, methods
}

// typeParam reads a type parameter, whose constraint may name it.
func (a *archive) typeParam(d *decoder, pkg *types.Package, name string) {
	short := name[strings.LastIndex(name, ".")+1:]
	if strings.HasPrefix(short, "$") {
		short = "_"
	}
	t := types.NewTypeParam(types.NewTypeName(0, pkg, short, nil), nil)
	a.params[param{pkg, name}] = t
	implicit := d.bool()
	at := d.int()
	constraint := d.typeAt(at, nil)
	if at < reserved {
		t.SetConstraint(constraint)
		return
	}
	if i, ok := types.Unalias(constraint).(*types.Interface); ok && implicit {
		i.MarkImplicit()
	}
	a.of.later = append(a.of.later, func() { t.SetConstraint(constraint) })
}
