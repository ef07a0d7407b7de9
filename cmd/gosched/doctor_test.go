package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/session"
	"github.com/gosched/gosched/kernel/worker"
)

const fakePython = `echo '{"major": 3, "minor": 12, "version": "3.12.1", "prefix": "/py", "user_base": "/base", "can_venv": true}'`

// fakeJupyter answers as a jupyter command with that JupyterLab.
func fakeJupyter(lab string, data ...string) string {
	return fmt.Sprintf(`case "$1" in
--version) printf 'Selected Jupyter core packages...\njupyter_core     : 5.9.1\njupyterlab       : %s\n';;
--paths) printf '{"data": ["%s"]}\n';;
esac`, lab, strings.Join(data, `", "`))
}

func TestContract18_DoctorFindsNothingWrong(t *testing.T) {
	tp := newTestProcess(t)
	tp.command("python3", fakePython)
	tp.command("jupyter", fakeJupyter("4.6.6"))
	tp.want(0, []string{"install"})
	all := tp.want(0, []string{"doctor"}, "1 + 1 is 2", "Python 3.12.1", "JupyterLab 4.6.6", "is installed: "+tp.host.UserDataDir(), "Nothing is wrong.")
	if strings.Contains(all, "WRONG") || strings.Contains(all, "note") {
		t.Errorf("output:\n%s", all)
	}
}

// A fact that nothing needs is named, with what is lost, and nothing is wrong.
func TestContract18_DoctorNamesFacts(t *testing.T) {
	tp := newTestProcess(t)
	tp.command("python3", fakePython)
	tp.command("jupyter", fakeJupyter("4.6.6"))
	tp.want(0, []string{"install"})
	tp.want(0, []string{"doctor"}, "as gosched expects it")
	tp.setenv(withoutFacts + "=timers,map-mark")
	tp.want(0, []string{"doctor"}, "note   map-mark: in go1", "note   timers: in go1", goruntime.Timers.Without(), "unset "+withoutFacts, "Nothing is wrong.")
}

func TestContract18_DoctorNamesTroubles(t *testing.T) {
	healthy := func(t *testing.T) *testProcess {
		tp := newTestProcess(t)
		tp.command("python3", fakePython)
		tp.command("jupyter", fakeJupyter("4.6.6"))
		return tp
	}
	installed := func(t *testing.T, tp *testProcess) string {
		tp.want(0, []string{"install"})
		return filepath.Join(tp.host.UserDataDir(), "kernels", "gosched")
	}
	tests := []struct {
		name    string
		prepare func(t *testing.T) *testProcess
		words   []string
	}{
		{"no Python and no Jupyter", newTestProcess, []string{"no Python here", "python3 python3-venv", "no Jupyter on your PATH", "gosched lab", "2 things are wrong."}},
		{"no Jupyter", func(t *testing.T) *testProcess {
			tp := newTestProcess(t)
			tp.command("python3", fakePython)
			return tp
		}, []string{"no Jupyter on your PATH", "gosched lab", "One thing is wrong."}},
		{"not installed", healthy, []string{"not installed in your Jupyter", "gosched install", "One thing is wrong."}},
		{"vanished program", func(t *testing.T) *testProcess {
			tp := healthy(t)
			installed(t, tp)
			other := tp.command("gosched-old", "")
			old, _ := tp.executable()
			if err := os.Rename(old, other); err != nil {
				t.Fatal(err)
			}
			return tp
		}, []string{"is not there any more", "to mend it:   gosched install\n"}},
		{"two installs", func(t *testing.T) *testProcess {
			tp := healthy(t)
			installed(t, tp)
			other := tp.command("gosched-other", "")
			tp.executable = func() (string, error) { return other, nil }
			prefix := t.TempDir()
			tp.want(0, []string{"install", "--prefix", prefix})
			tp.setenv("JUPYTER_PATH=" + prefix + "/share/jupyter")
			return tp
		}, []string{"installed twice", "gosched uninstall\n", "gosched uninstall --prefix"}},
		{"a kernelspec that only this Jupyter finds", func(t *testing.T) *testProcess {
			tp := healthy(t)
			prefix := t.TempDir()
			tp.want(0, []string{"install", "--prefix", prefix})
			tp.command("jupyter", fakeJupyter("4.6.6", prefix+"/share/jupyter"))
			program, _ := tp.executable()
			if err := os.Remove(program); err != nil {
				t.Fatal(err)
			}
			return tp
		}, []string{"is not there any more", "gosched install --prefix"}},
		{"old JupyterLab", func(t *testing.T) *testProcess {
			tp := healthy(t)
			installed(t, tp)
			tp.command("jupyter", fakeJupyter("3.6.7"))
			return tp
		}, []string{"JupyterLab 3.6.7 is too old", "-m pip install --upgrade 'jupyterlab>=4'"}},
		{"broken Jupyter", func(t *testing.T) *testProcess {
			tp := healthy(t)
			installed(t, tp)
			tp.command("jupyter", "echo 'no module named jupyter_core' >&2; exit 1")
			return tp
		}, []string{"does not work: no module named jupyter_core", "--force-reinstall"}},
		{"cells do not run", func(t *testing.T) *testProcess {
			tp := healthy(t)
			installed(t, tp)
			tp.openSession = func(context.Context, worker.Options) (session.Session, error) {
				return nil, errors.New("fork failed")
			}
			return tp
		}, []string{"does not start: fork failed"}},
		{"too little known of Go", func(t *testing.T) *testProcess {
			tp := healthy(t)
			installed(t, tp)
			tp.setenv(withoutFacts + "=types,map-mark")
			return tp
		}, []string{"Cells run with the yaegi engine, more slowly. The direct engine cannot run: gosched knows too little of go1", "types (", "build it with Go", "note   map-mark: in go1", "unset " + withoutFacts, "One thing is wrong."}},
		{"an unknown fact", func(t *testing.T) *testProcess {
			tp := healthy(t)
			installed(t, tp)
			tp.setenv(withoutFacts + "=nonsense")
			return tp
		}, []string{"nonsense", "map-mark", "unset " + withoutFacts}},
		{"data directory", func(t *testing.T) *testProcess {
			tp := healthy(t)
			tp.setenv("JUPYTER_DATA_DIR=/proc/gosched")
			return tp
		}, []string{"may not write into your Jupyter's data directory /proc/gosched", "sudo chown"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.prepare(t).want(exitFailed, []string{"doctor"}, append(tt.words, "WRONG")...)
		})
	}
}

func TestDoctorNotesOtherVersions(t *testing.T) {
	tp := newTestProcess(t)
	tp.command("python3", fakePython)
	tp.command("jupyter", fakeJupyter("4.6.6"))
	tp.want(0, []string{"install"})
	path := filepath.Join(tp.host.UserDataDir(), "kernels", "gosched", "kernel.json")
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	older := strings.Replace(string(content), `"gosched": "`+version().Gosched+`"`, `"gosched": "v0.0.1"`, 1)
	if older == string(content) {
		t.Fatalf("no version in %s", content)
	}
	if err := os.WriteFile(path, []byte(older), 0o644); err != nil {
		t.Fatal(err)
	}
	tp.want(0, []string{"doctor"}, "installed by gosched v0.0.1", "to change it: gosched install")
}
