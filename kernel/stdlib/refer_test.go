package stdlib

import (
	"go/ast"
	"go/token"
	"go/types"
	"testing"
)

// What has been referred to is what is imported later, and nothing of it is read before.
func TestRefer(t *testing.T) {
	imp := NewImporter(token.NewFileSet())
	pkg, err := imp.Refer("net/http")
	if err != nil || pkg.Complete() || pkg.Name() != "http" || pkg.Scope().Len() > 0 {
		t.Fatalf("referred to is %v, complete %v, %v", pkg, pkg.Complete(), err)
	}
	if again, err := imp.Refer("net/http"); err != nil || again != pkg {
		t.Errorf("once more it is %p, %v", again, err)
	}
	got, err := imp.Import("net/http")
	if err != nil || got != pkg || !got.Complete() || got.Scope().Lookup("Get") == nil {
		t.Errorf("imported is %v, %v", got, err)
	}
	if pkg, err := imp.Refer("runtime/cgo"); err != nil || !pkg.Complete() {
		t.Errorf("a package that has something to initialise is %v, %v", pkg, err)
	}
	ordered, err := imp.Refer("cmp")
	if err != nil || ordered.Complete() {
		t.Fatalf("a package that has not is %v, complete %v, %v", ordered, ordered.Complete(), err)
	}
	if typ, err := imp.Named(ordered, "Ordered"); err != nil || typ != ordered.Scope().Lookup("Ordered").Type() {
		t.Errorf("a type of it is %v, %v", typ, err)
	}
	if none, err := imp.Refer("no/such"); err == nil {
		t.Errorf("what there is not is %v", none)
	}
}

// All packages can be referred to before any is imported.
func TestReferToAll(t *testing.T) {
	imp, plain := NewImporter(token.NewFileSet()), NewImporter(token.NewFileSet())
	for _, path := range Packages() {
		if _, err := imp.Refer(path); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	for _, path := range Packages() {
		pkg, err := imp.Refer(path)
		if err != nil {
			continue
		}
		got, err := imp.Import(path)
		if err != nil || got != pkg || !got.Complete() {
			t.Errorf("%s is %v, %v; want %p", path, got, err, pkg)
			continue
		}
		want, err := plain.Import(path)
		if err != nil || len(got.Scope().Names()) != len(want.Scope().Names()) {
			t.Errorf("%s has %d names, want %d, %v", path, len(got.Scope().Names()), len(want.Scope().Names()), err)
		}
	}
}

// Packages that are run when code names them have nothing that is to be done before.
func TestWaits(t *testing.T) {
	imp := NewImporter(token.NewFileSet())
	for _, path := range idle {
		src, err := imp.Source(path)
		if err != nil || src == nil {
			t.Fatalf("%s: %v, %v", path, src, err)
		}
		for _, name := range src.Package.Scope().Names() {
			if v, ok := src.Package.Scope().Lookup(name).(*types.Var); ok {
				t.Errorf("%s has %s", path, v)
			}
		}
		for _, f := range src.Files {
			for _, d := range f.Decls {
				if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
					t.Errorf("%s has a function that initialises it", path)
				}
			}
		}
		for _, dep := range src.Package.Imports() {
			if dep != types.Unsafe && !Waits(dep.Path()) {
				t.Errorf("%s imports %s, which does not wait", path, dep.Path())
			}
		}
	}
}
