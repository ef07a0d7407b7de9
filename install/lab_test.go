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
