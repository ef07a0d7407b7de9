package check_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"testing"

	"github.com/gosched/gosched/kernel/check"
	"github.com/gosched/gosched/kernel/stdlib"
)

// TestMessages has the type checker of the Go release in use say everything
// that package check knows by its words.
func TestMessages(t *testing.T) {
	msgs := check.Messages
	provoked := map[string]bool{}
	for _, test := range []struct {
		name, src string
		n         int // how many of the errors are meant
	}{
		{"unused", "func f() { x := 1 }", 1},
		{"unused", "func f(v any) { switch x := v.(type) { case int: } }", 1},
		{"unused", "func f() { lab: for {} }", 0},
		{"unused import", `import "os"`, 1},
		{"unused import", `import o "os"`, 1},
		{"initialisation cycle", "var a = f()\nfunc f() int { return a }", 1},
		{"continues", "type T int\ntype T int", 1},
		{"not used", "func g() int\nfunc f() { 1; len(\"\"); int(3); g() }", 3},
		{"single value", "func g() (int, int)\nvar x = 1 + g()", 1},
		{"single value", "func g() (int, int)\nvar x int = g()", 1},
		{"assignment mismatch", "func g() (int, int)\nfunc f() { x := g(); _ = x }", 1},
		{"implicit unexported", "import \"sync\"\nvar m = sync.Mutex{0, 0}", 2},
		{"hidden fields", "import \"sync\"\nvar m = sync.Mutex{0}", 1},
		{"blank as value", "func f() int { return _ }", 1},
		{"undefined", "var x = nowhere", 1},
		{"undefined", "import \"os\"\nvar x = os.Nowhere", 1},
		{"undefined", "type T int\nvar x = T(1).Nowhere", 0},
		{"undefined name", "var x = nowhere", 1},
		{"undefined member", "import \"os\"\nvar x = os.Nowhere", 1},
		{"no field or method", "type T int\nvar x = T(1).Nowhere", 1},
		{"no field or method", "type T struct{}\nvar t *T\nvar x = t.y", 1},
		{"two types", "type T int\nfunc f() { type T int; var a T; g(a) }\nfunc g(T)", 1},
		{"package as value", "import \"os\"\nvar x = os", 1},
		{"as statement", "func f() { _ = nil }", 1},
		{"in assignment, alone", "func f() { x := 1; x = \"a\" }", 1},
		{"in assignment, alone", "func f() { x := nil }", 1},
		{"in declaration", "var x = nil", 1},
		{"in assignment", "func f() { x, y := nil, 1 }", 1},
		{"in assignment", "func f() { x, y := 1, 2; x, y = \"a\", 3 }", 1},
	} {
		is := msgs[test.name]
		if is == nil {
			t.Errorf("nothing is known of %q", test.name)
			continue
		}
		n, all := 0, typeErrors(t, test.src)
		for _, e := range all {
			if is(e) {
				n++
			}
		}
		if n != test.n {
			t.Errorf("%s: %d of the errors are of this kind, want %d:\n%s\n%v", test.name, n, test.n, test.src, all)
		}
		provoked[test.name] = provoked[test.name] || test.n > 0
	}
	for name := range msgs {
		if !provoked[name] {
			t.Errorf("nothing provokes %q", name)
		}
	}
}

// The errors that the checker has about a file.
func typeErrors(t *testing.T, src string) []types.Error {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "x.go", "package main\n"+src, parser.SkipObjectResolution)
	if err != nil {
		t.Fatalf("%s\n%v", src, err)
	}
	var list []types.Error
	conf := types.Config{GoVersion: stdlib.GoVersion, Importer: stdlib.NewImporter(fset), Error: func(err error) { list = append(list, err.(types.Error)) }}
	_, _ = conf.Check("main", fset, []*ast.File{f}, nil)
	return list
}
