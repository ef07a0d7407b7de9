package instantiate

import (
	"go/token"
	"go/types"
	"testing"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/stdlib"
)

func TestFunction(t *testing.T) {
	fset := token.NewFileSet()
	imp := stdlib.NewImporter(fset)
	src, err := imp.Source(stdlib.ShadowPath)
	if err != nil {
		t.Fatal(err)
	}
	once := src.Package.Scope().Lookup("OnceValues").(*types.Func)
	if filled, err := src.Fill(once); !filled || err != nil {
		t.Fatal(filled, err)
	}
	prog := ssa.NewProgram(fset, ssa.InstantiateGenerics|ssa.SanityCheckFunctions)
	for _, p := range src.Package.Imports() {
		complete, err := imp.Source(p.Path())
		if err != nil && p.Path() != "github.com/gosched/gosched/kernel/stdlib/native" {
			t.Fatal(err)
		}
		if complete == nil {
			prog.CreatePackage(p, nil, nil, true)
		}
	}
	prog.CreatePackage(src.Package, src.Files, src.Info, true).Build()

	local := types.NewNamed(types.NewTypeName(token.NoPos, types.NewPackage("cell", "main"), "local", nil), types.Typ[types.Int], nil)
	targs := []types.Type{local, types.NewSlice(types.Typ[types.String])}
	f, err := Function(prog, once, targs)
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Blocks) == 0 || len(f.TypeArgs()) != 2 || f.TypeArgs()[0] != types.Type(local) {
		t.Errorf("got %v with %d blocks and type arguments %v", f, len(f.Blocks), f.TypeArgs())
	}
	if got, want := f.Signature.String(), "func(f func() (cell.local, []string)) func() (cell.local, []string)"; got != want {
		t.Errorf("signature %s, want %s", got, want)
	}
	again, err := Function(prog, once, targs)
	if err != nil || again != f {
		t.Errorf("second time: %v, %v; want the same function", again, err)
	}
	if _, err := Function(prog, once, targs[:1]); err == nil {
		t.Error("one type argument for two type parameters: no error")
	}
	constrained := src.Package.Scope().Lookup("RandN").(*types.Func)
	if f, err := Function(prog, constrained, targs[1:]); err == nil {
		t.Errorf("RandN[[]string]: got %v, want an error", f)
	}
}
