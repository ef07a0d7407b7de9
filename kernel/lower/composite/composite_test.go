package composite

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"reflect"
	"strings"
	"testing"
	"unsafe"
)

func typeOf(t *testing.T, src string) types.Type {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "x.go", "package main\nimport \"unsafe\"\nvar _ unsafe.Pointer\nvar x "+src, 0)
	if err != nil {
		t.Fatal(err)
	}
	pkg, err := (&types.Config{Importer: onlyUnsafe{}}).Check("main", fset, []*ast.File{file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return pkg.Scope().Lookup("x").Type()
}

type onlyUnsafe struct{}

func (onlyUnsafe) Import(string) (*types.Package, error) { return types.Unsafe, nil }

// What is made is the very type that compiled code has.
func TestOf(t *testing.T) {
	for src, want := range map[string]any{
		"rune":                            'a',
		"[]byte":                          []byte{},
		"*[3]uintptr":                     (*[3]uintptr)(nil),
		"map[string][]complex64":          map[string][]complex64{},
		"chan bool":                       make(chan bool),
		"<-chan int8":                     make(<-chan int8),
		"chan<- float32":                  make(chan<- float32),
		"func(int, ...string) (int, any)": func(int, ...string) (a int, b any) { return a, b },
		"struct{ A int; B *uint16 `k:\"v\"`}": struct {
			A int
			B *uint16 `k:"v"`
		}{},
		"unsafe.Pointer": unsafe.Pointer(nil),
	} {
		var of func(types.Type) reflect.Type
		of = func(t types.Type) reflect.Type { return Of(types.Unalias(t), of, Field) }
		if got := of(typeOf(t, src)); got != reflect.TypeOf(want) {
			t.Errorf("%s became %s", src, got)
		}
	}
	if got := Basic(types.Typ[types.UntypedRune]); got != reflect.TypeFor[rune]() {
		t.Errorf("a constant 'a' is a %s", got)
	}
	if got := Basic(types.Typ[types.UntypedNil]); got != nil {
		t.Errorf("nil is a %s", got)
	}
}

// A field that is not exported belongs to a package.
func TestField(t *testing.T) {
	st := typeOf(t, "struct{ a, B int }").(*types.Struct)
	if f := Field(st, 0); f.Name != "a" || f.PkgPath != "main" {
		t.Errorf("a is %v", f)
	}
	if f := Field(st, 1); f.Name != "B" || f.PkgPath != "" {
		t.Errorf("B is %v", f)
	}
}

func TestParts(t *testing.T) {
	for src, want := range map[string]string{
		"int":                           "",
		"*int":                          "int",
		"[2]string":                     "string",
		"map[bool][]int":                "bool []int",
		"chan<- error":                  "error",
		"func(a int, b ...string) *int": "int []string *int",
		"struct{ a bool; b int }":       "bool int",
		"interface{ M(int); error }":    "func() string func(int)",
	} {
		var got []string
		for _, p := range Parts(typeOf(t, src)) {
			got = append(got, types.TypeString(p, nil))
		}
		if got := strings.Join(got, " "); got != want {
			t.Errorf("%s has %q, want %q", src, got, want)
		}
	}
}

func TestUnsigned(t *testing.T) {
	named := types.NewNamed(types.NewTypeName(0, nil, "mask", nil), types.Typ[types.Uint8], nil)
	for typ, want := range map[types.Type]bool{
		types.Typ[types.Uint]: true, types.Typ[types.Uintptr]: true, named: true,
		types.Typ[types.Int]: false, types.Typ[types.UntypedInt]: false, types.NewSlice(types.Typ[types.Uint]): false,
	} {
		if got := Unsigned(typ); got != want {
			t.Errorf("%s is unsigned: %t", typ, got)
		}
	}
}
