package gobuild

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestBuild(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":         "module sample\n\ngo 1.26\n",
		"good/main.go":   "package main\n\nfunc main() { println(\"built\") }\n",
		"broken/main.go": "package main\n\nfunc main() { missing() }\n",
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	goCommand, err := exec.LookPath("go")
	if err != nil {
		t.Skip(err)
	}
	program := filepath.Join(dir, "made", "program")
	build := func(pkg string, terminal bool) (string, error) {
		var progress strings.Builder
		err := Build(t.Context(), Config{
			Go: goCommand, Dir: dir, Package: pkg, Out: program, Name: "the kernel",
			Environ: append(os.Environ(), "GOFLAGS=-mod=mod"), Progress: &progress, Terminal: terminal,
		})
		return progress.String(), err
	}
	said, err := build("./good", true)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(said, "Compiling the kernel, ") || !strings.Contains(said, "1 of ") || !strings.HasSuffix(said, "\r\x1b[K") {
		t.Errorf("said %q", said)
	}
	if out, err := exec.Command(program).CombinedOutput(); err != nil || string(out) != "built\n" {
		t.Errorf("the program: %q, %v", out, err)
	}
	if said, err = build("./broken", false); err == nil || !strings.Contains(err.Error(), "undefined: missing") {
		t.Errorf("%v", err)
	}
	if strings.Contains(said, "\x1b") {
		t.Errorf("said %q where there is no terminal", said)
	}
	if _, err = build("./nowhere", false); err == nil || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("%v", err)
	}
}
