package export

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"testing"

	"github.com/gosched/gosched/kernel/display"
	"github.com/gosched/gosched/kernel/stdlib"
)

// A program has every function and method of gosched/display that cells have.
func TestDisplayIsWhole(t *testing.T) {
	fset := token.NewFileSet()
	std := stdlib.NewImporter(fset)
	cells, err := display.Package().Declare(fset, std)
	if err != nil {
		t.Fatal(err)
	}
	source, err := templates.ReadFile("templates/display.go.txt")
	if err != nil {
		t.Fatal(err)
	}
	f, err := parser.ParseFile(fset, "display.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	program, err := (&types.Config{Importer: std}).Check("display", fset, []*ast.File{f}, nil)
	if err != nil {
		t.Fatal(err)
	}
	same := func(name string, a, b types.Object) {
		if b == nil {
			t.Errorf("%s is not there in a program", name)
			return
		}
		qualifier := func(p *types.Package) string { return p.Name() }
		if x, y := types.TypeString(a.Type(), qualifier), types.TypeString(b.Type(), qualifier); x != y {
			t.Errorf("%s is %s for cells and %s in a program", name, x, y)
		}
	}
	for _, name := range cells.Scope().Names() {
		o := cells.Scope().Lookup(name)
		if !o.Exported() {
			continue
		}
		same(name, o, program.Scope().Lookup(name))
		if _, ok := o.(*types.TypeName); !ok {
			continue
		}
		methods := types.NewMethodSet(types.NewPointer(o.Type()))
		for m := range methods.Methods() {
			if !m.Obj().Exported() {
				continue
			}
			other, _, _ := types.LookupFieldOrMethod(types.NewPointer(program.Scope().Lookup(name).Type()), true, program, m.Obj().Name())
			same(name+"."+m.Obj().Name(), m.Obj(), other)
		}
	}
}
