package yaegi

import (
	"fmt"
	"go/ast"

	"go/parser"
	"go/token"
	"go/types"
	"reflect"
	"testing"

	"github.com/gosched/gosched/kernel/stdlib"
)

// Types are named as package reflect names them.
func TestTypeName(t *testing.T) {
	const src = `package main
type Box[T any] struct{ v T }
type ID int
var (
	a map[string][]Box[ID]
	b func(x int, rest ...any) (ok bool, err error)
	c struct { A, b int "json:\"x\""; ID }
	d interface{ M(p []byte) error }
	e <-chan *struct{}
	f Box[map[ID]Box[bool]]
	g [3]rune
)`
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "x.go", src, 0)
	if err != nil {
		t.Fatal(err)
	}
	pkg, err := (&types.Config{Importer: stdlib.NewImporter(fset)}).Check("main", fset, []*ast.File{file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"a": "map[string][]main.Box[main.ID]",
		"b": "func(int, ...interface {}) (bool, error)",
		"c": `struct { A int "json:\"x\""; b int "json:\"x\""; main.ID }`,
		"d": "interface { M([]uint8) error }",
		"e": "<-chan *struct {}",
		"f": "main.Box[map[main.ID]main.Box[bool]]",
		"g": "[3]int32",
	} {
		if got := typeName(pkg.Scope().Lookup(name).Type()); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}

// What package reflect panics with for a nil pointer is Go's own error.
func TestInGoWords(t *testing.T) {
	caught := func(f func()) (r any) {
		defer func() { r = inGoWords(recover()) }()
		f()
		return nil
	}
	const want = "runtime error: invalid memory address or nil pointer dereference"
	for name, f := range map[string]func(){
		"field of a nil pointer": func() { reflect.ValueOf((*struct{ A int })(nil)).Elem().Field(0) },
		"call of a nil function": func() { reflect.ValueOf((func())(nil)).Call(nil) },
	} {
		if got := fmt.Sprint(caught(f)); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
	if got := caught(func() { panic("my own") }); got != "my own" {
		t.Errorf("another panic became %v", got)
	}
}
