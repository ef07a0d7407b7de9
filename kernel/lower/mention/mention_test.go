package mention

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/ssa/ssautil"
)

// Of the variables of a package that uses another one, those named yes… have types
// that a declared type of the other is a part of; those named name… only names from
// there; those named no… neither.
const gone = `package gone
type T struct{ n int }
func (T) M() {}
type G[E any] struct{ e E }
type A = []int
type I interface{ M() }
type C interface{ ~int | T }
func F() {}
func Gen[E any](e E) E { return e }
var Struct struct{ n int }
var Func func(x int) (y int)
var Iface interface{ m() }
`

const user = `package user
import "gone"
type own struct{ t gone.T }
type box[E any] struct{ e E }
type num interface{ ~int | ~string }
var (
	yes1 gone.T
	yes2 *gone.T
	yes3 []gone.T
	yes4 [2]gone.T
	yes5 chan gone.T
	yes6 map[gone.T]int
	yes7 map[int]gone.T
	yes8 func(gone.T)
	yes9 func() (int, gone.T)
	yes10 struct{ a int; b gone.T }
	yes11 interface{ X(gone.T) }
	yes12 interface{ gone.I; Y() }
	yes13 box[gone.T]
	yes14 gone.G[int]
	yes15 gone.A
	no1 own
	no2 int
	no3 box[own]
	no4 map[string]func(own) []struct{ x chan int }
	no5 interface{ X(int) }
	name1 = gone.Struct
	name2 = gone.Func
	name3 = gone.Iface
)
type L[E num] struct{ e E }
var no6 L[int]
func Own() { gone.F(); gen(gone.T{}); gen(1); gone.Gen(own{}); v := gone.T{}.M; v(); func() { gone.F() }() }
func gen[E any](e E) E { return e }
func OfType(gone.T) {}
`

func load(t *testing.T) (*ssa.Package, Packages) {
	t.Helper()
	fset := token.NewFileSet()
	parse := func(name, src string) *ast.File {
		f, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	other, err := new(types.Config).Check("gone", fset, []*ast.File{parse("gone.go", gone)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	pkg, _, err := ssautil.BuildPackage(&types.Config{Importer: only{other}}, fset, types.NewPackage("user", "user"), []*ast.File{parse("user.go", user)}, ssa.InstantiateGenerics)
	if err != nil {
		t.Fatal(err)
	}
	return pkg, Packages{other: true}
}

type only struct{ pkg *types.Package }

func (o only) Import(string) (*types.Package, error) { return o.pkg, nil }

func TestTypes(t *testing.T) {
	pkg, packages := load(t)
	seen := 0
	for name, m := range pkg.Members {
		g, ok := m.(*ssa.Global)
		if !ok || strings.HasPrefix(name, "init") {
			continue
		}
		seen++
		typ := g.Type().(*types.Pointer).Elem()
		if got, want := packages.Type(typ), strings.HasPrefix(name, "yes"); got != want {
			t.Errorf("%s %s: a part is from there: %v, want %v", name, typ, got, want)
		}
		if got, want := packages.Keeps(typ), !strings.HasPrefix(name, "no"); got != want && !strings.HasPrefix(name, "name") {
			t.Errorf("%s %s: it keeps the package: %v, want %v", name, typ, got, want)
		} else if strings.HasPrefix(name, "name") && !got {
			t.Errorf("%s %s: its names do not keep the package", name, typ)
		}
	}
	if seen < 20 {
		t.Errorf("%d variables seen", seen)
	}
	if c := pkg.Prog.Package(pkg.Pkg).Pkg.Imports()[0].Scope().Lookup("C").Type().Underlying(); !packages.Type(c) {
		t.Error("a union with a type from there has no part from there")
	}
}

func TestFunctions(t *testing.T) {
	pkg, packages := load(t)
	own := map[string]bool{}
	for fn := range ssautil.AllFunctions(pkg.Prog) {
		if fn.Synthetic != "" && fn.Pkg != nil && fn.Name() == "init" {
			continue
		}
		own[fn.String()] = packages.Function(fn)
	}
	for name, want := range map[string]bool{
		"gone.F": true, "user.Own": false, "user.Own$1": false, "user.gen[gone.T]": true, "user.gen[int]": false,
		"gone.Gen[user.own]": true, "(gone.T).M": true, "(gone.T).M$bound": true,
	} {
		if got, known := own[name]; got != want || !known {
			t.Errorf("%s: %v (known: %v), want %v; there are %v", name, got, known, want, own)
		}
	}
}
