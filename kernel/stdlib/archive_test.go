package stdlib

import (
	"archive/zip"
	"bytes"
	"errors"
	"strings"
	"testing"
)

// What the program was built without is fetched when it is first asked for, once, or again
// after it could not be had; what it has is not asked for.
func TestLend(t *testing.T) {
	defer Lend(nil)
	if f, err := entry("docs/example.com/lent"); f != nil || err != nil {
		t.Errorf("where nothing is lent: %v, %v", f, err)
	}
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	if f, err := w.Create("docs/example.com/lent"); err != nil {
		t.Fatal(err)
	} else if _, err := f.Write([]byte("Package lent.")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	away := errors.New("there is no network")
	fetched, data, problem := 0, []byte("no archive"), away
	Lend(func() ([]byte, error) { fetched++; return data, problem })
	if f, err := entry("types/fmt"); f == nil || err != nil || fetched != 0 {
		t.Errorf("what is here: %v, %v, fetched %d times", f, err, fetched)
	}
	if f, err := entry("docs/example.com/lent"); f != nil || err != away {
		t.Errorf("without a network: %v, %v", f, err)
	}
	problem = nil
	if f, err := entry("docs/example.com/lent"); f != nil || err == nil || !strings.Contains(err.Error(), "no archive") {
		t.Errorf("of no archive: %v, %v", f, err)
	}
	data, fetched = archive.Bytes(), 0
	for range 2 {
		f, err := entry("docs/example.com/lent")
		if err != nil || f == nil {
			t.Fatalf("lent is %v, %v", f, err)
		}
		if text, err := readEntry(f); err != nil || string(text) != "Package lent." {
			t.Errorf("lent is %q, %v", text, err)
		}
	}
	if f, err := entry("docs/example.com/other"); f != nil || err != nil || fetched != 1 {
		t.Errorf("what is not lent: %v, %v, fetched %d times", f, err, fetched)
	}
}

// Who needs one function in place of a compiled one gets the files that have it, and no
// others.
func TestShadowPackage(t *testing.T) {
	all := len(Sources(ShadowPath))
	for full := range shadows {
		name, _ := Shadow(full)
		path := ShadowPackage(name)
		files := Sources(path)
		found := false
		for _, text := range files {
			found = found || bytes.Contains(text, []byte("\nfunc "+name+"["))
		}
		if !found || !IsShadow(path) || path == ShadowPath || len(files) >= all {
			t.Errorf("%s, for %s, is in %s, which has %d files of %d: %t", name, full, path, len(files), all, found)
		}
	}
	if path := ShadowPackage("None"); path != ShadowPath {
		t.Errorf("a function that is not there is in %s", path)
	}
}
