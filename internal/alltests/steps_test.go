package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gosched/gosched/install"
)

// A scene is a checkout on a machine that has only the tools of a test: scripts that
// write down how they were called.
type scene struct {
	*tree
	said  strings.Builder
	tools string
	calls string
}

// fakeGo is the go command as far as the steps ask it for something. Tests give it
// events, and may have it fail.
const fakeGo = `case "$1 $2" in
"env GOMOD") echo "$SCENE/go.mod";;
"env GOVERSION") echo go1.26.8;;
"env GOEXPERIMENT") exit 1;;
"list ./...") for p in cmd/gosched internal/conform kernel kernel/engine kernel/jit/arm64; do echo github.com/gosched/gosched/$p; done;;
"test -json") cat "$SCENE/events"; exit $(cat "$SCENE/status" 2>/dev/null || echo 0);;
esac`

// newScene makes the scene with tools by name, what they do as a shell script.
func newScene(t *testing.T, tools map[string]string) *scene {
	t.Helper()
	root := t.TempDir()
	s := &scene{tools: filepath.Join(root, "tools"), calls: filepath.Join(root, "calls")}
	t.Setenv("SCENE", root)
	t.Setenv("PATH", s.tools+":/usr/bin:/bin")
	for _, name := range []string{"CGO_ENABLED", "GOFLAGS", "GOTOOLCHAIN", "GOSCHED_TEST_ALL", "GOSCHED_TEST_SOAK"} {
		t.Setenv(name, "")
	}
	s.tree = &tree{root: root, out: &s.said, host: install.Host{OS: "linux", Environ: []string{"SCENE=" + root, "PATH=" + s.tools}}}
	s.env = install.Environment{Dir: s.path(".test", "venv"), Requirements: requirements}
	s.write(t, "go.mod", "module github.com/gosched/gosched\n")
	s.write(t, "events", `{"Action":"pass","Package":"github.com/gosched/gosched/kernel","Test":"TestOne"}`+"\n")
	for name, script := range tools {
		s.tool(t, filepath.Join("tools", name), script)
	}
	return s
}

