package check_test

import (
	"fmt"
	"go/types"
	"slices"
	"strings"
	"testing"

	"github.com/gosched/gosched/kernel/cell"
	"github.com/gosched/gosched/kernel/check"
)

// again is unit for a cell with which what is declared is built again.
func (nb *notebook) again(src string, what check.Again) *check.Unit {
	nb.t.Helper()
	c, err := cell.Parse(nb.fset, "again", []byte(src))
	if err != nil {
		nb.t.Fatal(err)
	}
	u, err := nb.s.CheckAgain(c, what)
	if err != nil {
		nb.t.Fatalf("%s: %v", src, err)
	}
	return u
}

func TestCheckAgain(t *testing.T) {
	const session = "type T struct{ n int }\nfunc (t T) Get() int { return t.n + one() }\nfunc one() int { return 1 }\n" +
		"func Map[E any](e E) E { return e }\nvar t T\nfunc two() int { return one() + t.Get() }"
	for _, test := range []struct {
		name, src string
		what      check.Again
		rebuilt   string // with a + where it has an old and a new function
		unharmed  bool
	}{
		{"nothing", "one()", check.AgainNothing, "", true},
		{"functions", "one()", check.AgainFunctions, "+Map +one +two", true},
		{"all", "one()", check.AgainAll, "+Map +one +two Get", true},
		{"all but what the cell has", "func one() int { return 2 }", check.AgainAll, "+Map +two Get", true},
		{"with another type", "type T struct{ n, m int }", check.AgainAll, "+Map +one +two Get", false},
		{"with what breaks others", "func one() string { return \"\" }", check.AgainAll, "+Map", false},
		{"functions with what breaks others", "func one() string { return \"\" }", check.AgainFunctions, "+Map", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			nb := open(t)
			nb.run(session)
			u := nb.again(test.src, test.what)
			var got []string
			for _, r := range nb.s.Rebuilt(u) {
				name := r.Decl.Name.Name
				if r.Cell.Name != "cell 1" {
					t.Errorf("%s is of %s", name, r.Cell.Name)
				}
				if r.Old != nil && r.New != nil && r.Old != r.New && r.Old.Name() == name && r.New.Name() == name {
					name = "+" + name
				}
				got = append(got, name)
			}
			slices.Sort(got)
			if strings.Join(got, " ") != test.rebuilt {
				t.Errorf("built again are %q, want %q", got, test.rebuilt)
			}
			if got := nb.s.Unharmed(u); got != test.unharmed {
				t.Errorf("unharmed: %v, notes %v", got, u.Notes)
			}
		})
	}
}

// A type that is built again with a method that is another one now is harmed: values of
// before do not belong to it.
func TestHarmed(t *testing.T) {
	nb := open(t)
	nb.run("type A struct{ n int }\ntype B struct{ a A }\nfunc (B) M() {}")
	u := nb.again("type A struct{ n, m int }", check.AgainAll)
	if nb.s.Unharmed(u) {
		t.Error("B counts as what it was, with another A in it")
	}
}

func TestFunctions(t *testing.T) {
	nb := open(t)
	nb.run("func second(n int) (string, error) { return \"\", nil }\ntype T int\nfunc (T) method() {}")
	nb.run("// Comments are not part of it.\nfunc third[E any](E) {}\nvar variable = func() {}")
	nb.run("func first() {}\nfunc third() {}")
	var got []string
	for i, f := range nb.s.Functions() {
		if i > 0 && f.Pos == nb.s.Functions()[i-1].Pos {
			t.Errorf("%s is where another one is", f.Name)
		}
		got = append(got, fmt.Sprintf("%s of %s is %s: %s", f.Name, f.Cell, types.TypeString(f.Type, nil), f.Text))
	}
	want := []string{
		"first of cell 3 is func(): func first() {}",
		"second of cell 1 is func(n int) (string, error): func second(n int) (string, error) { return \"\", nil }",
		"third of cell 3 is func(): func third() {}",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
