package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// checked makes packages of source, by path, each of which imports those before it.
func checked(t *testing.T, sources ...string) map[string]*packages.Package {
	t.Helper()
	all := make(map[string]*packages.Package)
	fset := token.NewFileSet()
	for _, source := range sources {
		path, text, _ := strings.Cut(source, "\n")
		f, err := parser.ParseFile(fset, path+".go", text, 0)
		if err != nil {
			t.Fatal(err)
		}
		imports := make(map[string]*packages.Package)
		for _, spec := range f.Imports {
			p := strings.Trim(spec.Path.Value, `"`)
			imports[p] = all[p]
		}
		config := types.Config{Importer: importerOf(all)}
		pkg, err := config.Check(path, fset, []*ast.File{f}, nil)
		if err != nil {
			t.Fatal(err)
		}
		all[path] = &packages.Package{PkgPath: path, Types: pkg, Imports: imports, Syntax: []*ast.File{f}, Fset: fset}
	}
	return all
}

type importerOf map[string]*packages.Package

func (all importerOf) Import(path string) (*types.Package, error) { return all[path].Types, nil }

// What is generic, what imports that, and what is internal to it is run from source.
func TestDecideSources(t *testing.T) {
	all := checked(t,
		"example.org/m/internal/list\npackage list\nfunc Len(n int) int { return n }",
		"example.org/m/set\npackage set\nimport \"example.org/m/internal/list\"\ntype Set[K comparable] map[K]int\nvar N = list.Len(0)",
		"example.org/m/user\npackage user\nimport \"example.org/m/set\"\nvar S set.Set[int]",
		"example.org/m/sorted\npackage sorted\nfunc Keys[K comparable](m map[K]int) {}",
		"example.org/m/plain\npackage plain\ntype Number interface{ ~int | ~float64 }\nfunc own[T any]() {}\nvar X int",
	)
	w := &world{packages: maps.Clone(all)}
	delete(w.packages, "example.org/m/internal/list") // it cannot be bound
	if err := w.decideSources(); err != nil {
		t.Fatal(err)
	}
	for _, path := range fromSource {
		delete(w.source, path)
	}
	want := []string{"example.org/m/internal/list", "example.org/m/set", "example.org/m/sorted", "example.org/m/user"}
	if got := slices.Sorted(maps.Keys(w.source)); !slices.Equal(got, want) {
		t.Errorf("run from source: %v, want %v", got, want)
	}
	if w.packages["example.org/m/internal/list"] == nil {
		t.Error("what a package that is run from source imports is left out")
	}

	all["example.org/m/set"].OtherFiles = []string{"/there/set_amd64.s"}
	err := (&world{packages: all}).decideSources()
	if err == nil || !strings.Contains(err.Error(), "package example.org/m/set has to be run from source") || !strings.Contains(err.Error(), "set_amd64.s is not Go") {
		t.Errorf("a generic package with assembly: %v", err)
	}
}

// Instances are collected that the generated file can write down.
func TestInstances(t *testing.T) {
	all := checked(t,
		"example.org/m/internal/own\npackage own\ntype T int",
		`example.org/m/p
package p
import "example.org/m/internal/own"
type Box[V any] struct{ v V }
type hidden int
type Alias = map[string][]int
type Listed struct {
	A Box[Alias]
	b Box[uint8]
	C func(Box[[2]chan error]) *Box[Box[int]]
	D Box[hidden]
	E Box[own.T]
	F Box[map[string]own.T]
	G Box[any]
	H Box[interface{ M() }]
}
func (Listed) Method() Box[*bool] { panic("") }
type Reader interface { Read() Box[float64] }
func Generic[T any]() Box[T] { panic("") }
`)
	c := instanceCollector{found: make(map[string]types.Type), seen: make(map[types.Type]bool)}
	scope := all["example.org/m/p"].Types.Scope()
	for _, name := range scope.Names() {
		if obj := scope.Lookup(name); token.IsExported(name) && !isGeneric(obj) {
			c.object(obj)
		}
	}
	var got []string
	for name := range c.found {
		got = append(got, strings.ReplaceAll(name, "example.org/m/p.", ""))
	}
	slices.Sort(got)
	want := []string{"Box[*bool]", "Box[Alias]", "Box[Box[int]]", "Box[[2]chan error]", "Box[any]", "Box[float64]", "Box[int]"}
	if !slices.Equal(got, want) {
		t.Errorf("instances %q, want %q", got, want)
	}
}

// All importable packages of a module are put on the list.
func TestAddModule(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":               "module example.org/kernel\n\ngo 1.26\n\nreplace example.org/lib v1.0.0 => ./lib\n",
		"kernel.go":            "package kernel\n",
		"packages.txt":         "example.org/before\n",
		"lib/go.mod":           "module example.org/lib\n\ngo 1.26\n",
		"lib/lib.go":           "package lib\n",
		"lib/sub/sub.go":       "package sub\n",
		"lib/internal/i/i.go":  "package i\n",
		"lib/cmd/tool/main.go": "package main\n\nfunc main() {}\n",
		"none/go.mod":          "module example.org/none\n\ngo 1.26\n",
	} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	t.Setenv("GOPROXY", "off")
	t.Setenv("GOFLAGS", "-mod=mod")
	if err := addModule(dir, "example.org/lib@v1.0.0"); err != nil {
		t.Fatal(err)
	}
	list, err := readPackageList(filepath.Join(dir, "packages.txt"))
	if want := "example.org/before example.org/lib example.org/lib/sub"; err != nil || strings.Join(list, " ") != want {
		t.Errorf("the list is %q, %v; want %s", list, err, want)
	}
	if err := addModule(dir, "example.org/missing@v1.0.0"); err == nil || !strings.Contains(err.Error(), "example.org/missing") {
		t.Errorf("a module that is not to be had: %v", err)
	}
}

// What cannot be begun says so before anything is written.
func TestRunRefuses(t *testing.T) {
	dir := t.TempDir()
	if err := run(dir, nil, true); err == nil || !strings.Contains(err.Error(), "is not the stdlib package's folder") {
		t.Errorf("another folder: %v", err)
	}
	list := filepath.Join(dir, "packages.txt")
	if err := os.WriteFile(list, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var modules stringList
	if err := modules.Set("example.org/a"); err != nil || modules.String() != "example.org/a" {
		t.Fatal(modules, err)
	}
	if err := run(dir, modules, true); err == nil || !strings.Contains(err.Error(), "adding module example.org/a: write it as path@version") {
		t.Errorf("a module without a version: %v", err)
	}
	t.Chdir(dir)
	if err := run("", nil, true); err == nil {
		t.Error("no error outside of a module")
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("in the folder are %v, %v", entries, err)
	}
}
