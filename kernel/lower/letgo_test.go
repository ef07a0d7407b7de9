package lower

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"reflect"
	"runtime"
	"testing"
	"time"
	"weak"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/check"
	"github.com/gosched/gosched/kernel/lower/mention"
	"github.com/gosched/gosched/kernel/stdlib"
)

// The tables of package ssa are where they are looked for. Where a new version of
// it has others, cells stay in memory until letgo.go knows them.
func TestTables(t *testing.T) {
	if err := checkTables(); err != nil {
		t.Error(err)
	}
	if err := hasField(reflect.TypeFor[ssa.Program](), "packages", "map[string]int"); err == nil {
		t.Error("a table of another type passes")
	}
}

// lowered builds a package as a cell would be.
func lowered(t *testing.T, p *Program, fset *token.FileSet, imports types.Importer, src string) *ssa.Package {
	t.Helper()
	f, err := parser.ParseFile(fset, "cell", "package main\n"+src, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	info := stdlib.NewInfo()
	pkg := types.NewPackage(check.Path, "main")
	if err := types.NewChecker(&types.Config{Importer: imports}, fset, pkg, info).Files([]*ast.File{f}); err != nil {
		t.Fatal(err)
	}
	c, err := p.Lower(&check.Unit{Name: "f", Pkg: pkg, File: f, Info: info, Imported: pkg.Imports()})
	if err != nil {
		t.Fatal(err)
	}
	return c.Package
}

// What is let go is garbage, and what refers to it by itself still is as it was.
func TestLetGo(t *testing.T) {
	fset := token.NewFileSet()
	imports := stdlib.NewImporter(fset)
	p := New(fset, imports, nil)
	const src = `import "slices"
type T struct{ n int }
func (t T) Get() int { return t.n }
func sum[E any](list []E, f func(E) int) (n int) { for _, e := range list { n += f(e) }; return n }
func f() { println(sum([]T{{1}}, T.Get), slices.Contains([]T{{1}}, T{2})) }`
	kept := lowered(t, p, fset, imports, src)
	was := p.Function(kept.Pkg.Scope().Lookup("f").(*types.Func))
	var gone []weak.Pointer[ssa.Package]
	for range 5 {
		pkg := lowered(t, p, fset, imports, src)
		n := pkg.Pkg.Scope().Lookup("T").Type()
		if m := p.Method(types.NewPointer(n), n.(*types.Named).Method(0)); m == nil || m.Blocks == nil {
			t.Fatal("no wrapper for a pointer")
		}
		gone = append(gone, weak.Make(pkg))
		p.LetGo(mention.Packages{pkg.Pkg: true})
	}
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		runtime.GC()
		left := 0
		for _, w := range gone {
			if w.Value() != nil {
				left++
			}
		}
		if left == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d of %d packages are still there", left, len(gone))
		}
	}
	if now := p.Function(kept.Pkg.Scope().Lookup("f").(*types.Func)); now != was || now == nil {
		t.Errorf("a function that stays is %v, was %v", now, was)
	}
}
