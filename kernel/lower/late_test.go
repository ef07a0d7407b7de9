package lower

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"testing"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/stdlib"
)

// Bodies of packages that are checked late are built when they are asked for, once.
func TestLate(t *testing.T) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "late.go", `package late
func Twice(n int) int { return Once(n) + Once(n) }
func Once(n int) int { return n }
func Broken() {}
func Elsewhere()
`, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	info := stdlib.NewInfo()
	pkg, err := new(types.Config).Check("some/late", fset, []*ast.File{f}, info)
	if err != nil {
		t.Fatal(err)
	}
	bodies := map[string]*ast.FuncDecl{}
	outline := *f
	outline.Decls = slices.Clone(f.Decls)
	for i, d := range f.Decls {
		fn := d.(*ast.FuncDecl)
		bodies[fn.Name.Name] = fn
		outline.Decls[i] = &ast.FuncDecl{Name: fn.Name, Type: fn.Type}
	}
	asked := map[string]int{}
	source := &stdlib.Source{Files: []*ast.File{&outline}, Info: info, Body: func(fn *types.Func) (*stdlib.Source, error) {
		asked[fn.Name()]++
		switch fn.Name() {
		case "Broken":
			return nil, errors.New("its body does not check")
		case "Elsewhere":
			return nil, nil
		}
		file := *f
		file.Decls = []ast.Decl{bodies[fn.Name()]}
		return &stdlib.Source{Package: types.NewPackage(pkg.Path(), pkg.Name()), Files: []*ast.File{&file}, Info: info}, nil
	}}
	source.Late = func(fn *types.Func) bool { return fn.Name() != "Elsewhere" }
	p := New(fset, stdlib.NewImporter(fset), func(is *types.Package) *stdlib.Source {
		if is == pkg {
			return source
		}
		return nil
	})
	if _, err := p.Provide([]*types.Package{pkg}); err != nil {
		t.Fatal(err)
	}
	late := p.SSA.Package(pkg)
	for _, tt := range []struct {
		name        string
		built       bool
		asked, then int // after it was asked for once, and twice
	}{
		{"Twice", true, 1, 1},
		{"Once", true, 1, 1},
		{"Broken", false, 1, 2},
		{"Elsewhere", false, 1, 2},
	} {
		fn := late.Func(tt.name)
		if fn.Blocks != nil {
			t.Errorf("%s is built before anybody asks", tt.name)
		}
		if got, want := p.Late(fn), tt.name != "Elsewhere"; got != want || asked[tt.name] != 0 && tt.name != "Once" {
			t.Errorf("%s: late is %t, want %t; its body was asked for %d times", tt.name, got, want, asked[tt.name])
		}
		body := p.Body(fn)
		if got := body != nil && body.Blocks != nil; got != tt.built || asked[tt.name] != tt.asked {
			t.Errorf("%s: built is %t, want %t; its body was asked for %d times", tt.name, got, tt.built, asked[tt.name])
		}
		if again := p.Body(fn); again != body || asked[tt.name] != tt.then {
			t.Errorf("%s: the second time it is %v, asked for %d times", tt.name, again, asked[tt.name])
		}
	}
	// A body calls the functions of the package that it is of.
	for _, b := range p.Body(late.Func("Twice")).Blocks {
		for _, in := range b.Instrs {
			if call, ok := in.(*ssa.Call); ok && call.Call.StaticCallee() != late.Func("Once") {
				t.Errorf("Twice calls %v", call.Call.Value)
			}
		}
	}
}

// What only a body refers to is made known with the body, and what is imported for
// nothing else never is.
func TestUses(t *testing.T) {
	fset := token.NewFileSet()
	imports := stdlib.NewImporter(fset)
	f, err := parser.ParseFile(fset, "uses.go", `package uses
import ("strings"; "unicode")
func Upper() string { return strings.ToUpper("a") }
func Letter() bool { return unicode.IsLetter('a') }
`, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	info := stdlib.NewInfo()
	pkg, err := (&types.Config{Importer: imports}).Check("some/uses", fset, []*ast.File{f}, info)
	if err != nil {
		t.Fatal(err)
	}
	body := *f
	body.Decls = f.Decls[1:2]
	outline := *f
	outline.Decls = nil
	for _, d := range f.Decls[1:] {
		outline.Decls = append(outline.Decls, &ast.FuncDecl{Name: d.(*ast.FuncDecl).Name, Type: d.(*ast.FuncDecl).Type})
	}
	none := func() []*types.Package { return nil }
	source := &stdlib.Source{Files: []*ast.File{&outline}, Info: info, Uses: none, Body: func(*types.Func) (*stdlib.Source, error) {
		return &stdlib.Source{
			Package: types.NewPackage(pkg.Path(), pkg.Name()), Files: []*ast.File{&body}, Info: info,
			Uses: func() []*types.Package { return pkg.Imports()[:1] },
		}, nil
	}}
	p := New(fset, imports, func(is *types.Package) *stdlib.Source {
		if is == pkg {
			return source
		}
		return nil
	})
	known := func(when string, want ...bool) {
		t.Helper()
		for i, dep := range pkg.Imports() {
			if got := p.SSA.Package(dep) != nil; got != want[i] {
				t.Errorf("%s, %s is known: %t", when, dep.Path(), got)
			}
		}
	}
	if _, err := p.Provide([]*types.Package{pkg}); err != nil {
		t.Fatal(err)
	}
	known("before there is a body", false, false)
	if fn := p.Body(p.SSA.Package(pkg).Func("Upper")); fn == nil || fn.Blocks == nil {
		t.Fatalf("the body is %v", fn)
	}
	known("with it", true, false)
}

// Instances of a function of the library have the function literals of its body.
func TestLiteralsOfInstances(t *testing.T) {
	fset := token.NewFileSet()
	imports := stdlib.NewImporter(fset)
	p := New(fset, imports, nil)
	pkg := lowered(t, p, fset, imports, `import "slices"
func f() { slices.All([]int{1}); slices.All([]string{"a"}) }`)
	instances := map[string]bool{}
	for _, b := range pkg.Func("f").Blocks {
		for _, in := range b.Instrs {
			call, ok := in.(*ssa.Call)
			if !ok {
				continue
			}
			fn := p.Body(call.Call.StaticCallee())
			if fn == nil || len(fn.AnonFuncs) != 1 || fn.AnonFuncs[0].Blocks == nil {
				t.Fatalf("the body of %s is %v", call.Call.Value, fn)
			}
			instances[fn.AnonFuncs[0].Signature.Params().String()] = true
		}
	}
	if len(instances) != 2 {
		t.Errorf("the literals are %v", instances)
	}
}

// A cell's statements that have run are no part of the program, and its declarations are.
func TestRan(t *testing.T) {
	fset := token.NewFileSet()
	imports := stdlib.NewImporter(fset)
	p := New(fset, imports, nil)
	pkg := lowered(t, p, fset, imports, "func f() { println(g()) }\nfunc g() int { return 1 }")
	c := &Cell{Package: pkg, Body: pkg.Func("f")}
	p.Ran(c)
	if pkg.Func("f") != nil || pkg.Func("g") == nil {
		t.Errorf("left is %v", pkg.Members)
	}
}
