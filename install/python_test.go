package install

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fakePython answers the probe as a Python of that minor version.
func fakePython(minor int, venv bool) string {
	return fmt.Sprintf(`echo '{"major": 3, "minor": %d, "version": "3.%d.1", "prefix": "/py", "user_base": "/base", "can_venv": %v}'`, minor, minor, venv)
}

func TestFindPython(t *testing.T) {
	tests := []struct {
		name     string
		commands map[string]string
		environ  []string
		want     string // the command found
		trouble  []string
	}{
		{name: "the usual one", commands: map[string]string{"python3": fakePython(11, true)}, want: "python3"},
		{
			name:     "a newer one beside an old one",
			commands: map[string]string{"python3": fakePython(8, true), "python3.12": fakePython(12, true)},
			want:     "python3.12",
		},
		{
			name:     "a broken one first",
			commands: map[string]string{"python3": "exit 127", "python3.13": fakePython(13, true)},
			want:     "python3.13",
		},
		{name: "none, on Debian", commands: map[string]string{"apt-get": "", "sudo": ""}, trouble: []string{"no Python here", "sudo apt-get install python3 python3-venv"}},
		{name: "none, on Fedora in a container", commands: map[string]string{"dnf": ""}, trouble: []string{"dnf install python3"}},
		{name: "too old", commands: map[string]string{"python3": fakePython(7, true)}, trouble: []string{"3.10 or newer", "3.7.1", "GOSCHED_PYTHON="}},
		{
			name:     "Debian without venv",
			commands: map[string]string{"apt-get": "", "sudo": "", "python3": fakePython(11, false)},
			trouble:  []string{"no venv module", "sudo apt-get install python3.11-venv"},
		},
		{
			name:     "GOSCHED_PYTHON that is not there",
			commands: map[string]string{"python3": fakePython(11, true)},
			environ:  []string{"GOSCHED_PYTHON=/no/such/python"},
			trouble:  []string{"/no/such/python", "unset GOSCHED_PYTHON"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			python, err := testHost(t, tt.commands, tt.environ...).FindPython(context.Background())
			if tt.want != "" {
				if err != nil || !strings.HasSuffix(python.Path, "/bin/"+tt.want) {
					t.Errorf("found %q, %v; want %s", python.Path, err, tt.want)
				}
				return
			}
			var trouble *Trouble
			if !errors.As(err, &trouble) {
				t.Fatalf("error %v, want a Trouble", err)
			}
			for _, words := range tt.trouble {
				if !strings.Contains(err.Error(), words) {
					t.Errorf("%q is not in: %v", words, err)
				}
			}
		})
	}
}

func TestSysPrefix(t *testing.T) {
	python := map[string]string{"python3": fakePython(11, true)}
	for _, tt := range []struct {
		name string
		host Host
		want string
	}{
		{"virtual environment", testHost(t, python, "VIRTUAL_ENV=/env", "CONDA_PREFIX=/conda"), "/env"},
		{"conda", testHost(t, python, "CONDA_PREFIX=/conda"), "/conda"},
		{"python3 itself", testHost(t, python), "/py"},
	} {
		if got, err := tt.host.SysPrefix(context.Background()); got != tt.want || err != nil {
			t.Errorf("%s: %q, %v; want %q", tt.name, got, err, tt.want)
		}
	}
	if prefix, err := testHost(t, nil).SysPrefix(context.Background()); err == nil {
		t.Errorf("without Python: %q", prefix)
	}
}

func TestPythonEnvironLeavesOutWhatMisleads(t *testing.T) {
	h := Host{Environ: []string{"PYTHONPATH=/x", "PIP_USER=1", "HTTPS_PROXY=http://proxy", "PIP_INDEX_URL=https://mirror"}}
	got := strings.Join(h.pythonEnviron("A=b"), " ")
	if want := "HTTPS_PROXY=http://proxy PIP_INDEX_URL=https://mirror PYTHONNOUSERSITE=1 A=b"; got != want {
		t.Errorf("environment %q, want %q", got, want)
	}
}

