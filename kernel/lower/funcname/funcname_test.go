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
