package modules

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestGoVersions: a go.mod that is written asks for as much of Go as what it
// requires, and the go command takes it as it is.
func TestGoVersions(t *testing.T) {
	for _, tt := range []struct{ was, want string }{
		{"", "go 1.2"}, // the kernel's own, which is no constant
		{"module m\n\ngo 1.25\n", "go 1.25.3\n"},
		{"module m\n\ngo 1.25\n\ntoolchain go1.25.1\n", "go 1.25.3\n"},
		{"module m\n\ngo 1.25.4\n", "go 1.25.4\n"},
		{"module m\n", "go 1.25.3\n"},
	} {
		w := newWorld(t)
		if tt.was != "" {
			w.write("go.mod", tt.was)
			w.reopen()
		}
		w.get("example.com/strict@v1.0.0")
		file, err := w.s.Save(t.Context(), "notebook")
		if err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(file)
		if err != nil || !strings.Contains(string(data), tt.want) || strings.Contains(string(data), "toolchain") {
			t.Errorf("%q becomes %s, %v", tt.was, data, err)
		}
		w.write("main.go", "package main\n\nimport \"example.com/strict\"\n\nfunc main() { println(strict.Go) }\n")
		if out := w.goCommand(w.dir, "off", "run", "-mod=readonly", "."); out != "1.25.3\n" {
			t.Errorf("after %q the program prints %q", tt.was, out)
		}
		w.goCommand(w.dir, "off", "mod", "verify")
	}
}

func TestTooNew(t *testing.T) {
	w := newWorld(t)
	before := w.tree()
	_, err := w.tryGet("example.com/strict")
	says(t, err, "example.com/strict@v1.1.0 asks for Go 1.99.0, and this kernel has Go 1.", "%get example.com/strict@<v1.1.0")
	for _, f := range w.tree()[len(before):] {
		if strings.HasSuffix(f, ".zip") {
			t.Errorf("%s has been downloaded", f)
		}
	}
	if got := w.get("example.com/strict@<v1.1.0").Modules; len(got) != 1 || got[0].Version != "v1.0.0" {
		t.Errorf("got %v", got)
	}
	w.write("go.mod", "module m\n\ngo 1.99\n")
	w.reopen()
	w.fails("example.com/strict", filepath.Join(w.dir, "go.mod")+" asks for Go 1.99", "install a gosched")
}
