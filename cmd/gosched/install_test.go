package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// argv reads the command line of the kernelspec in a directory.
func argv(t *testing.T, dir string) []string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(dir, "kernel.json"))
	if err != nil {
		t.Fatal(err)
	}
	var spec struct{ Argv []string }
	if err := json.Unmarshal(content, &spec); err != nil {
		t.Fatal(err)
	}
	return spec.Argv
}

func TestContract18_InstallAndUninstall(t *testing.T) {
	env := t.TempDir()
	prefix := t.TempDir()
	for _, tt := range []struct {
		name  string
		flags []string
		dir   func(home string) string
	}{
		{"the user", nil, func(home string) string { return filepath.Join(home, ".local/share/jupyter/kernels/gosched") }},
		{"the user by flag", []string{"--user"}, func(home string) string { return filepath.Join(home, ".local/share/jupyter/kernels/gosched") }},
		{"sys-prefix", []string{"--sys-prefix"}, func(string) string { return filepath.Join(env, "share/jupyter/kernels/gosched") }},
		{"prefix", []string{"--prefix", prefix}, func(string) string { return filepath.Join(prefix, "share/jupyter/kernels/gosched") }},
		{"name", []string{"--prefix", prefix, "--name", "Go-test"}, func(string) string { return filepath.Join(prefix, "share/jupyter/kernels/go-test") }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tp := newTestProcess(t)
			tp.setenv("VIRTUAL_ENV=" + env)
			dir := tt.dir(tp.host.Home())
			for range 2 {
				tp.want(0, append([]string{"install"}, tt.flags...), dir)
			}
			program, _ := tp.executable()
			if got := argv(t, dir); len(got) != 3 || got[0] != program || got[1] != "kernel" {
				t.Errorf("argv %q", got)
			}
			tp.want(0, append([]string{"uninstall"}, tt.flags...), "Removed "+dir)
			if _, err := os.Stat(dir); !os.IsNotExist(err) {
				t.Errorf("%s is still there (%v)", dir, err)
			}
			tp.want(0, append([]string{"uninstall"}, tt.flags...), "nothing to remove")
		})
	}
}

// `go run` deletes its program, so that the kernelspec needs a copy.
func TestInstallFromGoRunKeepsTheProgram(t *testing.T) {
	tp := newTestProcess(t)
	vanishing := filepath.Join(t.TempDir(), "go-build123", "b001", "exe", "gosched")
	if err := os.MkdirAll(filepath.Dir(vanishing), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(vanishing, []byte("program"), 0o755); err != nil {
		t.Fatal(err)
	}
	tp.executable = func() (string, error) { return vanishing, nil }
	tp.want(0, []string{"install"}, "copy of the program")
	if err := os.Remove(vanishing); err != nil {
		t.Fatal(err)
	}
	kept := argv(t, filepath.Join(tp.host.UserDataDir(), "kernels", "gosched"))[0]
	if content, err := os.ReadFile(kept); err != nil || string(content) != "program" {
		t.Errorf("%s: %q, %v", kept, content, err)
	}
}

func TestUninstallTellsOfOthers(t *testing.T) {
	tp := newTestProcess(t)
	env := filepath.Join(t.TempDir(), "my env")
	tp.setenv("VIRTUAL_ENV=" + env)
	tp.want(0, []string{"install"})
	tp.want(0, []string{"install", "--sys-prefix"}, "another one in "+tp.host.UserDataDir())
	tp.want(0, []string{"uninstall"}, "still one in "+env, "gosched uninstall --prefix '"+env+"'")
}

func TestInstallRefusesOtherKernels(t *testing.T) {
	tp := newTestProcess(t)
	python := filepath.Join(tp.host.UserDataDir(), "kernels", "python3", "kernel.json")
	if err := os.MkdirAll(filepath.Dir(python), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(python, []byte(`{"argv": ["python"]}`), 0o644); err != nil {
		t.Fatal(err)
	}
	tp.want(exitFailed, []string{"install", "--name", "python3"}, "another kernel", "--name")
	tp.want(exitFailed, []string{"uninstall", "--name", "python3"}, "another kernel")
	tp.want(exitFailed, []string{"install", "--name", "a/b"}, "cannot be a kernel's name")
}

func TestWindowsIsNotSupported(t *testing.T) {
	tp := newTestProcess(t)
	tp.host.OS = "windows"
	for _, command := range []string{"install", "lab"} {
		tp.want(exitFailed, []string{command}, "does not run on Windows", "wsl --install")
	}
}

func TestInstallWithoutJupyterNamesTheLab(t *testing.T) {
	tp := newTestProcess(t)
	tp.want(0, []string{"install"}, "gosched lab")
	tp.command("jupyter", "")
	if all := tp.want(0, []string{"install"}); strings.Contains(all, "gosched lab") {
		t.Errorf("with a Jupyter on the PATH:\n%s", all)
	}
}
