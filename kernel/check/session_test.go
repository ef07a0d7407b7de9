package check_test

import (
	"go/token"
	"go/types"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/gosched/gosched/kernel/cell"
	"github.com/gosched/gosched/kernel/check"
	"github.com/gosched/gosched/kernel/stdlib"
)

// A notebook checks cells one after the other.
type notebook struct {
	t    *testing.T
	fset *token.FileSet
	s    *check.Session
	n    int
}

func open(t *testing.T) *notebook {
	fset := token.NewFileSet()
	return &notebook{t: t, fset: fset, s: check.New(check.Config{
		Fset:      fset,
		Importer:  stdlib.NewImporter(fset),
		Resolve:   stdlib.Resolve,
		Packages:  func() []string { return []string{"strings", "strconv", "time", "math"} },
		GoVersion: stdlib.GoVersion,
		Sizes:     types.SizesFor("gc", runtime.GOARCH),
	})}
}

func (nb *notebook) check(src string) (*check.Unit, error) {
	nb.t.Helper()
	nb.n++
	c, err := cell.Parse(nb.fset, "cell "+strconv.Itoa(nb.n), []byte(src))
	if err != nil {
		nb.t.Fatalf("%s: %v", src, err)
	}
	return nb.s.Check(c)
}

// unit is check for a cell that is right.
func (nb *notebook) unit(src string) *check.Unit {
	nb.t.Helper()
	u, err := nb.check(src)
	if err != nil {
		nb.t.Fatalf("%s: %v", src, err)
	}
	return u
}

func (nb *notebook) run(src string) { u := nb.unit(src); nb.s.Commit(u, nb.s.Redeclared(u)) }