func (s *scene) write(t *testing.T, name, content string) {
	t.Helper()
	file := s.path(filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// tool adds a command.
func (s *scene) tool(t *testing.T, name, script string) {
	t.Helper()
	note := `PATH=$PATH:/usr/bin:/bin
echo "all=$GOSCHED_TEST_ALL soak=$GOSCHED_TEST_SOAK cgo=$CGO_ENABLED $GOFLAGS $GOTOOLCHAIN: $(basename "$0") $*" >>"$SCENE/calls"`
	s.write(t, name, "#!/bin/sh\n"+note+"\n"+script+"\n")
	if err := os.Chmod(s.path(filepath.FromSlash(name)), 0o755); err != nil {
		t.Fatal(err)
	}
}

// ready adds an environment with what is locked, and commands in it.
func (s *scene) ready(t *testing.T, env install.Environment, commands map[string]string) {
	t.Helper()
	dir, err := filepath.Rel(s.root, env.Dir)
	if err != nil {
		t.Fatal(err)
	}
	s.write(t, filepath.Join(dir, "gosched-ready"), env.Hash())
	for name, script := range commands {
		s.tool(t, filepath.Join(dir, "bin", name), script)
	}
	if !env.Ready() {
		t.Fatalf("%s is not ready", dir)
	}
}

// called returns how tools were called, and forgets it.
func (s *scene) called(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(s.calls)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	_ = os.Remove(s.calls)
	return string(text)
}

// step is a step of this name.
func named(t *testing.T, name string) step {
	t.Helper()
	i := slices.IndexFunc(steps(), func(s step) bool { return s.name == name })
	if i < 0 {
		t.Fatalf("there is no step %s", name)
	}
	return steps()[i]
}

// What the steps have the go command do, and with which settings.
func TestGoSteps(t *testing.T) {
	const released = "cgo=0 -trimpath "
	for _, tt := range []struct {
		step          string
		want, without []string
	}{
		{"vet", []string{released + ": go vet ./..."}, nil},
		{"staticcheck", []string{released + ": go tool -modfile=", "tools/go.mod staticcheck ./..."}, nil},
		// What takes long comes first, and what compiles for others has a step of its own.
		{"go", []string{"all=1 soak= " + released, "-vet=off -timeout 30m ./internal/conform ./kernel/engine ./internal/course ./cmd/gosched"}, []string{"arm64"}},
		{"elsewhere", []string{"all=1", "-p 1", "./kernel/jit/arm64"}, []string{"./kernel/engine"}},
		{"race", []string{"all= soak= cgo= ", "-race -short", "./kernel/worker"}, nil},
		{"releases", []string{"cgo= -trimpath go1.27.4: go version", "all= soak= cgo= -trimpath go1.27.4: go test -json", "-short", "./kernel/..."}, []string{"go1.26"}},
		{"soak", []string{"soak=10m", "-run ^TestSoak$ ./internal/load/soak"}, nil},
	} {
		t.Run(tt.step, func(t *testing.T) {
			s := newScene(t, map[string]string{"go": fakeGo})
			s.strict = true
			if result, err := named(t, tt.step).run(t.Context(), s.tree); err != nil || result.passed == 0 || result.failed != 0 {
				t.Errorf("%+v, %v; it said\n%s", result, err, &s.said)
			}
			calls := s.called(t)
			for _, want := range tt.want {
				if !strings.Contains(calls, want) {
					t.Errorf("no %q in\n%s", want, calls)
				}
			}
			for _, not := range tt.without {
				if strings.Contains(calls, not) {
					t.Errorf("%q in\n%s", not, calls)
				}
			}
			s.tool(t, "tools/go", "exit 3")
			if result, err := named(t, tt.step).run(t.Context(), s.tree); err == nil {
				t.Errorf("the go command fails, and it is %+v", result)
			}
		})
	}
}

// What is compiled ahead of steps is what they test, with the same settings.
func TestCompiledAhead(t *testing.T) {
	for step, want := range map[string]string{
		"race":     "cgo= -trimpath : go list -test -deps -export -race ./kernel/engine ./kernel ",
		"releases": "cgo= -trimpath go1.27.4: go list -test -deps -export ./kernel/engine ./kernel/... ",
	} {
		s := newScene(t, map[string]string{"go": fakeGo})
		named(t, step).ahead(t.Context(), s.tree)
		if calls := s.called(t); !strings.Contains(calls, want) {
			t.Errorf("ahead of %s there is no %q in\n%s", step, want, calls)
		}
	}
}

// Who wants to know whether the tests pass does not wait for the soak.
func TestNoSoak(t *testing.T) {
	s := newScene(t, map[string]string{"go": fakeGo})
	if result, err := soakTest(t.Context(), s.tree); err != nil || result.passed != 0 || s.called(t) != "" {
		t.Errorf("%+v, %v", result, err)
	}
}

// What a step lacks is told, and fails with strict.
func TestLacking(t *testing.T) {
	for _, tt := range []struct{ step, lacks string }{
		{"gofmt", "git"}, {"race", "gcc"}, {"panel", "npm"}, {"python", "python3-venv"},
	} {
		s := newScene(t, map[string]string{"go": "exit 1"})
		s.absent = map[string]need{tt.lacks: {pkg: tt.lacks}}
		result, err := named(t, tt.step).run(t.Context(), s.tree)
		if err != nil || len(result.skipped) != 1 || !strings.Contains(result.skipped[0], tt.lacks+" is not here; to have it: ") {
			t.Errorf("%s without %s: %+v, %v", tt.step, tt.lacks, result, err)
		}
		s.strict = true
		if result, err := named(t, tt.step).run(t.Context(), s.tree); err == nil || len(result.skipped) > 0 {
			t.Errorf("%s without %s, strict: %+v, %v", tt.step, tt.lacks, result, err)
		}
	}
}

// A release that cannot be fetched is told, and fails with strict.
func TestReleaseThatCannotBeHad(t *testing.T) {
	s := newScene(t, map[string]string{"go": fakeGo + "\n[ $1 != version ] || { echo no such release; exit 1; }"})
	result, err := releasesTest(t.Context(), s.tree)
	if err != nil || len(result.skipped) != 1 || !strings.Contains(result.skipped[0], "go1.27.4 cannot be had here: no such release") {
		t.Errorf("%+v, %v", result, err)
	}
	s.strict = true
	if _, err := releasesTest(t.Context(), s.tree); err == nil || !strings.Contains(err.Error(), "no such release") {
		t.Errorf("strict: %v", err)
	}
}

// All that was found is told at the end, and what failed makes the whole fail.
func TestRun(t *testing.T) {
	s := newScene(t, map[string]string{"go": fakeGo})
	t.Chdir(s.root)
	var out strings.Builder
	if err := run(t.Context(), &out, []string{"vet", "race"}, false); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	for _, want := range []string{"\n=== race\n", "\n=== summary\n", "vet              1 passed    0 failed"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, &out)
		}
	}
	if !strings.HasSuffix(out.String(), "\n2 passed, 0 failed\n") {
		t.Errorf("at the end of\n%s", &out)
	}

	out.Reset()
	s.write(t, "events", strings.ReplaceAll(`{"Action":"output","Package":"PKG","Test":"TestTwo","Output":"the reason\n"}
{"Action":"fail","Package":"PKG","Test":"TestTwo"}
{"Action":"fail","Package":"PKG"}
`, "PKG", "github.com/gosched/gosched/kernel"))
	s.write(t, "status", "1")
	if err := run(t.Context(), &out, []string{"race"}, false); !errors.Is(err, errFailed) {
		t.Errorf("a test fails: %v", err)
	}
	if want := "FAILED kernel TestTwo\n0 passed, 1 failed\n"; !strings.HasSuffix(out.String(), want) || strings.Count(out.String(), "once more: kernel TestTwo\n") != timesAgain {
		t.Errorf("a test fails:\n%s", &out)
	}

	s.write(t, "go.mod", "module example.com/other\n")
	if err := run(t.Context(), &out, []string{"vet"}, false); err == nil || !strings.Contains(err.Error(), "run this in the checkout") {
		t.Errorf("in another module: %v", err)
	}
}

// Steps that test with what the setup makes have it run before them.
func TestRunSetsUp(t *testing.T) {
	s := newScene(t, map[string]string{"go": fmt.Sprintf("if [ $1 = build ]; then echo '%s' >&2; exit 1; fi\n%s", "it does not compile", fakeGo)})
	t.Setenv("GOSCHED_PYTHON", s.path("none"))
	t.Chdir(s.root)
	var out strings.Builder
	if err := run(t.Context(), &out, []string{"elsewhere"}, false); !errors.Is(err, errFailed) {
		t.Errorf("without gosched: %v", err)
	}
	if !strings.Contains(out.String(), "\n=== setup\n") || !strings.Contains(out.String(), "it does not compile") || !strings.Contains(out.String(), "FAILED setup\n") {
		t.Errorf("without gosched:\n%s", &out)
	}
}
