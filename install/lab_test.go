package install

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// venvPython is a fake Python whose venv is a directory with a fake Python in
// it, and whose pip does what the script says.
func venvPython(pip string) string {
	return `case "$1 $2" in
"-m venv") mkdir -p "$3/bin" && printf '#!/bin/sh\n%s\n' '` + pip + `' >"$3/bin/python" && chmod +x "$3/bin/python";;
*) ` + fakePython(12, true) + `;;
esac`
}

// withTools puts the real commands that scripts need after the fake ones.
func withTools(h Host) Host {
	h.Environ = append(h.Environ, "PATH="+h.Getenv("PATH")+":/usr/bin:/bin")
	return h
}

func testKernel(t *testing.T) Kernelspec {
	return Kernelspec{Name: DefaultName, DisplayName: DefaultDisplayName, Executable: fakeExecutable(t, "binary"), Version: "v1"}
}

// listenTo keeps what is told.
func listenTo(told *[]string) Listener {
	keep := func(what string) { *told = append(*told, what) }
	return Listener{Progress: keep, Say: keep}
}

func TestContract18_LabIsMadeOnce(t *testing.T) {
	h := withTools(testHost(t, map[string]string{"python3": venvPython(`echo "Collecting jupyterlab==4 (from x)"; echo ran >>"$(dirname "$0")/pip-runs"`)}))
	var told []string
	for range 2 {
		lab, err := h.OpenLab(context.Background(), testKernel(t), listenTo(&told))
		if err != nil {
			t.Fatal(err)
		}
		defer lab.Close()
		runs, err := os.ReadFile(lab.Bin("pip-runs"))
		if err != nil || string(runs) != "ran\n" {
			t.Fatalf("pip runs: %q, %v", runs, err)
		}
		if found := Find([]string{PrefixDataDir(lab.Dir)}); len(found) != 1 || found[0].Name != "gosched" {
			t.Errorf("kernelspecs in the lab: %+v", found)
		}
	}
	if got := strings.Join(told, "; "); got != "making a Python environment; Collecting jupyterlab==4" {
		t.Errorf("progress: %q", got)
	}
}

func TestLabIsMadeAgainAfterFailure(t *testing.T) {
	h := withTools(testHost(t, map[string]string{"python3": venvPython(`echo "ERROR: no network today"; exit 1`)}))
	_, err := h.OpenLab(context.Background(), testKernel(t), listenTo(new([]string)))
	var trouble *Trouble
	if !errors.As(err, &trouble) || !strings.Contains(err.Error(), "no network today") {
		t.Fatalf("error: %v", err)
	}
	if h.LabEnvironment().Ready() {
		t.Error("a half-made environment counts as ready")
	}
	python := h.LookPath("python3")
	if err := os.WriteFile(python, []byte("#!/bin/sh\n"+venvPython("exit 0")), 0o755); err != nil {
		t.Fatal(err)
	}
	lab, err := h.OpenLab(context.Background(), testKernel(t), listenTo(new([]string)))
	if err != nil {
		t.Fatal(err)
	}
	lab.Close()
}

func TestOlderLabsAreRemovedUnlessInUse(t *testing.T) {
	h := withTools(testHost(t, map[string]string{"python3": venvPython("exit 0")}))
	idle, used := filepath.Join(h.CacheDir(), "lab-idle"), filepath.Join(h.CacheDir(), "lab-used")
	for _, dir := range []string{idle, used} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	lock, err := tryLockFile(used+".lock", shared)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.close()
	lab, err := h.OpenLab(context.Background(), testKernel(t), listenTo(new([]string)))
	if err != nil {
		t.Fatal(err)
	}
	defer lab.Close()
	if isDir(idle) {
		t.Error("an idle older environment is still there")
	}
	if !isDir(used) {
		t.Error("an older environment in use was removed")
	}
}

func TestLockFileWaits(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	held, err := tryLockFile(path, alone)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	waited := false
	if _, err := lockFile(ctx, path, shared, func() { waited = true }); !errors.Is(err, context.DeadlineExceeded) || !waited {
		t.Errorf("lock that is held: %v, waited %v", err, waited)
	}
	held.close()
	lock, err := lockFile(context.Background(), path, shared, func() { t.Error("waits for a free lock") })
	if err != nil {
		t.Fatal(err)
	}
	lock.close()
}

// The lock must name every package with version and hashes, since it is
// installed without resolving.
func TestRequirementsAreALock(t *testing.T) {
	wanted, err := os.ReadFile("requirements.in")
	if err != nil {
		t.Fatal(err)
	}
	pinned := regexp.MustCompile(`(?m)^[a-z0-9-]+==\S+.* \\$`)
	entries := pinned.FindAllIndex(Requirements, -1)
	if len(entries) < 50 {
		t.Fatalf("only %d packages in the lock", len(entries))
	}
	for i, entry := range entries {
		end := len(Requirements)
		if i+1 < len(entries) {
			end = entries[i+1][0]
		}
		if body := Requirements[entry[0]:end]; !bytes.Contains(body, []byte("--hash=sha256:")) {
			t.Errorf("no hash: %s", body)
		}
	}
	for line := range strings.Lines(string(wanted)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, _, exact := strings.Cut(line, "==")
		want := "\n" + name + "=="
		if exact {
			want = "\n" + line + " "
		}
		if !bytes.Contains(Requirements, []byte(want)) {
			t.Errorf("requirements.txt has no %q: make it again", strings.TrimSpace(want))
		}
	}
}

