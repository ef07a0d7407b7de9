package main

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/andybalholm/brotli"

	"github.com/gosched/gosched/internal/testenv"
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

// The extension has the kernel in it, packed, and what it loads when it has started.
func TestExtension(t *testing.T) {
	testenv.Full(t, "compiles the kernel for the browser")
	testenv.Need(t, "go")
	dir := t.TempDir()
	stale := filepath.Join(dir, "stale.js")
	if err := os.WriteFile(stale, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	if err := run(t.Context(), &said, []string{"-extension", "-fast", "-out", dir, "-version", "v1.2.3"}); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(said.String(), "compiling the kernel\nthe kernel is ") {
		t.Errorf("said %q", &said)
	}
	if _, err := os.Stat(stale); !os.IsNotExist(err) {
		t.Errorf("what was there before still is: %v", err)
	}
	for _, name := range []string{"package.json", "kernel/wasm_exec.js", "kernel/logo-svg.svg"} {
		if info, err := os.Stat(filepath.Join(dir, filepath.FromSlash(name))); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	packed, err := os.ReadFile(filepath.Join(dir, "kernel", "gosched.wasm.br"))
	if err != nil {
		t.Fatal(err)
	}
	program, err := io.ReadAll(brotli.NewReader(bytes.NewReader(packed)))
	if err != nil || !bytes.HasPrefix(program, []byte("\x00asm")) || !bytes.Contains(program, []byte("v1.2.3")) {
		t.Errorf("the kernel is %d bytes, %v", len(program), err)
	}
	library, err := zip.OpenReader(filepath.Join(dir, "kernel", libraryName))
	if err != nil {
		t.Fatal(err)
	}
	defer library.Close()
	has := map[string]bool{}
	for _, f := range library.File {
		has[f.Name] = true
	}
	for name, want := range map[string]bool{"docs/fmt": true, "types/net/http": true, "types/fmt": false, "docs/net/http": true} {
		if has[name] != want {
			t.Errorf("%s is in the library: %v, want %v", name, has[name], want)
		}
	}
}

// The fonts but one are left out, and nothing else of the module is another one.
func TestLightModule(t *testing.T) {
	testenv.Need(t, "go")
	root, err := moduleRoot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b, dir := &builder{root: root, out: io.Discard}, t.TempDir()
	file, err := b.lightModule(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	own, err := os.ReadFile(b.path("go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	if rest, ok := bytes.CutPrefix(got, own); !ok || !strings.Contains(string(rest), fontModule+" => ") {
		t.Errorf("the go.mod file is\n%s", got)
	}
	fonts, err := filepath.Glob(filepath.Join(dir, "fonts", "liberation*", "data.go"))
	if err != nil || len(fonts) < 11 {
		t.Errorf("fonts %v, %v", fonts, err)
	}
	for _, font := range fonts {
		files, err := filepath.Glob(filepath.Join(filepath.Dir(font), "*.ttf"))
		if isUsed := filepath.Base(filepath.Dir(font)) == fontUsed; err != nil || (len(files) == 1) != isUsed {
			t.Errorf("beside %s are %v, %v", font, files, err)
		}
	}
}

// What is ours comes before the site's service worker, which works offline by a list of
// its files.
func TestOffline(t *testing.T) {
	root, err := moduleRoot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b, dir := &builder{root: root}, t.TempDir()
	if err := b.offline(dir); err == nil {
		t.Error("no error for a site without a service worker")
	}
	for name, text := range map[string]string{workerName: "theirs()", "lab/index.html": "", "bootstrap.js": ""} {
		if err := put(filepath.Join(dir, filepath.FromSlash(name)), []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.offline(dir); err != nil {
		t.Fatal(err)
	}
	for name, check := range map[string]func(string) bool{
		workerName: func(s string) bool { return strings.HasSuffix(s, "theirs()") && len(s) > len("theirs()") },
		keptName:   func(s string) bool { return s == `["bootstrap.js","lab/index.html"]` },
	} {
		if text, err := os.ReadFile(filepath.Join(dir, name)); err != nil || !check(string(text)) {
			t.Errorf("%s is %s, %v", name, text, err)
		}
	}
}

// What cannot be built is told before minutes have gone.
func TestRefuses(t *testing.T) {
	empty := t.TempDir()
	if err := run(t.Context(), io.Discard, []string{"-contents", empty, "-out", filepath.Join(empty, "site")}); err == nil || !strings.Contains(err.Error(), "there are no notebooks in "+empty) {
		t.Errorf("no notebooks: %v", err)
	}
	if err := run(t.Context(), io.Discard, []string{"-quick"}); err == nil || err == flag.ErrHelp {
		t.Errorf("a flag that is not there: %v", err)
	}
	bad := filepath.Join(empty, "bad.ipynb")
	if err := put(bad, []byte("{")); err != nil {
		t.Fatal(err)
	}
	if err := copyBlank(bad, filepath.Join(empty, "copy.ipynb")); err == nil || !strings.Contains(err.Error(), "bad.ipynb") {
		t.Errorf("a file that is no notebook: %v", err)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if err := run(over, io.Discard, []string{"-extension", "-out", filepath.Join(empty, "ext")}); err == nil {
		t.Error("no error where the time is over")
	}
	t.Chdir(empty)
	if err := run(t.Context(), io.Discard, nil); err == nil || !strings.Contains(err.Error(), "run this in the checkout") {
		t.Errorf("outside of the checkout: %v", err)
	}
}
