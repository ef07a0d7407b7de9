package check_test

import (
	"go/types"
	"slices"
	"strings"
	"testing"

	"github.com/gosched/gosched/kernel/check"
)

// What no declaration in force refers to is let go, once.
func TestLetGo(t *testing.T) {
	for _, test := range []struct {
		name  string
		cells []string
		left  int // packages
	}{
		{"in force", []string{"x := 1", "y := 2"}, 2},
		{"declared again", []string{"x := 1", "x := 2", "x := 3"}, 1},
		{"nothing declared", []string{"fmt.Println()"}, 0},
		{"used by a function", []string{"x := 1", "func f() int { return x }"}, 2},
		{"used by a function that is built again", []string{"x := 1", "func f() int { return x }", "x := 2"}, 1},
		{"used by a statement", []string{"x := 1", "y := x", "x := 2"}, 2},
		{"of a type with methods", []string{"type T int\nfunc (T) M() {}", "type T string"}, 2},
		{"of a type that embeds methods", []string{"type T struct{ sync.Mutex }", "type T string"}, 2},
		{"of a generic type", []string{"type T[E any] struct{ e E }", "type T string"}, 2},
		{"of a plain type", []string{"type T int", "type T string"}, 1},
		{"of an interface", []string{"type T interface{ M() }", "type T string"}, 1},
		{"of an alias", []string{"type T = struct{ sync.Mutex }", "type T string"}, 1},
		{"declared again as it was", []string{"type T int\nfunc (T) M() {}", "type T int\nfunc (T) M() {}"}, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			nb := open(t)
			for _, src := range test.cells {
				nb.run(src)
			}
			before := nb.s.Packages()
			gone := nb.s.LetGo(nil)
			if left := nb.s.Packages(); left != test.left || len(gone) != before-left {
				t.Errorf("%d packages are left, want %d; %d of %d are gone", left, test.left, len(gone), before)
			}
			if again := nb.s.LetGo(nil); len(again) != 0 {
				t.Errorf("%d are let go once more", len(again))
			}
		})
	}
}

func TestInUseIsNotLetGo(t *testing.T) {
	nb := open(t)
	u := nb.unit("x := 1")
	nb.s.Commit(u, nil)
	nb.run("x := 2")
	if gone := nb.s.LetGo(func(p *types.Package) bool { return p == u.Pkg }); len(gone) != 0 {
		t.Errorf("%v is let go, and in use", gone)
	}
	if gone := nb.s.LetGo(func(*types.Package) bool { return false }); !gone[u.Pkg] || len(gone) != 1 {
		t.Errorf("%v is let go", gone)
	}
}

func TestForget(t *testing.T) {
	nb := open(t)
	nb.run("x, y := 1, 2\ntype T int\nfunc (T) M() int { return y }\nfunc f() int { return x }")
	forget := func(names ...string) string {
		var gone []string
		for _, o := range nb.s.Forget(names...) {
			gone = append(gone, o.Name())
		}
		return strings.Join(gone, " ")
	}
	if got := forget("x", "nowhere"); got != "x" {
		t.Errorf("gone is %q", got)
	}
	if got := forget("y"); got != "" {
		t.Errorf("gone is %q, which a method uses", got)
	}
	if _, err := nb.check("x"); err == nil {
		t.Error("x still means something")
	}
	if u := nb.unit("f()"); len(u.Results) != 1 {
		t.Error("what was compiled with x is gone, too")
	}
	// Who declares it anew gives it to the function.
	if u := nb.unit("x := 7"); len(u.Cells()) != 2 {
		t.Errorf("of %d cells, want that of f, too", len(u.Cells()))
	}
	forget("T")
	nb.run("type T string")
	if _, err := nb.check("T(\"\").M()"); err == nil {
		t.Error("a forgotten type's method is back")
	}
	if got := slices.Sorted(slices.Values(nb.s.Names())); strings.Join(got, " ") != "T f" {
		t.Errorf("the names are %q", got)
	}
}

func TestForgetImports(t *testing.T) {
	nb := open(t)
	nb.run("import str \"strings\"\nimport . \"math\"\nstr.ToUpper(\"a\")\nPi")
	if got := nb.s.Imports()["str"]; got != "strings" {
		t.Errorf("str is %q", got)
	}
	nb.run("Sqrt(2)")
	nb.s.ForgetImports()
	for _, src := range []string{"str.ToUpper(\"a\")", "Sqrt(2)"} {
		if _, err := nb.check(src); err == nil {
			t.Errorf("%s is still known", src)
		}
	}
}

// Variables of types that are declared again go on with their values, where those can
// be values of the new types.
func TestContract3_VariablesOfRedeclaredTypes(t *testing.T) {
	for _, typ := range []string{
		"T", "*T", "[]T", "[3]T", "map[string]T", "map[T]int", "chan T", "<-chan T", "func(T) (int, T)", "func(...T)",
		"struct{ a, b T }", "interface{ M(T) T }", "G[T]", "G[G[*T]]", "U", "*U", "A", "[]struct{ m map[int]func() chan []T }",
	} {
		for _, changed := range []bool{false, true} {
			nb := open(t)
			nb.run("type T struct{ n int; next *T }\ntype G[E any] struct{ e []E }\ntype U struct{ t T }\ntype A = T")
			nb.run("var v " + typ)
			old := nb.s.Lookup("v")
			again := "type T struct{ n int; next *T }"
			if changed {
				again = "type T struct{ n string; next *T }"
			}
			u := nb.unit(again)
			carried := slices.ContainsFunc(u.Vars, func(v check.Var) bool { return v.Old == old })
			if carried == changed {
				t.Errorf("%s, with T changed (%v): carried over is %v", typ, changed, carried)
			}
			nb.s.Commit(u, nb.s.Redeclared(u))
			if still := nb.s.Lookup("v") == old; still == carried {
				t.Errorf("%s, with T changed (%v): v is what it was: %v", typ, changed, still)
			}
		}
	}
}