// A second kernel is beside the one that the lab was opened with, and commands in it find
// its own Jupyter first.
func TestLabHasKernelsAndEnvironment(t *testing.T) {
	h := withTools(testHost(t, map[string]string{"python3": venvPython("exit 0")}, "JUPYTER_PATH=/mine", "PYTHONPATH=/astray"))
	dir := filepath.Join(t.TempDir(), "below", "lab")
	h.Environ = append(h.Environ, "GOSCHED_LAB_DIR="+dir)
	lab, err := h.OpenLab(t.Context(), testKernel(t), listenTo(new([]string)))
	if err != nil {
		t.Fatal(err)
	}
	defer lab.Close()
	if lab.Dir != dir {
		t.Errorf("the lab is in %s, want %s", lab.Dir, dir)
	}
	second := testKernel(t)
	second.Name, second.DisplayName, second.Engine = YaegiName, YaegiDisplayName, "yaegi"
	if err := lab.AddKernel(t.Context(), second); err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, in := range Find([]string{PrefixDataDir(dir)}) {
		found = append(found, in.Name)
	}
	if strings.Join(found, " ") != DefaultName+" "+YaegiName {
		t.Errorf("the kernels are %q", found)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "share", "jupyter", "kernels", YaegiName, "kernel.json")); err != nil || !strings.Contains(string(text), "\"--engine\",\n    \"yaegi\"") {
		t.Errorf("%v\n%s", err, text)
	}
	if err := lab.AddKernel(t.Context(), Kernelspec{Name: "no name"}); err == nil || !strings.Contains(err.Error(), "no name") {
		t.Errorf("a kernel without a name: %v", err)
	}
	environ := Host{Environ: lab.Environ()}
	for key, want := range map[string]string{
		"VIRTUAL_ENV": dir, "JUPYTER_PREFER_ENV_PATH": "1", "PYTHONPATH": "", "PYTHONNOUSERSITE": "1",
		"JUPYTER_PATH": PrefixDataDir(dir) + ":/mine", "PATH": filepath.Join(dir, "bin") + ":" + h.Getenv("PATH"),
	} {
		if got := environ.Getenv(key); got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
}

// Where uv is, it makes the environment, for a Python that could not by itself.
func TestLabIsMadeByUV(t *testing.T) {
	h := withTools(testHost(t, map[string]string{
		"python3": fakePython(12, false),
		"uv": `for last; do :; done
case "$1" in
venv) mkdir -p "$last/bin" && printf '#!/bin/sh\n' >"$last/bin/python" && chmod +x "$last/bin/python";;
*) printf '%s ' "$@" >"${last%/*}/asked";;
esac`,
	}))
	lab, err := h.OpenLab(t.Context(), testKernel(t), listenTo(new([]string)))
	if err != nil {
		t.Fatal(err)
	}
	defer lab.Close()
	asked, err := os.ReadFile(filepath.Join(lab.Dir, "asked"))
	want := "pip install --no-progress --python " + lab.Bin("python") + " --no-deps --require-hashes -r " + filepath.Join(lab.Dir, "requirements.txt")
	if err != nil || strings.TrimSpace(string(asked)) != want {
		t.Errorf("uv was asked %q, %v, want %q", asked, err, want)
	}
}

// Whatever keeps a lab from being made is told.
func TestLabCannotBeMade(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	python := map[string]string{"python3": venvPython("exit 0")}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name   string
		ctx    context.Context
		host   Host
		kernel string
		want   string
	}{
		{"on Windows", t.Context(), Host{OS: "windows"}, "gosched", "Windows Subsystem for Linux"},
		{"without Python", t.Context(), testHost(t, nil), "gosched", "no Python here"},
		{"with a file in the way", t.Context(), testHost(t, python, "GOSCHED_LAB_DIR="+filepath.Join(file, "lab")), "gosched", "make the private environment"},
		{"with a venv that fails", t.Context(), testHost(t, map[string]string{"python3": `case "$2" in venv) echo "no room"; exit 1;; esac; ` + fakePython(12, true)}), "gosched", "no room"},
		{"by a kernel without a name", t.Context(), withTools(testHost(t, python)), "no name", "install the kernel into the private environment"},
		{"when nobody waits", ended, withTools(testHost(t, python)), "gosched", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			kernel := testKernel(t)
			kernel.Name = tt.kernel
			lab, err := tt.host.OpenLab(tt.ctx, kernel, listenTo(new([]string)))
			if err == nil {
				lab.Close()
				t.Fatal("it is made")
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
}

// Of what pip says, the last lines are told, and of a line without an end that there is
// one.
func TestLastWords(t *testing.T) {
	h := withTools(testHost(t, map[string]string{"python3": venvPython(`for i in $(seq 30); do echo "line $i"; done; exit 3`)}))
	_, err := h.OpenLab(t.Context(), testKernel(t), listenTo(new([]string)))
	if err == nil || !strings.Contains(err.Error(), "    line 30") || strings.Contains(err.Error(), "line 18\n") {
		t.Errorf("the error is %v", err)
	}
	h = withTools(testHost(t, map[string]string{"python3": venvPython(`head -c 2000000 /dev/zero | tr "\\0" x; exec sleep 100`)}))
	if _, err = h.OpenLab(t.Context(), testKernel(t), listenTo(new([]string))); err == nil || !strings.Contains(err.Error(), "token too long") {
		t.Errorf("the error is %v", err)
	}
}
