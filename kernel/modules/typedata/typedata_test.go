package typedata

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"github.com/gosched/gosched/kernel/stdlib"
)

func check(t *testing.T, src string) (*types.Package, *token.File, types.Importer) {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "p.go", src, 0)
	if err != nil {
		t.Fatal(err)
	}
	imports := stdlib.NewImporter(fset)
	pkg, err := (&types.Config{Importer: imports}).Check("example.com/p", fset, []*ast.File{f}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return pkg, fset.File(f.FileStart), imports
}

// others are those that an importer imports.
func others(imports types.Importer) Others {
	return Others{imports.Import, imports.Import, func(pkg *types.Package, name string) (types.Type, error) {
		return pkg.Scope().Lookup(name).Type(), nil
	}}
}

// What is read is identical to what was written, for those who use it with others.
func TestReadIsWhatWasWritten(t *testing.T) {
	defer func() { eager = false }()
	for _, eager = range []bool{false, true} {
		readIsWhatWasWritten(t)
	}
}

func readIsWhatWasWritten(t *testing.T) {
	pkg, file, imports := check(t, `package p

import ("errors"; "sync/atomic")

type List struct { next *List; Elem any; err error; n atomic.Pointer[List] }
func (l *List) Next() *List { return l.next }
func (l List) less(other List) bool { return false }

type Walker interface { Walk(func(*List) bool) (n int, err error); private(); error }
type A = map[string]A2
type A2 = []*List
type Named Walker
type Int interface { ~int | ~int8; comparable }

const C, D, E = 1 << 70, 1.5e-400, 'x' + 2i
const F byte = 7
var V, W = errors.New("v"), [3]chan<- struct{ X, y int "tag" }{}
func Variadic(format string, more ...any) (<-chan A, rune) { return nil, 0 }
`)
	data, err := Write(pkg, nil, []*token.File{file}, imports.Import)
	if err != nil {
		t.Fatal(err)
	}
	other := token.NewFileSet()
	other.AddFile("before", -1, 1000)
	copied := other.AddFile("p.go", -1, file.Size())
	got, _, err := Read(data, pkg.Path(), []*token.File{copied}, others(imports))
	if err != nil {
		t.Fatal(err)
	}
	if !got.Complete() || got.Name() != "p" || len(got.Imports()) != 2 {
		t.Errorf("the package is %v, %v, imports %v", got, got.Complete(), got.Imports())
	}
	for _, name := range pkg.Scope().Names() {
		a, b := pkg.Scope().Lookup(name), got.Scope().Lookup(name)
		if b == nil {
			t.Errorf("%s is lost", name)
			continue
		}
		if a.String() != b.String() || a.Type().Underlying().String() != b.Type().Underlying().String() {
			t.Errorf("%v has become %v", a, b)
		}
		if file.Offset(a.Pos()) != copied.Offset(b.Pos()) {
			t.Errorf("%s has moved", name)
		}
		if c, ok := a.(*types.Const); ok && c.Val().ExactString() != b.(*types.Const).Val().ExactString() {
			t.Errorf("%s is %v, and was %v", name, b.(*types.Const).Val(), c.Val())
		}
		x, y := types.NewMethodSet(types.NewPointer(a.Type())), types.NewMethodSet(types.NewPointer(b.Type()))
		if x.Len() != y.Len() {
			t.Errorf("%s has %d methods, and had %d", name, y.Len(), x.Len())
		}
		for i := range min(x.Len(), y.Len()) {
			if x.At(i).String() != y.At(i).String() || x.At(i).Obj().Pos() == token.NoPos {
				t.Errorf("method %v has become %v", x.At(i), y.At(i))
			}
		}
	}
	lookup := func(name string) types.Type { return got.Scope().Lookup(name).Type() }
	if e := types.Universe.Lookup("error").Type(); !types.Identical(lookup("V"), e) || !types.Implements(lookup("Walker"), e.Underlying().(*types.Interface)) {
		t.Error("error is another type")
	}
	for i := range data {
		spoiled := append([]byte(nil), data...)
		spoiled[i] ^= 0x55
		for _, bad := range [][]byte{data[:i], spoiled} { // no panic, also where a type is asked
			pkg, _, err := Read(bad, pkg.Path(), []*token.File{other.AddFile("p.go", -1, file.Size())}, others(imports))
			if err != nil {
				continue
			}
			for _, name := range pkg.Scope().Names() {
				pkg.Scope().Lookup(name).Type().Underlying()
			}
		}
	}
}

func TestUnsupported(t *testing.T) {
	for src, want := range map[string]string{
		"type T[P any] struct{}": "",
		"func F[P any](P) {}":    "",
		"type T[P any] struct{ next *T[P] }\nfunc (t *T[Q]) F(Q) T[Q] { return *t }":                                                             "",
		"type C[P any] interface { *P; Less(P) bool }\nfunc F[P any, Q C[P], R interface{ ~[]P | map[string]P }](Q, R) (f func(Q) P) { return }": "",
		"type T[P interface{ M() T[P] }] []P": "",
		"type A[P any] = []P":                 "generic alias",
		"var x = func() any { return nil }()\nfunc f() { type T int; _ = T(0) }": "",
		"var x = func() *T0 { return nil }()\ntype T0 struct{}":                  "",
		"var x = func() (t struct{ T func(int) }) { return }()":                  "",
		"type L = interface{ M(L2) }\ntype L2 []L":                               "",
	} {
		pkg, file, imports := check(t, "package p\n"+src)
		data, err := Write(pkg, nil, []*token.File{file}, imports.Import)
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", src, err)
		case want != "" && (!errors.Is(err, ErrUnsupported) || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: the error is %v, want %s", src, err, want)
		case want == "":
			if _, _, err := Read(data, pkg.Path(), []*token.File{file}, others(imports)); err != nil {
				t.Errorf("%s: %v", src, err)
			}
		}
	}
}
