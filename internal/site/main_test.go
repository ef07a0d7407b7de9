package main

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// What the site is made with was built from the sources that are there.
func TestExtensionIsBuiltFromItsSources(t *testing.T) {
	sources, err := filepath.Glob("../../jupyterlite/src/*.ts")
	if err != nil || len(sources) == 0 {
		t.Fatalf("sources: %v, %v", sources, err)
	}
	h := sha256.New()
	for _, name := range append([]string{"../../jupyterlite/package.json", "../../jupyterlite/tsconfig.json"}, sources...) {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		h.Write(content)
	}
	built, err := os.ReadFile("../../install/jupyterlite/labextension/sources.sha256")
	if err != nil {
		t.Fatal(err)
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != strings.TrimSpace(string(built)) {
		t.Error("the sources of jupyterlite have changed since the extension was built: run jupyterlite/build")
	}
}

func TestPack(t *testing.T) {
	file := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(file, []byte(strings.Repeat("text", 1000)), 0o644); err != nil {
		t.Fatal(err)
	}
	size, err := pack(file, packFast)
	if err != nil {
		t.Fatal(err)
	}
	if size == 0 || size > 400 {
		t.Errorf("packed, it has %d bytes", size)
	}
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Errorf("what was packed is still there: %v", err)
	}
}

func TestKept(t *testing.T) {
	site := fstest.MapFS{}
	for _, name := range []string{
		"bootstrap.js", "service-worker.js", "jupyter-lite.ipynb", "jupyter-lite.json", "package.json", "rspack.config.js", "icon-512x512.png", "api/contents/all.json", "api/translations/en.json", "build/12.ab.js", "build/12.ab.js.map",
		"build/third-party-licenses.json", "build/font.woff2", "build/schemas/all.json", "build/schemas/all_federated.json", "build/schemas/@a/b.json", "extensions/a/static/x.js", "files/01.ipynb", "lab/index.html", "repl/index.html",
	} {
		site[name] = &fstest.MapFile{}
	}
	got, err := kept(site)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"api/contents/all.json", "api/translations/en.json", "bootstrap.js", "build/12.ab.js", "build/font.woff2", "build/schemas/all.json",
		"build/schemas/all_federated.json", "extensions/a/static/x.js", "files/01.ipynb", "icon-512x512.png", "jupyter-lite.ipynb", "jupyter-lite.json", "lab/index.html",
	}
	if !slices.Equal(got, want) {
		t.Errorf("kept are %q, want %q", got, want)
	}
}
