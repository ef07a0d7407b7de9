package funcname

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/ssa/ssautil"

	"github.com/gosched/gosched/kernel/check"
)

// Names are those that Go's own tracebacks have for the same functions; of a cell's
// statements there is none in Go, and they are main.
func TestNames(t *testing.T) {
	const src = `package main

type T struct{}
func (T) Value() {}
func (*T) Pointer() { func() {}() }

type G[P any] struct{ p P }
func (*G[P]) Method() {}

func Generic[P any](p P) { _ = func() P { return p } }

func f() {
	Generic(1)
	new(G[T]).Method()
	_, _, _ = new(T).Pointer, T{}.Value, error(nil).Error
	for range func(yield func() bool) { yield() } {
	}
}
`
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "t.go", src, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	pkg, _, err := ssautil.BuildPackage(&types.Config{}, fset, types.NewPackage("main", "main"), []*ast.File{file}, ssa.InstantiateGenerics)
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]bool)
	for fn := range ssautil.AllFunctions(pkg.Prog) {
		if fn.Synthetic == "" || fn.Origin() != nil || fn.Parent() != nil || strings.HasSuffix(fn.Name(), "$bound") {
			got[Of(fn)] = true
		}
	}
	for _, want := range []string{
		"main.T.Value", "main.(*T).Pointer", "main.(*T).Pointer.func1", "main.(*G[...]).Method",
		"main.Generic[...]", "main.Generic[...].func1", "main.f", "main.f.func1", "main.f.func2",
		"main.(*T).Pointer-fm", "main.T.Value-fm", "error.Error-fm",
	} {
		if !got[want] {
			t.Errorf("none is %s: %q", want, slices.Sorted(maps.Keys(got)))
		}
	}
	cell := pkg.Prog.NewFunction(check.CellFunction+"3", types.NewSignatureType(nil, nil, nil, nil, nil, false), "")
	cell.Pkg = pkg
	if Of(cell) != "main" {
		t.Errorf("a cell's statements are %q", Of(cell))
	}
}

// What is asked of a function beside its name: whether package ssa has made it, which
// package it belongs to, and what it was declared as. Packages may be known by their types
// alone.
func TestBelongs(t *testing.T) {
	const library = `package shop

type Cart struct{}

func (*Cart) Len() int { return 0 }
`
	const src = `package main

import "example.com/library/shop"

type T struct{ shop.Cart }

func (T) Value() {}

func Generic[P any](p P) { func() { _ = p }() }

type valuer interface{ Value() }

func f() {
	Generic(1)
	var _ valuer = new(T)
	_ = new(shop.Cart).Len()
	_ = error(nil).Error
}
`
	fset := token.NewFileSet()
	checked := func(path, src string, imports importer, info *types.Info) (*types.Package, []*ast.File) {
		file, err := parser.ParseFile(fset, path, src, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		pkg, err := (&types.Config{Importer: imports}).Check(path, fset, []*ast.File{file}, info)
		if err != nil {
			t.Fatal(err)
		}
		return pkg, []*ast.File{file}
	}
	shop, _ := checked("example.com/library/shop", library, nil, nil)
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Instances: map[*ast.Ident]types.Instance{},
		Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}, Implicits: map[ast.Node]types.Object{},
		Scopes: map[ast.Node]*types.Scope{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
	}
	pkg, files := checked("main", src, importer{shop.Path(): shop}, info)
	prog := ssa.NewProgram(fset, ssa.InstantiateGenerics|ssa.BareInits)
	main := prog.CreatePackage(pkg, files, info, false)
	prog.Build()
	fns := map[string]*ssa.Function{}
	for fn := range ssautil.AllFunctions(prog) {
		fns[fn.String()] = fn
	}
	for _, tt := range []struct {
		fn, name, pkg, full string // no name where none is shown
		wrapper             bool
	}{
		{fn: "main.f", name: "main.f", pkg: "main", full: "main.f"},
		{fn: "(main.T).Value", name: "main.T.Value", pkg: "main", full: "(main.T).Value"},
		{fn: "main.Generic[int]", name: "main.Generic[...]", pkg: "main", full: "main.Generic"},
		{fn: "main.Generic[int]$1", name: "main.Generic[...].func1", pkg: "main"},
		{fn: "(*main.T).Value", full: "(main.T).Value", wrapper: true},
		{fn: "(error).Error$bound", name: "error.Error-fm", full: "(error).Error", wrapper: true},
		{fn: "(*example.com/library/shop.Cart).Len", name: "shop.(*Cart).Len", pkg: "example.com/library/shop", full: "(*example.com/library/shop.Cart).Len"},
		{fn: "main.init", name: "main.init", pkg: "main", wrapper: true},
	} {
		fn := fns[tt.fn]
		if fn == nil {
			t.Errorf("there is no %s: %q in %s", tt.fn, slices.Sorted(maps.Keys(fns)), main)
			continue
		}
		path := ""
		if p := Package(fn); p != nil {
			path = p.Path()
		}
		if tt.name != "" && Of(fn) != tt.name || Wrapper(fn) != tt.wrapper || path != tt.pkg || Full(fn) != tt.full {
			t.Errorf("%s is called %s, of package %q, in full %q, and is a wrapper: %t; want %+v", tt.fn, Of(fn), path, Full(fn), Wrapper(fn), tt)
		}
	}
}

// importer is packages by their paths.
type importer map[string]*types.Package

func (i importer) Import(path string) (*types.Package, error) { return i[path], nil }
