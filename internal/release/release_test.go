package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/gosched/gosched/internal/testenv"
)

func TestCheckVersion(t *testing.T) {
	const changelog = "# Changelog\n\n## [Unreleased]\n\n## [0.1.0] - 2026-01-01\n"
	for version, ok := range map[string]bool{
		"v0.1.0": true, "v0.1.0-rc.1": false, "v0.1": false, "0.1.0": false, "v0.2.0": false, "": false, "v0.1.0 -X": false,
	} {
		if err := checkVersion(version, changelog); (err == nil) != ok {
			t.Errorf("%q: %v", version, err)
		}
	}
}

func TestPythonVersion(t *testing.T) {
	for version, want := range map[string]string{
		"v0.1.0": "0.1.0", "v1.2.3-rc.1": "1.2.3rc1", "v1.2.3-beta2": "1.2.3b2", "v1.0.0-alpha.10": "1.0.0a10",
	} {
		if got := pythonVersion(version); got != want {
			t.Errorf("%s is %s for Python, want %s", version, got, want)
		}
	}
}

// released is the newest version of the changelog.
func released(t *testing.T) string {
	t.Helper()
	changelog, err := os.ReadFile("../../CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(changelog)) {
		if rest, ok := strings.CutPrefix(line, "## ["); ok && !strings.HasPrefix(rest, "Unreleased") {
			version, _, _ := strings.Cut(rest, "]")
			return "v" + version
		}
	}
	t.Fatal("CHANGELOG.md has no release")
	return ""
}

// The program of this platform works and knows its version; that of a Mac,
// where nothing can be run here, is built and is one.
func TestRelease(t *testing.T) {
	testenv.Full(t, "compiles everything for another platform, which takes minutes")
	version, dist := released(t), t.TempDir()
	here := runtime.GOOS + "/" + runtime.GOARCH
	var out bytes.Buffer
	if err := run(t.Context(), &out, []string{"-version", version, "-out", dist, "-platforms", here + ",darwin/arm64", "-fast"}); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	program := filepath.Join(dist, "gosched-"+version+"-"+strings.ReplaceAll(here, "/", "-"))
	said, err := exec.CommandContext(t.Context(), program, "version").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	for _, want := range []string{"gosched " + version, "Go " + strings.TrimPrefix(runtime.Version(), "go")[:4], "engines: direct "} {
		if !strings.Contains(string(said), want) {
			t.Errorf("no %q in:\n%s", want, said)
		}
	}
	sums, err := os.ReadFile(filepath.Join(dist, "SHA256SUMS"))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(string(sums), "\n"); got != 7 || !strings.Contains(string(sums), "-darwin-arm64\n") {
		t.Errorf("sums:\n%s", sums)
	}
	if mac := regexp.MustCompile(`  gosched-[0-9.]+-py3-none-macosx_\d+_\d+_arm64\.whl\n`); !mac.Match(sums) {
		t.Errorf("no wheel for a Mac in:\n%s", sums)
	}
	lite, err := filepath.Glob(filepath.Join(dist, "jupyterlite_gosched-*-py3-none-any.whl"))
	if err != nil || len(lite) != 1 || !strings.Contains(string(sums), "  "+filepath.Base(lite[0])+"\n") {
		t.Fatalf("the wheel for JupyterLite is %v, %v; sums:\n%s", lite, err, sums)
	}
	wheel, err := zip.OpenReader(lite[0])
	if err != nil {
		t.Fatal(err)
	}
	defer wheel.Close()
	found := map[string]bool{}
	for _, f := range wheel.File {
		_, name, _ := strings.Cut(f.Name, ".data/data/share/jupyter/labextensions/jupyterlite-gosched/")
		found[name] = true
	}
	for _, want := range []string{"package.json", "kernel/gosched.wasm.br", "kernel/library.zip", "kernel/wasm_exec.js"} {
		if !found[want] {
			t.Errorf("there is no %s in the wheel for JupyterLite: %v", want, slices.Sorted(maps.Keys(found)))
		}
	}
	var materials struct {
		BOMFormat  string
		Components []struct{ Name, Version string }
	}
	if content, err := os.ReadFile(program + ".cdx.json"); err != nil {
		t.Error(err)
	} else if err := json.Unmarshal(content, &materials); err != nil {
		t.Error(err)
	}
	names := map[string]bool{}
	for _, c := range materials.Components {
		names[c.Name] = c.Version != ""
	}
	if materials.BOMFormat != "CycloneDX" || !names["golang.org/x/tools"] || !names["std"] {
		t.Errorf("the bill of materials is %+v", materials)
	}
	if err := checkProgram(program, "darwin", "arm64"); err == nil {
		t.Error("a program of one platform passes as one of another")
	}
}