func TestContract2_WhatNamesMean(t *testing.T) {
	nb := open(t)
	nb.run("x := 1\nvar y, z = 2.5, \"z\"\nconst c = 'c'\ntype T struct{}\nfunc f(T) error { return nil }")
	for name, want := range map[string]string{
		"x": "var main.x int", "y": "var main.y float64", "z": "var main.z string",
		"c": "const main.c untyped rune", "T": "type main.T struct{}", "f": "func main.f(main.T) error",
	} {
		o := nb.s.Lookup(name)
		if o == nil {
			t.Errorf("%s is not known", name)
			continue
		}
		if got := types.ObjectString(o, func(p *types.Package) string { return p.Name() }); got != want && !strings.HasPrefix(got, want+" ") {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	if _, err := nb.check("x = nowhere"); err == nil || !strings.Contains(err.Error(), "undefined: nowhere") {
		t.Errorf("an undefined name: %v", err)
	}
	nb.run(`x := "text"`)
	if got := nb.s.Lookup("x").Type().String(); got != "string" {
		t.Errorf("x declared again is a %s", got)
	}
}

// What no longer compiles stays as it was, with a note.
func TestContract3_Notes(t *testing.T) {
	nb := open(t)
	nb.run("n := 1\nfunc double() int { return 2 * n }\nfunc four() int { return 2 * double() }")
	u := nb.unit(`n := "text"`)
	if len(u.Notes) != 1 || u.Notes[0].Name != "double" {
		t.Errorf("notes %v, want one about double", u.Notes)
	}
	if list := nb.s.Superseded(u, nil); len(list) != 0 {
		t.Errorf("%v are let go, but double goes on using the old n", list)
	}
}

func TestContract3_Redeclared(t *testing.T) {
	const methods = "type T struct{ n int }\nfunc (t T) Get() int { return t.n + helper() }\nfunc (t *T) set(n int) { t.n = n }"
	for _, test := range []struct{ name, before, then, want string }{
		{"the same", "type T struct{ n int }", "type T struct{ n int }", "T"},
		{"another field", "type T struct{ n int }", "type T struct{ n, m int }", ""},
		{"another text", "type T struct{ n int }", "type T struct { n int }", ""},
		{"with methods", "func helper() int { return 1 }\n" + methods, methods, "T"},
		{"without one of its methods", "func helper() int { return 1 }\n" + methods, strings.ReplaceAll(methods, "set", "put"), ""},
		{"another method body", "func helper() int { return 1 }\n" + methods, strings.ReplaceAll(methods, "t.n +", "2 +"), ""},
		{"what a method uses", "func helper() int { return 1 }\n" + methods, "func helper() int { return 2 }", "T"},
		{"one more method", "type T struct{ n int }", "func (T) More() {}", ""},
		{"of each other", "type A struct{ b *B }\ntype B struct{ a []A }", "type A struct{ b *B }\ntype B struct{ a []A }", "A B"},
		{"of one that changes", "type A struct{ b B }\ntype B int", "type A struct{ b B }\ntype B int8", ""},
		{"of one that is rebuilt", "type A struct{ b B }\ntype B int", "type B int", "A B"},
		{"a method's parameter", "type A int\ntype B struct{}\nfunc (B) Do(A) {}", "type A string", ""},
		{"interface", "type I interface{ M() }", "type I interface{ M() }", "I"},
		{"generic", "type G[T any] struct{ x T }", "type G[T any] struct{ x T }", "G"},
		{"generic, of itself", "type G[T any] struct{ next *G[T]; m map[string]T }\nfunc (g *G[E]) put(e E) *G[E] { return g }", "type G[T any] struct{ next *G[T]; m map[string]T }\nfunc (g *G[E]) put(e E) *G[E] { return g }", "G"},
		{"generic, another field", "type G[T any] struct{ x T }", "type G[T any] struct{ x, y T }", ""},
		{"generic, of one that changes", "type A int\ntype G[T any] struct{ x T; a A }", "type A int8\ntype G[T any] struct{ x T; a A }", ""},
		{"an instance in it", "type G[T any] struct{ x T }\ntype A struct{ g G[int] }", "type G[T any] struct{ x T }\ntype A struct{ g G[int] }", "A G"},
		{"another instance in it", "type G[T any] struct{ x T }\ntype B int\ntype A struct{ g G[B] }", "type B int8", ""},
		{"beside blank ones", "type T int\nvar _ = 1", "type T int\nvar _ = 1\nfunc _() {}", "T"},
		{"alias", "type A = int", "type A = int", ""},
		{"a variable before", "T := 1", "type T int", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			nb := open(t)
			nb.run(test.before)
			var got []string
			for _, r := range nb.s.Redeclared(nb.unit(test.then)) {
				if r.Old == r.New || r.Old.Obj().Name() != r.New.Obj().Name() {
					t.Errorf("%v and %v", r.Old, r.New)
				}
				got = append(got, r.New.Obj().Name())
			}
			slices.Sort(got)
			if strings.Join(got, " ") != test.want {
				t.Errorf("the same types are %q, want %q", got, test.want)
			}
		})
	}
}

func TestSuperseded(t *testing.T) {
	for _, test := range []struct{ name, before, then, want string }{
		{"nothing", "x := 1", "y := 2", ""},
		{"a variable", "x := 1", "x := 2", "x"},
		{"by a function", "x := 1", "func x() {}", "x"},
		{"a function", "func f() {}", "func f() {}", "f"},
		{"with what uses it", "x := 1\nfunc f() int { return x }", "x := 2", "f x"},
		{"what a generic function uses", "x := 1\nfunc f[T any](T) int { return x }", "x := 2", "f"},
		{"what a method uses", "x := 1\ntype T int\nfunc (T) M() int { return x }", "x := 2", "T x"},
		{"what a method of a changed type uses", "x := 1\ntype T int\nfunc (T) M() int { return x }", "type T int8\nx := 2", ""},
		{"assigned only", "x := 1", "x = 2", ""},
		{"one new beside it", "x := 1", "x, y := 2, 3", "x"},
	} {
		t.Run(test.name, func(t *testing.T) {
			nb := open(t)
			nb.run(test.before)
			var got []string
			u := nb.unit(test.then)
			for _, o := range nb.s.Superseded(u, nb.s.Redeclared(u)) {
				got = append(got, o.Name())
			}
			slices.Sort(got)
			if strings.Join(got, " ") != test.want {
				t.Errorf("superseded are %q, want %q", got, test.want)
			}
		})
	}
}
