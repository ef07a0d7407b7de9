package main

import (
	"crypto/sha256"
	"debug/elf"
	"debug/macho"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What is written for each platform, what it is called, and what it is made of.
func TestMade(t *testing.T) {
	const program, bill = "gosched-v1.2.3-rc.1-", ".cdx.json"
	lite := "jupyterlite_gosched-1.2.3rc1-py3-none-any.whl"
	wheels := map[string]string{
		"linux-amd64":  "gosched-1.2.3rc1-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.musllinux_1_1_x86_64.whl",
		"linux-arm64":  "gosched-1.2.3rc1-py3-none-manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64.whl",
		"darwin-amd64": "gosched-1.2.3rc1-py3-none-macosx_12_0_x86_64.whl",
		"darwin-arm64": "gosched-1.2.3rc1-py3-none-macosx_11_3_arm64.whl",
	}
	all := []string{lite}
	for platform, wheel := range wheels {
		all = append(all, program+platform, program+platform+bill, wheel)
	}
	for _, tt := range []struct {
		name string
		args []string
		made []string
	}{
		{"all", nil, all},
		{"one platform", []string{"-platforms", "linux/arm64", "-lite=false"},
			[]string{program + "linux-arm64", program + "linux-arm64" + bill, wheels["linux-arm64"]}},
		{"no wheels", []string{"-platforms", "linux/amd64,darwin/arm64", "-wheels=false"},
			[]string{program + "linux-amd64", program + "linux-amd64" + bill, program + "darwin-arm64", program + "darwin-arm64" + bill}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newScene(t)
			if said, err := s.release(t, tt.args...); err != nil {
				t.Fatalf("%v\n%s", err, said)
			}
			sums, err := os.ReadFile(filepath.Join(s.dist, "SHA256SUMS"))
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range tt.made {
				content, err := os.ReadFile(filepath.Join(s.dist, name))
				if err != nil {
					t.Error(err)
				}
				if line := fmt.Sprintf("%x  %s\n", sha256.Sum256(content), name); !strings.Contains(string(sums), line) {
					t.Errorf("no line %q in\n%s", line, sums)
				}
			}
			files, err := os.ReadDir(s.dist)
			if err != nil || len(files) != len(tt.made)+1 || strings.Count(string(sums), "\n") != len(tt.made) {
				t.Errorf("%d files, %v, want %d; the sums are\n%s", len(files), err, len(tt.made)+1, sums)
			}
		})
	}
}

// Programs are compiled the same anywhere; wheels have the program and its kernelspecs,
// and are looked at by Python's own tools.
func TestHowMade(t *testing.T) {
	s := newScene(t)
	if said, err := s.release(t, "-platforms", "darwin/arm64", "-fast"); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	calls := s.calls(t)
	for _, want := range []string{
		"cgo=0 darwin/arm64: go build -trimpath -buildvcs=false -ldflags -s -w -X main.release=v1.2.3-rc.1 -o ",
		"-noserial -notimestamp -version v1.2.3-rc.1 -output ",
		"go run ./internal/site -extension -version v1.2.3-rc.1 -out ", " -fast=true",
		": twine check --strict " + s.dist + "/gosched-", ": check-wheel-contents --config " + s.root + "/install/wheel/pyproject.toml ",
		": twine check --strict " + s.dist + "/jupyterlite_gosched-", "/install/jupyterlite/wheel/pyproject.toml ",
	} {
		if !strings.Contains(calls, want) {
			t.Errorf("no %q in\n%s", want, calls)
		}
	}
	for name, parts := range map[string][]string{
		"gosched-1.2.3rc1-py3-none-macosx_11_3_arm64.whl": {"./bin/gosched", "./share/jupyter/kernels/gosched/kernel.json", "./share/jupyter/kernels/gosched-yaegi/kernel.json", "./README.md"},
		"jupyterlite_gosched-1.2.3rc1-py3-none-any.whl":   {"./share/jupyter/labextensions/jupyterlite-gosched/package.json", "./hatch_build.py"},
	} {
		content, err := os.ReadFile(filepath.Join(s.dist, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range parts {
			if !strings.Contains(string(content), part+"\n") {
				t.Errorf("no %s in %s:\n%s", part, name, content)
			}
		}
	}
}

// The tools that build wheels are got once, with what is pinned.
func TestGetsTools(t *testing.T) {
	s := newScene(t)
	ready := filepath.Join(s.root, ".venv", "wheel", "gosched-ready")
	if err := os.WriteFile(ready, []byte("older"), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOSCHED_PYTHON", filepath.Join(s.root, "none"))
	if said, err := s.release(t); err == nil || !strings.Contains(err.Error(), "GOSCHED_PYTHON") {
		t.Errorf("without Python: %v\n%s", err, said)
	}
	if _, err := s.release(t, "-wheels=false"); err != nil {
		t.Errorf("without Python and wheels: %v", err)
	}
}

// What cannot be released is said before anything is made.
func TestRefused(t *testing.T) {
	for _, tt := range []struct{ args, want string }{
		{"-platforms linux/amd64,plan9/386", `"plan9/386"; it runs on linux/amd64, `},
		{"-version v9.0.0", "no entry for v9.0.0"},
		{"-speed", "not defined: -speed"},
	} {
		s := newScene(t)
		said, err := s.release(t, strings.Fields(tt.args)...)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v\n%s\nwant %q", tt.args, err, said, tt.want)
		}
		if _, err := os.Stat(s.dist); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: something is there: %v", tt.args, err)
		}
	}
}

// What goes wrong is told with the words of the tool, and no sums are written.
func TestNotMade(t *testing.T) {
	for _, tt := range []struct {
		name, tool, script string
		want               []string
	}{
		{"it does not compile", "tools/go", sceneGo + "\n" + `[ "$1" != build ] || { echo undefined: missing; exit 1; }`, []string{"linux/amd64: ", "undefined: missing"}},
		{"another platform's program", "tools/go", strings.ReplaceAll(sceneGo, "$GOARCH", "arm64"), []string{"linux/amd64: ", "AARCH64"}},
		{"no bill", "tools/go", sceneGo + "\n" + `[ "$1" != tool ] || { echo no such tool; exit 1; }`, []string{"bill of materials", "no such tool"}},
		{"no extension", "tools/go", sceneGo + "\n" + `[ "$1" != run ] || { echo no site; exit 1; }`, []string{"js/wasm: ", "no site"}},
		{"no checkout", "tools/go", "echo /nowhere/go.mod", []string{"run this in the checkout"}},
		{"no go", "tools/go", "exit 1", []string{"where the module is"}},
		{"no wheel", ".venv/wheel/bin/python", "echo no backend; exit 1", []string{"build the wheel", "no backend"}},
		{"two wheels", ".venv/wheel/bin/python", scenePython + "\n" + `echo >"$2/two.whl"`, []string{"two.whl"}},
		{"a wheel that PyPI refuses", ".venv/wheel/bin/twine", "echo bad metadata; exit 1", []string{"twine: ", "bad metadata"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newScene(t)
			s.tool(t, tt.tool, tt.script)
			said, err := s.release(t, "-platforms", "linux/amd64")
			for _, want := range tt.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("%v\n%s\nwant %q", err, said, want)
				}
			}
			if _, err := os.Stat(filepath.Join(s.dist, "SHA256SUMS")); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("there are sums: %v", err)
			}
		})
	}
}

