package rtype

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"testing"
)

// Types of packages get their methods when somebody asks for what leads to them.
func TestLayoutOf(t *testing.T) {
	const path = "example.com/lib"
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "lib.go", `package lib
type Inner struct{ n int }
func (i Inner) String() string { return "" }
func (i *Inner) Set(n int) {}
type Outer struct{ Inner; peer *Peer }
type Peer struct{ name string }
func (p *Peer) Outer(l List) (o Outer) { return }
type List []Peer
func (l List) Len() int { return 0 }
type Pair[T any] struct{ a, b T }
func (p Pair[T]) First() (a T) { return }
type Of struct{ Pair[*Alone] }
type Alone struct{ Of *Of }
func (a Alone) Alone() {}
`, 0)
	if err != nil {
		t.Fatal(err)
	}
	pkg, err := new(types.Config).Check(path, fset, []*ast.File{f}, nil)
	if err != nil {
		t.Fatal(err)
	}
	source := func(p string) bool { return p == path }
	method := func(recv reflect.Type, m *types.Selection) func([]reflect.Value) []reflect.Value {
		return func(args []reflect.Value) []reflect.Value { return []reflect.Value{reflect.ValueOf(recv.String())} }
	}
	at := func(ts *Types, of func(types.Type) (reflect.Type, error), T types.Type) reflect.Type {
		t.Helper()
		rt, err := of(T)
		if err != nil {
			t.Fatal(err)
		}
		return rt
	}
	names := func(rt reflect.Type) (list []string) {
		for m := range rt.Methods() {
			list = append(list, m.Name+m.Type.String())
		}
		return list
	}
	named := func(name string) types.Type { return typeOf(pkg, name) }
	whole, late := newTypes(t, Options{Source: source, Method: method}), newTypes(t, Options{Source: source, Method: method})
	all := []string{"Inner", "Outer", "Peer", "List", "Of", "Alone"}
	for _, name := range all {
		rt := at(late, late.LayoutOf, named(name))
		if n, p := rt.NumMethod(), reflect.PointerTo(rt).NumMethod(); n != 0 || p != 0 {
			t.Errorf("%s has %d methods and %d by its pointer before anybody has asked", name, n, p)
		}
		if want := at(whole, whole.Of, named(name)); rt.Size() != want.Size() || rt.Comparable() != want.Comparable() {
			t.Errorf("%s has %d bytes, want %d", name, rt.Size(), want.Size())
		}
	}
	// What is asked for is the same, and so is what it leads to, by a field or a method.
	outer := at(late, late.LayoutOf, named("Outer"))
	if rt := at(late, late.Of, types.NewSlice(types.NewPointer(named("Outer")))); rt.Elem().Elem() != outer {
		t.Fatalf("%v is not of %v", rt, outer)
	}
	if rt := at(late, late.LayoutOf, named("Alone")); rt.NumMethod() != 0 {
		t.Errorf("%v has methods, which nothing led to", rt)
	}
	at(late, late.Of, types.NewPointer(named("Of")))
	for range 2 {
		for _, name := range all {
			got, want := at(late, late.Of, named(name)), at(whole, whole.Of, named(name))
			for range 2 {
				if g, w := names(got), names(want); !slices.Equal(g, w) {
					t.Errorf("methods of %v are %v, want %v", got, g, w)
				}
				got, want = reflect.PointerTo(got), reflect.PointerTo(want)
			}
		}
	}
	v := reflect.New(outer)
	if got := fmt.Sprint(v.Interface(), v.Elem().Interface()); got != "lib.Outer lib.Outer" {
		t.Errorf("a call of String returns %q", got)
	}
	// A cell's own types have theirs at once: they may become those of another declaration.
	user := declare(t, "type T struct{ n int }; func (T) M() {}")
	if rt := at(late, late.LayoutOf, typeOf(user, "T")); rt.NumMethod() != 1 {
		t.Errorf("%v has %d methods", rt, rt.NumMethod())
	}
}
