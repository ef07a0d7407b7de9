package stdlib

import (
	"go/token"
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
	if slices, err := imp.Refer("slices"); err != nil || !slices.Complete() {
		t.Errorf("a package that is run from source is %v, %v", slices, err)
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