// A program has to be for its platform, and may need nothing that may not be there.
func TestCheckProgram(t *testing.T) {
	const system, own = "/usr/lib/libSystem.B.dylib", "/opt/homebrew/lib/libzmq.dylib"
	for _, tt := range []struct{ name, program, goos, goarch, problem string }{
		{"Linux", elfProgram(t, elf.EM_X86_64, elf.PT_LOAD), "linux", "amd64", ""},
		{"Linux on ARM", elfProgram(t, elf.EM_AARCH64, elf.PT_LOAD, elf.PT_NOTE), "linux", "arm64", ""},
		{"the other processor", elfProgram(t, elf.EM_X86_64), "linux", "arm64", "EM_X86_64"},
		{"with an interpreter", elfProgram(t, elf.EM_X86_64, elf.PT_LOAD, elf.PT_INTERP), "linux", "amd64", "not static"},
		{"with libraries", elfProgram(t, elf.EM_X86_64, elf.PT_DYNAMIC), "linux", "amd64", "not static"},
		{"a Mac's on Linux", machProgram(t, macho.CpuAmd64, 12<<16), "linux", "amd64", "bad magic number"},
		{"Mac", machProgram(t, macho.CpuArm64, 12<<16, system, "/System/Library/Frameworks/Security.framework/Security"), "darwin", "arm64", ""},
		{"an older Mac", machProgram(t, macho.CpuAmd64, 12<<16, system), "darwin", "arm64", "CpuAmd64"},
		{"with a library of its own", machProgram(t, macho.CpuArm64, 12<<16, system, own), "darwin", "arm64", "needs " + own},
		{"Linux' on a Mac", elfProgram(t, elf.EM_AARCH64), "darwin", "arm64", "invalid magic number"},
		{"Windows", "", "windows", "amd64", "not known"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "program")
			if err := os.WriteFile(path, []byte(tt.program), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := checkProgram(path, tt.goos, tt.goarch); (err == nil) != (tt.problem == "") || err != nil && !strings.Contains(err.Error(), tt.problem) {
				t.Errorf("%v, want %q", err, tt.problem)
			}
		})
	}
}

// A wheel for Macs says which ones, so a program must.
func TestWheelTag(t *testing.T) {
	path := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(path, []byte(machProgram(t, macho.CpuArm64, 0)), 0o755); err != nil {
		t.Fatal(err)
	}
	for goos, want := range map[string]string{"darwin": "which macOS", "windows": "not known"} {
		if tag, err := wheelTag(path, goos, "arm64"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %q, %v, want %q", goos, tag, err, want)
		}
	}
	if tag, err := wheelTag(path+"s", "darwin", "arm64"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("of no program: %q, %v", tag, err)
	}
}