// debian is a Debian whose Python lacks the venv module until apt-get has
// installed it.
func debian(t *testing.T, root bool, apt string) Host {
	h := testHost(t, map[string]string{
		"python3": `if [ -e "${0%/*}/installed" ]; then ` + fakePython(11, true) + `; else ` + fakePython(11, false) + `; fi`,
		"apt-get": apt,
	})
	h.Root = root
	return h
}

func TestPreparePython(t *testing.T) {
	const works = `case "$*" in *"install python3 python3-venv") : >"${0%/*}/installed";; esac`
	for _, tt := range []struct {
		name  string
		host  Host
		told  string // what is told
		fails string
	}{
		{"root", debian(t, true, works), "installing the Debian packages python3 and python3-venv", ""},
		{"a person", debian(t, false, works), "", "apt-get install python3.11-venv"},
		{"no network", debian(t, true, "echo Could not resolve; exit 100"), "Could not resolve", "python3.11-venv"},
		{"has uv", withUV(t, debian(t, false, works)), "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var told []string
			python, err := tt.host.PreparePython(context.Background(), func(line string) { told = append(told, line) })
			if !strings.Contains(strings.Join(told, "\n"), tt.told) || (tt.told == "") != (len(told) == 0) {
				t.Errorf("told %q, want %q", told, tt.told)
			}
			if tt.fails == "" && (err != nil || python.Path == "") {
				t.Errorf("found %+v, %v", python, err)
			}
			if tt.fails != "" && (err == nil || !strings.Contains(err.Error(), tt.fails)) {
				t.Errorf("error %v, want %q", err, tt.fails)
			}
		})
	}
}

// withUV adds a uv to the host's commands.
func withUV(t *testing.T, h Host) Host {
	dir, _, _ := strings.Cut(h.Getenv("PATH"), ":")
	if err := os.WriteFile(filepath.Join(dir, "uv"), []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return h
}

func TestGoschedPython(t *testing.T) {
	h := testHost(t, map[string]string{"mine": fakePython(12, true), "old": fakePython(9, true), "strange": "echo I am Python"})
	dir := h.Getenv("PATH")
	with := func(name string) Host {
		w := h
		w.Environ = append(w.Environ[:len(w.Environ):len(w.Environ)], "GOSCHED_PYTHON="+filepath.Join(dir, name))
		return w
	}
	if python, err := with("mine").FindPython(t.Context()); err != nil || python.Version != "3.12.1" {
		t.Errorf("found %+v, %v", python, err)
	}
	for name, words := range map[string]string{"old": "3.10 or newer", "strange": "answers strangely"} {
		if _, err := with(name).FindPython(t.Context()); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: %v", name, err)
		}
		// Who names a Python wants that one: nothing is installed for another.
		root := with(name)
		root.Root = true
		if _, err := root.PreparePython(t.Context(), func(line string) { t.Errorf("it says %q", line) }); err == nil {
			t.Errorf("%s is found", name)
		}
	}
}

// The first Python on PATH may lack what the system's has.
func TestSystemPython(t *testing.T) {
	h := testHost(t, map[string]string{"python3": fakePython(12, false)})
	if got := h.systemPython(); got != "" {
		t.Errorf("the system's is %s, which is not on PATH", got)
	}
	h.Environ = append(h.Environ, "PATH="+h.Getenv("PATH")+":/usr/bin")
	want := ""
	if isExecutable("/usr/bin/python3") {
		want = "/usr/bin/python3"
	}
	if got := h.systemPython(); got != want {
		t.Errorf("the system's is %q, want %q", got, want)
	}
}

func TestSysPrefixOfABrokenPython(t *testing.T) {
	if prefix, err := testHost(t, map[string]string{"python3": "exit 1"}).SysPrefix(t.Context()); err == nil || !strings.Contains(err.Error(), "does not work") {
		t.Errorf("the prefix is %q, %v", prefix, err)
	}
}
