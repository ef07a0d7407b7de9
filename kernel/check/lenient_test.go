package check_test

import (
	"go/ast"
	"go/types"
	"testing"
)

// What is said of cells that are not finished: the type of the last identifier x.
func TestLenient(t *testing.T) {
	nb := open(t)
	nb.run("import str \"strings\"\ntype point struct{ X, Y int }\nvar p point\nfunc area(p point) (int, error) { return 0, nil }")
	for _, test := range []struct{ name, src, want string }{
		{"whole", "x := p.X\nx", "int"},
		{"a selector that ends", "x := p\nx.", "main.point"},
		{"a call that is open", "x := 1.5\nfmt.Println(x, ", "float64"},
		{"a function that is open", "func f() {\n\tfor x := range \"s\" {\n\t\tx", "int"},
		{"with an error before", "y := nowhere\nx := \"s\"\nx", "string"},
		{"with what nothing is known of", "x := nowhere\nx", "invalid type"},
		{"declared again", "p := \"p\"\nx := p\nx", "string"},
		{"of an import", "x := str.NewReader(\"\")\nx.", "*strings.Reader"},
		{"of a package that nobody imports", "x := time.Now()\nx.", "time.Time"},
		{"several values", "x, err := area(p)\nx", "int"},
	} {
		t.Run(test.name, func(t *testing.T) {
			partial := nb.s.Lenient("cell", []byte(test.src))
			if partial == nil {
				t.Fatal("nothing is said")
			}
			got := "nothing"
			look := func(id *ast.Ident, o types.Object) {
				if id.Name == "x" && o != nil && o.Type() != nil {
					got = o.Type().String()
				}
			}
			for id, o := range partial.Info.Defs {
				look(id, o)
			}
			if got == "nothing" {
				for id, o := range partial.Info.Uses {
					look(id, o)
				}
			}
			if got != test.want {
				t.Errorf("x is a %s, want %s", got, test.want)
			}
			for _, name := range []string{"p", "area", "point", "str"} {
				if partial.Pkg.Scope().Lookup(name) == nil {
					t.Errorf("%s is not in scope", name)
				}
			}
		})
	}
	if nb.s.Lookup("x") != nil || nb.s.Lookup("p").Type().String() != "main.point" {
		t.Error("the session has changed")
	}
}

func TestDoc(t *testing.T) {
	nb := open(t)
	nb.run(`// T is a type.
type T struct{}

// Get gets.
func (T) Get() {}

// f does.
// It does much.
func f() {}

// c is constant.
const c = 1

// v varies.
var v = 1
w := 2
func undocumented() {}`)
	for name, want := range map[string]string{
		"T": "T is a type.\n", "T.Get": "Get gets.\n", "f": "f does.\nIt does much.\n", "c": "c is constant.\n", "v": "v varies.\n",
		"w": "", "undocumented": "", "nowhere": "", "T.Nothing": "", "Nothing.Get": "",
	} {
		if got := nb.s.Doc(name); got != want {
			t.Errorf("of %s it is %q, want %q", name, got, want)
		}
	}
}
