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

// Slicing out of range panics in Go's words.
func TestSliced(t *testing.T) {
	s, array := make([]int, 3, 4), &[3]int{1, 2, 3}
	for _, test := range []struct {
		v              any
		low, high, max int
		want           string
	}{
		{s, 1, 5, notGiven, "runtime error: slice bounds out of range [:5] with capacity 4"},
		{s, 3, 2, notGiven, "runtime error: slice bounds out of range [3:2]"},
		{s, -1, notGiven, notGiven, "runtime error: slice bounds out of range [-1:]"},
		{s, 0, -1, notGiven, "runtime error: slice bounds out of range [:-1]"},
		{s, 0, 2, 5, "runtime error: slice bounds out of range [::5] with capacity 4"},
		{s, 0, 2, -1, "runtime error: slice bounds out of range [::-1]"},
		{s, 0, 3, 2, "runtime error: slice bounds out of range [:3:2]"},
		{s, 2, 1, 4, "runtime error: slice bounds out of range [2:1:]"},
		{s, 1, 2, 4, "[0]"},
		{s, notGiven, 4, notGiven, "[0 0 0 0]"},
		{"abc", 0, 4, notGiven, "runtime error: slice bounds out of range [:4] with length 3"},
		{"abc", 1, notGiven, notGiven, "bc"},
		{array, 0, 4, notGiven, "runtime error: slice bounds out of range [:4] with length 3"},
		{array, 0, 1, 4, "runtime error: slice bounds out of range [::4] with length 3"},
		{array, 2, 1, notGiven, "runtime error: slice bounds out of range [2:1]"},
		{array, 1, notGiven, notGiven, "[2 3]"},
	} {
		got := func() (text string) {
			defer func() {
				if r := recover(); r != nil {
					text = fmt.Sprint(r)
				}
			}()
			return fmt.Sprint(sliced(reflect.Indirect(reflect.ValueOf(test.v)), test.low, test.high, test.max))
		}()
		if got != test.want {
			t.Errorf("%v[%d:%d:%d]: %s, want %s", test.v, test.low, test.high, test.max, got, test.want)
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
