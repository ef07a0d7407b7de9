package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gosched/gosched/install"
)

// script adds a command to a folder.
func script(t *testing.T, file, text string) {
	t.Helper()
	if err := put(file, []byte("#!/bin/sh\n"+text)); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(file, 0o755); err != nil {
		t.Fatal(err)
	}
}

// entries are the names in an archive.
func entries(t *testing.T, r *zip.Reader) (names []string) {
	t.Helper()
	for _, f := range r.File {
		names = append(names, f.Name)
	}
	return names
}

// Of an archive, what the first cells need is kept as it is, and the rest is lent.
func TestDivide(t *testing.T) {
	dir := t.TempDir()
	from, to := filepath.Join(dir, "from.zip"), filepath.Join(dir, "to.zip")
	var archive, rest bytes.Buffer
	w := zip.NewWriter(&archive)
	for _, name := range []string{"docs/fmt", "types/fmt", "types/net/http", "types/example.com/m", "sources"} {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, "what "+name+" says"); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(from, archive.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	lent := zip.NewWriter(&rest)
	if err := divide(from, to, lent); err != nil {
		t.Fatal(err)
	}
	if err := lent.Close(); err != nil {
		t.Fatal(err)
	}
	kept, err := zip.OpenReader(to)
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close()
	if got, want := entries(t, &kept.Reader), []string{"types/fmt", "types/example.com/m", "sources"}; !slices.Equal(got, want) {
		t.Errorf("kept are %q, want %q", got, want)
	}
	r, err := zip.NewReader(bytes.NewReader(rest.Bytes()), int64(rest.Len()))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := entries(t, r), []string{"docs/fmt", "types/net/http"}; !slices.Equal(got, want) {
		t.Errorf("lent are %q, want %q", got, want)
	}
	for _, f := range []*zip.File{kept.File[0], r.File[0]} {
		text, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if b, err := io.ReadAll(text); err != nil || string(b) != "what "+f.Name+" says" {
			t.Errorf("%s says %q, %v", f.Name, b, err)
		}
		text.Close()
	}
	if err := divide(filepath.Join(dir, "none.zip"), to, lent); err == nil {
		t.Error("no error for an archive that is not there")
	}
}

// compiler stands in for the compiler of the go command, which is asked for all else: a
// program says how it was to be compiled.
func compiler(t *testing.T, dir string) {
	t.Helper()
	own, err := exec.LookPath("go")
	if err != nil {
		t.Skip(err)
	}
	script(t, filepath.Join(dir, "go"), `[ "$1" = build ] || exec "`+own+`" "$@"
all="$GOOS $*"; while [ "$1" != -o ]; do shift; done; echo "$all" >"$2"
`)
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
}

// A site has the kernel, the notebooks as nobody has run them, and the settings, and
// nothing of an older site.
func TestSite(t *testing.T) {
	tools, target, lessons := t.TempDir(), filepath.Join(t.TempDir(), "site"), t.TempDir()
	compiler(t, tools)
	// It stands in for JupyterLite: the site is what it is given.
	python := filepath.Join(tools, "python")
	script(t, python, `[ "$2" = jupyterlite_core ] || exit 2
for a; do case "$a" in --LiteBuildConfig.federated_extensions=*) extension=${a#*=};; esac; done
while [ "$1" != --lite-dir ]; do shift; done
mkdir -p "$4/extensions"; cp -R "$2"/* "$4"; cp -R "$extension" "$4/extensions"; echo "theirs()" >"$4/service-worker.js"
`)
	nb := `{"cells": [{"cell_type": "code", "id": "a", "execution_count": 7, "metadata": {}, "outputs": [{"output_type": "stream", "name": "stdout", "text": "42\n"}], "source": "fmt.Println(6 * 7)"}],
		"metadata": {"gosched": {"outputs": ["a"]}}, "nbformat": 4, "nbformat_minor": 5}`
	for file, text := range map[string]string{filepath.Join(lessons, "01-one.ipynb"): nb, filepath.Join(lessons, "beside.go"): "", filepath.Join(target, "stale.html"): ""} {
		if err := put(file, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	var said strings.Builder
	if err := run(t.Context(), &said, []string{"-fast", "-contents", lessons, "-python", python, "-version", "v1.2.3", "-out", target}); err != nil {
		t.Fatalf("%v\n%s", err, &said)
	}
	if !strings.Contains(said.String(), "compiling the kernel\n") || !strings.Contains(said.String(), "the site is in "+target) {
		t.Errorf("said\n%s", &said)
	}
	for name, there := range map[string]bool{
		"files/01-one.ipynb": true, "files/beside.go": false, "stale.html": false, "jupyter-lite.json": true, "overrides.json": true, keptName: true,
		"extensions/jupyterlite-gosched/package.json": true, "extensions/jupyterlite-gosched/kernel/gosched.wasm.br": true,
		"extensions/jupyterlite-gosched/kernel/wasm_exec.js": true, "extensions/jupyterlite-gosched/kernel/library.zip": true,
	} {
		if _, err := os.Stat(filepath.Join(target, filepath.FromSlash(name))); (err == nil) != there {
			t.Errorf("%s: %v", name, err)
		}
	}
	if blank, err := os.ReadFile(filepath.Join(target, "files", "01-one.ipynb")); err != nil || bytes.Contains(blank, []byte("42")) || !bytes.Contains(blank, []byte("6 * 7")) {
		t.Errorf("the notebook is %s, %v", blank, err)
	}
	var names []string
	if list, err := os.ReadFile(filepath.Join(target, keptName)); err != nil {
		t.Error(err)
	} else if err := json.Unmarshal(list, &names); err != nil || !slices.Contains(names, "files/01-one.ipynb") {
		t.Errorf("kept are %s, %v", list, err)
	}

	// Whatever fails on the way is told, with what it said.
	script(t, python, "while [ \"$1\" != --lite-dir ]; do shift; done; mkdir -p \"$4\"\n")
	arguments := []string{"-fast", "-contents", lessons, "-python", python, "-out", target}
	if err := run(t.Context(), io.Discard, arguments); err == nil || !strings.Contains(err.Error(), "preparing the site for use without a network: ") {
		t.Errorf("a site without a service worker: %v", err)
	}
	script(t, python, "echo no such option; exit 1\n")
	if err := run(t.Context(), io.Discard, arguments); err == nil || !strings.Contains(err.Error(), "jupyter lite build: exit status 1\nno such option") {
		t.Errorf("JupyterLite fails: %v", err)
	}
	real, err := os.ReadFile(filepath.Join(tools, "go"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(real), "\n")
	for _, tt := range []struct{ asked, answer, problem string }{
		{"env GOMOD", "exit 1", "asking go where the module is"},
		{"env GOROOT", "exit 1", "asking go where it is"},
		{"mod download", "exit 1", "looking for the fonts"},
		{"mod download", "echo nonsense", "looking for the fonts"},
		{"mod download", `echo '{"Dir": "/nowhere"}'`, "there is no " + fontUsed + " in /nowhere"},
		{"mod edit", "echo no such flag; exit 1", "replacing the fonts: exit status 1\nno such flag"},
		{"list -f", "exit 1", "looking for the standard library's archives"},
		{"list -f", "exit 0", "the standard library has no archives"},
		{"list -f", "echo none.zip", "dividing none.zip: "},
		{"build -modfile", "echo does not compile; exit 1", "compiling the kernel: exit status 1\ndoes not compile"},
		{"build -modfile", "exit 0", "packing the kernel: "},
	} {
		script(t, filepath.Join(tools, "go"), `[ "$1 $2" != "`+tt.asked+`" ] || { `+tt.answer+"; exit; }\n"+rest)
		if err := run(t.Context(), io.Discard, arguments); err == nil || !strings.Contains(err.Error(), tt.problem) {
			t.Errorf("asked for %s go does %s: %v, want %q", tt.asked, tt.answer, err, tt.problem)
		}
	}
}

// A checkout that lacks something is told of.
func TestIncompleteCheckout(t *testing.T) {
	b, dir := &builder{root: t.TempDir(), out: io.Discard}, t.TempDir()
	if err := b.extension(t.Context(), dir, ""); err == nil || !strings.Contains(err.Error(), "copying the extension: ") {
		t.Errorf("no extension: %v", err)
	}
	if err := b.site(t.Context(), dir, filepath.Join("..", "..", "notebooks"), "", ""); err == nil || !strings.Contains(err.Error(), "requirements.txt") {
		t.Errorf("no lock: %v", err)
	}
	if err := put(b.path("install", "jupyterlite", "labextension", "package.json"), nil); err != nil {
		t.Fatal(err)
	}
	if err := b.extension(t.Context(), dir, ""); err == nil || !strings.Contains(err.Error(), "logo-svg.svg") {
		t.Errorf("no picture: %v", err)
	}
	if err := b.offline(dir); err == nil || !strings.Contains(err.Error(), "offline.js") {
		t.Errorf("no script for use without a network: %v", err)
	}
}

// JupyterLite's environment is made once for what is locked.
func TestEnvironment(t *testing.T) {
	root := t.TempDir()
	b := &builder{root: root, out: io.Discard}
	if _, err := b.environment(t.Context()); err == nil {
		t.Error("no error where nothing is locked")
	}
	if err := put(filepath.Join(root, "install", "jupyterlite", "requirements.txt"), []byte("jupyterlite-core==1\n")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOSCHED_PYTHON", filepath.Join(root, "none"))
	env, err := b.environment(t.Context())
	if err == nil || !strings.Contains(err.Error(), "GOSCHED_PYTHON") {
		t.Errorf("without Python: %v", err)
	}
	if want := (install.Environment{Requirements: []byte("jupyterlite-core==1\n")}).Hash(); env.Hash() != want {
		t.Errorf("made of %s", env.Requirements)
	}
	script(t, env.Bin("python"), "")
	if err := put(filepath.Join(env.Dir, "gosched-ready"), []byte(env.Hash())); err != nil {
		t.Fatal(err)
	}
	if _, err := b.environment(t.Context()); err != nil {
		t.Errorf("it is there: %v", err)
	}
}
