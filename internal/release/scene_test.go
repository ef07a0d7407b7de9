package main

import (
	"bytes"
	"debug/elf"
	"debug/macho"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gosched/gosched/install"
)

// A scene is a checkout with the version 1.2.3 on a machine that has only the tools of a
// test: scripts that write down how they were called.
type scene struct{ root, dist string }

// sceneGo is the go command: it "compiles" what the test has made for the platform.
const sceneGo = `last() { while [ $# -gt 1 ] && [ "$1" != "$flag" ]; do shift; done; echo "$2"; }
case "$1" in
env) [ "$2" != GOMOD ] || echo "$SCENE/go.mod" ;;
build) flag=-o; cp "$SCENE/programs/$GOOS-$GOARCH" "$(last "$@")" ;;
tool) flag=-output; echo materials >"$(last "$@")" ;;
run) flag=-out; to=$(last "$@"); mkdir -p "$to"; echo >"$to/package.json" ;;
esac`

// scenePython builds a wheel, which is a list of what it is made of.
const scenePython = `while [ "$1" != --outdir ]; do shift; done
name=$(cat "$3/pyproject.toml")-$GOSCHED_WHEEL_VERSION-$GOSCHED_WHEEL_TAG.whl
mkdir "$2"; (cd "$3" && find . -type f | sort) >"$2/$name"`

func newScene(t *testing.T) *scene {
	t.Helper()
	s := &scene{root: t.TempDir()}
	s.dist = filepath.Join(s.root, "dist")
	t.Chdir(s.root)
	t.Setenv("SCENE", s.root)
	t.Setenv("PATH", filepath.Join(s.root, "tools")+":/usr/bin:/bin")
	for name, text := range map[string]string{
		"go.mod":                                   "module github.com/gosched/gosched\n",
		"CHANGELOG.md":                             "## [Unreleased]\n\n## [1.2.3-rc.1] - 2026-01-02\n",
		"install/wheel/requirements.txt":           "build==1\n",
		"install/wheel/pyproject.toml":             "gosched",
		"install/wheel/README.md":                  "",
		"install/wheel/hatch_build.py":             "",
		"install/jupyterlite/wheel/pyproject.toml": "jupyterlite_gosched",
		"install/jupyterlite/wheel/README.md":      "",
		"programs/linux-amd64":                     elfProgram(t, elf.EM_X86_64, elf.PT_LOAD),
		"programs/linux-arm64":                     elfProgram(t, elf.EM_AARCH64, elf.PT_LOAD),
		"programs/darwin-amd64":                    machProgram(t, macho.CpuAmd64, 12<<16, "/usr/lib/libSystem.B.dylib"),
		"programs/darwin-arm64":                    machProgram(t, macho.CpuArm64, 11<<16|3<<8, "/usr/lib/libSystem.B.dylib"),
	} {
		s.write(t, name, text, 0o644)
	}
	s.tool(t, "tools/go", sceneGo)
	tools := install.Environment{Dir: filepath.Join(s.root, ".venv", "wheel"), Requirements: []byte("build==1\n")}
	s.write(t, ".venv/wheel/gosched-ready", tools.Hash(), 0o644)
	s.tool(t, ".venv/wheel/bin/python", scenePython)
	s.tool(t, ".venv/wheel/bin/twine", "")
	s.tool(t, ".venv/wheel/bin/check-wheel-contents", "")
	return s
}

func (s *scene) write(t *testing.T, name, text string, mode os.FileMode) {
	t.Helper()
	file := filepath.Join(s.root, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

// tool adds a command.
func (s *scene) tool(t *testing.T, name, script string) {
	t.Helper()
	note := `echo "cgo=$CGO_ENABLED $GOOS/$GOARCH: $(basename "$0") $*" >>"$SCENE/calls"`
	s.write(t, name, "#!/bin/sh\n"+note+"\n"+script+"\n", 0o755)
}

// release runs the command for the scene's version.
func (s *scene) release(t *testing.T, args ...string) (said string, err error) {
	t.Helper()
	var out bytes.Buffer
	err = run(t.Context(), &out, append([]string{"-version", "v1.2.3-rc.1", "-out", s.dist}, args...))
	return out.String(), err
}

// calls is how tools were called.
func (s *scene) calls(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(s.root, "calls"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// elfProgram is the head of a program for Linux with empty segments.
func elfProgram(t *testing.T, machine elf.Machine, segments ...elf.ProgType) string {
	t.Helper()
	head := elf.Header64{
		Type: uint16(elf.ET_EXEC), Machine: uint16(machine), Version: uint32(elf.EV_CURRENT),
		Phoff: 64, Ehsize: 64, Phentsize: 56, Phnum: uint16(len(segments)), Shentsize: 64,
	}
	copy(head.Ident[:], elf.ELFMAG)
	head.Ident[elf.EI_CLASS], head.Ident[elf.EI_DATA], head.Ident[elf.EI_VERSION] = byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), byte(elf.EV_CURRENT)
	parts := []any{head}
	for _, segment := range segments {
		parts = append(parts, elf.Prog64{Type: uint32(segment)})
	}
	return written(t, parts...)
}

// machProgram is the head of a program for macOS from a version on, if that is not zero.
func machProgram(t *testing.T, cpu macho.Cpu, oldest uint32, libraries ...string) string {
	t.Helper()
	var loads []any
	if oldest != 0 {
		loads = append(loads, []uint32{0x32, 24, 1, oldest, oldest, 0})
	}
	size := 24 * len(loads)
	for _, library := range libraries {
		name := append([]byte(library), make([]byte, 8-len(library)%8)...)
		loads = append(loads, []uint32{uint32(macho.LoadCmdDylib), uint32(24 + len(name)), 24, 0, 0, 0}, name)
		size += 24 + len(name)
	}
	count := len(libraries)
	if oldest != 0 {
		count++
	}
	head := []uint32{macho.Magic64, uint32(cpu), 0, uint32(macho.TypeExec), uint32(count), uint32(size), 0, 0}
	return written(t, append([]any{head}, loads...)...)
}

func written(t *testing.T, parts ...any) string {
	t.Helper()
	var b strings.Builder
	for _, part := range parts {
		if err := binary.Write(&b, binary.LittleEndian, part); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}
