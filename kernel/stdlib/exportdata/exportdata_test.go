package exportdata

import (
	"bytes"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/go/gcexportdata"
)

const base = `package base

import "io"

type Closer interface { io.Closer; Flush() error }
type File struct { Closer; Name string; next *File; any interface { Closer; Sync() } }
func (f *File) Open(mode Mode, more ...func(*File) <-chan Mode) (list List[string], err error) { return }
func (File) Close() error { return nil }
type Mode uint8
func (m Mode) String() string { return "" }
const Read, Write Mode = 3, 1<<8 - 1
const Big, Small, Pi, I, Text, Yes = 1 << 90, -70000, 3.25, 2 + 3i, "text", 1 < 2
type List[T any] struct { first T; rest *List[T]; keyed map[string][2]T }
func (l *List[T]) Rest() *List[T] { return l.rest }
type Number interface { ~int | ~float64 | Mode }
type Sum[N Number, M interface { *S; Add(N) }, S any] interface { Of(N, M) chan<- S }
func Add[N Number](a, b N) Sum[N, *adder[N], adder[N]] { return nil }
type adder[N Number] struct{}
func (a *adder[N]) Add(N) {}
type Fail error
type Lists = map[Mode]List[*File]
type Pair[A any] = [2]A
var V Lists
var W Pair[int]
`

const closer = `package io
type Closer interface { Close() error }
`

const above = `package above

import "example.com/base"

type File struct { base.File; mode base.Mode }
const Both = base.Read + 1
func Open() (*base.File, base.Closer, base.List[File]) { panic(0) }
`

// exported has the export data of packages.
func exported(t *testing.T) (open func(string) ([]byte, error), checked map[string]*types.Package) {
	t.Helper()
	fset := token.NewFileSet()
	checked = map[string]*types.Package{}
	data := map[string][]byte{}
	for _, p := range []struct{ path, source string }{{"io", closer}, {"example.com/base", base}, {"example.com/above", above}} {
		f, err := parser.ParseFile(fset, "p.go", p.source, 0)
		if err != nil {
			t.Fatal(err)
		}
		conf := &types.Config{Importer: either(func(path string) (*types.Package, error) {
			return checked[path], nil
		})}
		pkg, err := conf.Check(p.path, fset, []*ast.File{f}, nil)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := gcexportdata.Write(&b, fset, pkg); err != nil {
			t.Fatal(err)
		}
		checked[p.path], data[p.path] = pkg, b.Bytes()
	}
	delete(checked, "io") // what base needs of it is in base's own data
	delete(data, "io")
	return func(path string) ([]byte, error) {
		if d := data[path]; d != nil {
			return d, nil
		}
		return nil, errors.New("there is no " + path)
	}, checked
}

type either func(path string) (*types.Package, error)

func (e either) Import(path string) (*types.Package, error) { return e(path) }

// described is what there is to know of what a package declares.
func described(pkg *types.Package) string {
	var b strings.Builder
	for _, name := range pkg.Scope().Names() {
		obj := pkg.Scope().Lookup(name)
		b.WriteString(obj.String())
		if c, ok := obj.(*types.Const); ok {
			b.WriteString(" " + c.Val().String())
		}
		if _, ok := obj.(*types.TypeName); ok {
			for _, t := range []types.Type{obj.Type(), types.NewPointer(obj.Type())} {
				set := types.NewMethodSet(t)
				for i := range set.Len() {
					b.WriteString("\n\t" + set.At(i).String())
				}
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

// What is read is what was written, in either order, whether types are read when they
// are asked what they are or at once.
func TestReadIsWhatWasWritten(t *testing.T) {
	open, checked := exported(t)
	defer func() { eager = false }()
	for _, eager = range []bool{false, true} {
		for _, order := range [][]string{{"example.com/base", "example.com/above"}, {"example.com/above", "example.com/base"}} {
			packages := New(open)
			for _, path := range order {
				if _, err := packages.Read(path); err != nil {
					t.Fatal(err)
				}
			}
			for path, want := range checked {
				got := packages.Get(path)
				if a, b := described(want), described(got); a != b || !got.Complete() {
					t.Errorf("at once %v: %s is\n%s\nwant\n%s", eager, path, b, a)
				}
			}
			file := packages.Get("example.com/base").Scope().Lookup("File").Type()
			if f := packages.Get("example.com/above").Scope().Lookup("File").Type().Underlying().(*types.Struct).Field(0); f.Type() != file {
				t.Errorf("at once %v, %v: a type is two", eager, order)
			}
		}
	}
}

// A type is known by its name before anything is read, and stays the one that it is.
func TestNamed(t *testing.T) {
	open, _ := exported(t)
	opened := 0
	packages := New(func(path string) ([]byte, error) { opened++; return open(path) })
	pkg := packages.Refer("example.com/base", "base")
	file, err := packages.Named(pkg, "File")
	if err != nil || opened > 0 {
		t.Fatalf("the type is %v, %v, with %d packages opened", file, err, opened)
	}
	if n := file.(*types.Named); n.NumMethods() != 2 || n.Underlying().(*types.Struct).NumFields() != 4 {
		t.Errorf("what it is: %v with %d methods", n.Underlying(), n.NumMethods())
	}
	if pkg.Complete() || opened != 1 {
		t.Errorf("the package is complete: %v; %d opened", pkg.Complete(), opened)
	}
	if again, err := packages.Named(pkg, "File"); err != nil || again != file {
		t.Errorf("once more it is %p, %v", again, err)
	}
	if read, err := packages.Read(pkg.Path()); err != nil || read != pkg || read.Scope().Lookup("File").Type() != file {
		t.Errorf("its package has another type: %v, %v", read, err)
	}
}

// Types may be asked by many at once.
func TestTogether(t *testing.T) {
	open, checked := exported(t)
	packages := New(open)
	above, err := packages.Read("example.com/above")
	if err != nil {
		t.Fatal(err)
	}
	want := described(checked["example.com/above"])
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if got := described(above); got != want {
				t.Errorf("it is\n%s\nwant\n%s", got, want)
			}
			if _, err := packages.Named(packages.Refer("example.com/base", "base"), "Mode"); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}

// What cannot be read is an error.
func TestSpoiled(t *testing.T) {
	open, _ := exported(t)
	whole, _ := open("example.com/base")
	for i := range whole {
		if _, err := New(func(string) ([]byte, error) { return whole[:i], nil }).Read("example.com/base"); err == nil {
			t.Errorf("%d bytes of %d are read", i, len(whole))
		}
	}
	if _, err := New(open).Read("example.com/none"); err == nil || !strings.Contains(err.Error(), "there is no") {
		t.Errorf("what is not there: %v", err)
	}
}
