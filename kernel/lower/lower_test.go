package lower

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/check"
	"github.com/gosched/gosched/kernel/stdlib"
)

// A cell's functions, variables and methods are found, and instances of generic
// functions of the library that have a body here.
func TestLower(t *testing.T) {
	fset := token.NewFileSet()
	imports := stdlib.NewImporter(fset)
	p := New(fset, imports, nil)
	if err := p.KeepsAll(); err != nil {
		t.Errorf("nothing is let go: %v", err)
	}
	pkg := lowered(t, p, fset, imports, `import ("slices"; "strings"; "sync/atomic")
type T struct{ n int }
func (t T) Get() int { return t.n }
type getter interface{ Get() int }
func generic[E any](e E) E { return e }
var v T
func f() { slices.Reverse([]T{v}); strings.ToUpper(""); slices.Reverse([]int{1}); generic(1); println(slices.Index([]T{v}, v)); new(atomic.Pointer[T]).Load() }`)
	c := &Cell{Package: pkg, Body: pkg.Func("f")}
	if c.Global(pkg.Pkg.Scope().Lookup("v").(*types.Var)) != pkg.Var("v") {
		t.Error("v is another variable")
	}
	var names []string
	for _, fn := range c.Functions() {
		names = append(names, fn.Name())
	}
	if slices.Sort(names); !slices.Equal(names, []string{"f", "init"}) {
		t.Errorf("the functions are %v", names)
	}
	named := pkg.Type("T").Type().(*types.Named)
	if m := p.Method(named, pkg.Type("getter").Type().Underlying().(*types.Interface).Method(0)); m == nil || m.Blocks == nil {
		t.Errorf("T's Get is %v", m)
	}
	if m := p.Method(types.Typ[types.Int], named.Method(0)); m != nil {
		t.Errorf("int's Get is %v", m)
	}
	if m := p.MethodValue(types.NewMethodSet(named).At(0)); m == nil || m.Name() != "Get" {
		t.Errorf("the method is %v", m)
	}
	bodies := map[string]bool{}
	for _, b := range c.Body.Blocks {
		for _, in := range b.Instrs {
			call, ok := in.(ssa.CallInstruction)
			if !ok || call.Common().StaticCallee() == nil {
				continue
			}
			fn := call.Common().StaticCallee()
			body := p.Body(fn)
			if body != nil && p.Body(fn) != body {
				t.Errorf("%s has two bodies", fn)
			}
			name, _, _ := strings.Cut(fn.String(), "[")
			bodies[name] = body != nil
		}
	}
	for name, want := range map[string]bool{"strings.ToUpper": false, "main.generic": false, "(*sync/atomic.Pointer": true} {
		if got, known := bodies[name]; got != want || !known {
			t.Errorf("%s has a body: %v, want %v; there are %v", name, got, want, bodies)
		}
	}
}

// Packages that are run from source come in the order in which Go initialises them,
// once.
func TestSources(t *testing.T) {
	fset := token.NewFileSet()
	imports := stdlib.NewImporter(fset)
	sources := map[*types.Package]*stdlib.Source{}
	known := map[string]*types.Package{}
	add := func(path, src string) *types.Package {
		f, err := parser.ParseFile(fset, path+".go", src, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		info := stdlib.NewInfo()
		pkg, err := (&types.Config{Importer: mapped{known, imports}}).Check(path, fset, []*ast.File{f}, info)
		if err != nil {
			t.Fatal(err)
		}
		known[path] = pkg
		sources[pkg] = &stdlib.Source{Files: []*ast.File{f}, Info: info}
		return pkg
	}
	add("z/base", "package base\nvar N = 1")
	add("a/mid", "package mid\nimport \"z/base\"\nvar N = base.N")
	top := add("m/top", "package top\nimport (\"a/mid\"; \"z/base\"; \"strings\")\nvar N, S = mid.N + base.N, strings.ToUpper(\"\")")
	p := New(fset, imports, func(pkg *types.Package) *stdlib.Source { return sources[pkg] })
	fresh, err := p.Provide([]*types.Package{top})
	if err != nil {
		t.Fatal(err)
	}
	var order []string
	for _, pkg := range fresh {
		order = append(order, pkg.Pkg.Path())
	}
	if !slices.Equal(order, []string{"z/base", "a/mid", "m/top"}) {
		t.Errorf("the order is %v", order)
	}
	if again, err := p.Provide([]*types.Package{top}); err != nil || len(again) != 0 {
		t.Errorf("provided again: %v, %v", again, err)
	}
}

type mapped struct {
	known map[string]*types.Package
	types.Importer
}

func (m mapped) Import(path string) (*types.Package, error) {
	if pkg := m.known[path]; pkg != nil {
		return pkg, nil
	}
	return m.Importer.Import(path)
}

// An error of the builder's is an error, and says what cannot be built.
func TestCannotBuild(t *testing.T) {
	fset := token.NewFileSet()
	p := New(fset, stdlib.NewImporter(fset), nil)
	f, err := parser.ParseFile(fset, "cell", "package main\nfunc f() { println(x) }", parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	pkg := types.NewPackage(check.Path, "main")
	_, err = p.Lower(&check.Unit{Name: "f", Pkg: pkg, File: f, Info: &types.Info{}})
	if err == nil || !strings.HasPrefix(err.Error(), "this cell cannot be built: ") {
		t.Errorf("got %v", err)
	}
}
