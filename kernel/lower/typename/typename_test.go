package typename_test

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"reflect"
	"strings"
	"testing"
	"unsafe"

	"github.com/gosched/gosched/kernel/lower/typename"
)

type (
	ID             int
	Pair[K, V any] struct {
		Key   K
		value V
	}
	hidden struct{ a, B int }
)

var _, _ = Pair[int, int]{}.value, hidden{}.a // which only their names are about

// declarations are those above, for package types.
const declarations = `package typename_test
import "unsafe"
type (
	ID            int
	Pair[K, V any] struct {
		Key   K
		value V
	}
	hidden struct{ a, B int }
)
type P = unsafe.Pointer
func f() {
	type first struct{}
	{
		type local int
		type Of = Pair[local, *first]
		var _ Of
	}
}
`

func declared(t *testing.T) (*token.FileSet, *types.Package, *types.Info) {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "x.go", declarations, 0)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{Defs: map[*ast.Ident]types.Object{}}
	pkg, err := (&types.Config{Importer: importer.Default()}).Check(reflect.TypeFor[ID]().PkgPath(), fset, []*ast.File{f}, info)
	if err != nil {
		t.Fatal(err)
	}
	return fset, pkg, info
}

// TestOf compares with what package reflect calls the same types.
func TestOf(t *testing.T) {
	fset, pkg, info := declared(t)
	for expr, v := range map[string]any{
		"byte": byte(0), "rune": rune(0), "uintptr": uintptr(0), "complex64": complex64(0), "ID": ID(0),
		"P":                                  unsafe.Pointer(nil),
		"*[]map[string]ID":                   new([]map[string]ID),
		"[3]*hidden":                         [3]*hidden{},
		"[]func(int, ...string) (ID, error)": []func(int, ...string) (ID, error){},
		"func()":                             func() {}, "func([]int) bool": func([]int) bool { return false },
		"chan (<-chan int)": make(chan (<-chan int)), "chan<- chan int": make(chan<- chan int), "<-chan func()": make(<-chan func()),
		"struct{}": struct{}{},
		"struct { A, b int; ID; C []hidden `json:\"c\"` }": struct {
			A, b int
			ID
			C []hidden `json:"c"`
		}{},
		"*interface{ M(ID) error; A() }": new(interface {
			M(ID) error
			A()
		}),
		"*interface{ b(); A() }": new(interface {
			b()
			A()
		}),
		"[]any": []any{}, "[]error": []error{},
		"Pair[string, Pair[ID, *hidden]]": Pair[string, Pair[ID, *hidden]]{},
		"Pair[struct{ a int; B ID }, interface{ m() }]": Pair[struct {
			a int
			B ID
		}, interface{ m() }]{},
	} {
		tv, err := types.Eval(fset, pkg, token.NoPos, "*new("+expr+")")
		if err != nil {
			t.Errorf("%s: %v", expr, err)
			continue
		}
		if got, want := typename.Of(tv.Type, nil), reflect.TypeOf(v).String(); got != want {
			t.Errorf("%s is called %s, by package reflect %s", expr, got, want)
		}
	}
	for id, obj := range info.Defs {
		if id.Name != "Of" {
			continue
		}
		want := fmt.Sprintf("typename_test.Pair[%[1]s.local·2,*%[1]s.first·1]", pkg.Path())
		for _, locals := range []typename.Locals{nil, {}} {
			if got := typename.Of(obj.Type(), locals); got != want {
				t.Errorf("a local type is called %s, want %s", got, want)
			}
		}
	}
}

// Types are told apart by what declares them, not by how that is called.
func TestIdentity(t *testing.T) {
	fset, pkg, _ := declared(t)
	of := func(expr string) string {
		tv, err := types.Eval(fset, pkg, token.NoPos, "*new("+expr+")")
		if err != nil {
			t.Fatal(err)
		}
		return typename.Identity(tv.Type, func(n *types.TypeName) string { return strings.ToUpper(n.Name()) })
	}
	if got, want := of("map[ID]Pair[ID, byte]"), "map[ID]PAIR[ID,uint8]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	for _, same := range [][2]string{{"[]byte", "[]uint8"}, {"interface{ A(); B() }", "interface{ B(); A() }"}, {"any", "interface{}"}} {
		if of(same[0]) != of(same[1]) {
			t.Errorf("%s and %s are the same", same[0], same[1])
		}
	}
	for _, differ := range [][2]string{{"struct{ ID }", "struct{ ID ID }"}, {"chan int", "<-chan int"}, {"func(...int)", "func([]int)"}, {"struct{ A int `x:\"\"` }", "struct{ A int }"}} {
		if of(differ[0]) == of(differ[1]) {
			t.Errorf("%s and %s differ", differ[0], differ[1])
		}
	}
}
