package main

import (
	"bufio"
	"bytes"
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gosched/gosched/internal/testenv"
)

// readyLab puts a private environment into the process's home whose jupyter is
// a shell script.
func readyLab(t *testing.T, tp *testProcess, jupyter string) {
	t.Helper()
	tp.host.Environ = append(tp.host.Environ, "PATH="+tp.bin+":/usr/bin:/bin")
	env := tp.host.LabEnvironment()
	for name, content := range map[string]string{
		"bin/python": "#!/bin/sh\n", "bin/jupyter": "#!/bin/sh\n" + jupyter + "\n", "gosched-ready": env.Hash() + "\n",
	} {
		path := filepath.Join(env.Dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

func TestContract18_LabOpensTheNotebooks(t *testing.T) {
	for _, tt := range []struct {
		name  string
		files []string
		args  []string
		dir   string // where jupyter is started, below the working directory
	}{
		{"notebooks here", []string{"notebooks/a"}, nil, "/notebooks"},
		{"nothing here", nil, nil, ""},
		{"a file is named", []string{"notebooks/a", "b.ipynb"}, []string{"--no-browser", "b.ipynb"}, ""},
		{"a flag's value is no file", []string{"notebooks/a", "8899"}, []string{"--port", "8899"}, "/notebooks"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tp := newTestProcess(t)
			for _, name := range tt.files {
				tp.file(name, "")
			}
			readyLab(t, tp, `echo "in $(pwd) with $*"; echo "env $JUPYTER_PATH $VIRTUAL_ENV"`)
			env := tp.host.LabEnvironment().Dir
			args := append([]string{"lab"}, tt.args...)
			out := tp.want(0, args, "in "+tp.dir+tt.dir+" with lab -y", "env "+env+"/share/jupyter "+env)
			if passed := strings.Join(tt.args, " "); !strings.Contains(out, passed+"\n") {
				t.Errorf("flags %q are not passed on:\n%s", passed, out)
			}
			if _, err := os.Stat(filepath.Join(env, "share/jupyter/kernels/gosched/kernel.json")); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestLabOpensTheLearnersCopy(t *testing.T) {
	tp := newTestProcess(t)
	tp.file("go.mod", "module github.com/gosched/gosched\n\ngo 1.26\n")
	tp.file("cmd/gosched/x", "")
	root := tp.dir
	opens := func(want string) {
		t.Helper()
		if got, err := tp.notebooks(); err != nil || got != want {
			t.Errorf("notebooks() = %q, %v, want %q", got, err, want)
		}
	}
	tp.dir = filepath.Join(root, "cmd", "gosched")
	opens(filepath.Join(root, "course"))
	if _, err := os.Stat(filepath.Join(root, "course", "00-index.ipynb")); err != nil {
		t.Error(err)
	}
	tp.file("../../go.mod", "module example.com/other\n")
	opens(tp.dir)
	tp.file("notebooks/a", "")
	opens(filepath.Join(tp.dir, "notebooks"))
}

func TestLabOpensTheIndex(t *testing.T) {
	tp := newTestProcess(t)
	readyLab(t, tp, "echo \"$@\"")
	tp.file("notebooks/00-index.ipynb", "{}")
	tp.file("other.ipynb", "{}")
	const index = "--LabApp.default_url=/lab/tree/00-index.ipynb"
	if code, out, _ := tp.run("lab", "--no-browser"); code != 0 || !strings.Contains(out, index) || !strings.Contains(out, "--no-browser") {
		t.Errorf("exit code %d, %q", code, out)
	}
	if code, out, _ := tp.run("lab", "other.ipynb"); code != 0 || strings.Contains(out, index) {
		t.Errorf("exit code %d, %q", code, out)
	}
}

func TestCourse(t *testing.T) {
	tp := newTestProcess(t)
	tp.want(0, []string{"course", "my course"}, " notebooks. They are yours", "gosched lab 'my course'")
	index := filepath.Join(tp.dir, "my course", "00-index.ipynb")
	if err := os.WriteFile(index, []byte("work"), 0o600); err != nil {
		t.Fatal(err)
	}
	tp.want(0, []string{"course", "my course"}, "up to date")
	if content, err := os.ReadFile(index); err != nil || string(content) != "work" {
		t.Errorf("the work is %q, %v", content, err)
	}
}

func TestLabPassesOnTheExitCode(t *testing.T) {
	tp := newTestProcess(t)
	readyLab(t, tp, "exit 7")
	tp.want(7, []string{"lab"})
	tp.want(0, []string{"lab", "--prepare"}, "ready in")
	readyLab(t, tp, "kill -KILL $$")
	tp.want(128+9, []string{"lab"})
}

func TestLabForwardsSignals(t *testing.T) {
	tp := newTestProcess(t)
	readyLab(t, tp, `trap 'echo stopping; exit 3' INT; echo started; while :; do sleep 0.05; done`)
	done := make(chan int)
	go func() { done <- run(context.Background(), tp.process, []string{"lab"}) }()
	tp.out.waitFor(t, "started")
	tp.signals <- syscall.SIGINT
	if code := <-done; code != 3 || !strings.Contains(tp.out.String(), "stopping") {
		t.Errorf("exit code %d, output %q", code, tp.out.String())
	}
}

func TestLabWithoutPython(t *testing.T) {
	tp := newTestProcess(t)
	tp.command("apt-get", "")
	tp.want(exitFailed, []string{"lab"}, "no Python here", "apt-get install python3 python3-venv")
}

// The real thing: JupyterLab starts from `go run`'s kind of program, serves,
// and stops on Ctrl-C.
func TestContract18_RealLabServes(t *testing.T) {
	testenv.Full(t, "installs JupyterLab from PyPI")
	testenv.Need(t, "python3")
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	home, work := t.TempDir(), t.TempDir()
	environ := append(os.Environ(), asCommand+"=1", "HOME="+home, "XDG_CACHE_HOME=", "GOSCHED_LAB_DIR="+filepath.Join(home, "lab"))
	gosched := func(environ []string, args ...string) string {
		t.Helper()
		cmd := exec.Command(program, args...)
		cmd.Env = environ
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%q: %v\n%s", args, err, out)
		}
		return string(out)
	}
	gosched(environ, "lab", "--prepare")
	start := time.Now()
	gosched(environ, "lab", "--prepare")
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("the second start took %v", took)
	}
	// To a doctor who finds that JupyterLab on the PATH, all is well.
	if said := gosched(append(environ, "PATH="+filepath.Join(home, "lab", "bin")+":/usr/bin:/bin", "JUPYTER_PATH=", "VIRTUAL_ENV="), "doctor"); !strings.Contains(said, "JupyterLab 4.") || !strings.Contains(said, `The kernel "gosched" is installed`) {
		t.Errorf("doctor says:\n%s", said)
	}

	cmd := exec.Command(program, "lab", "--no-browser", "--port", "0", "--ip", "127.0.0.1")
	cmd.Dir = work
	cmd.Env = environ
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	stop := func() error {
		_ = cmd.Process.Signal(os.Interrupt)
		return <-ended
	}
	stopped := false
	defer func() {
		if !stopped {
			stop()
		}
	}()
	url := regexp.MustCompile(`http://127\.0\.0\.1:\d+/lab\?token=\w+`)
	var said bytes.Buffer
	var address string
	for lines := bufio.NewScanner(stderr); address == "" && lines.Scan(); {
		said.WriteString(lines.Text() + "\n")
		address = url.FindString(lines.Text())
	}
	if address == "" {
		ended <- cmd.Wait()
		t.Fatalf("no address in:\n%s", &said)
	}
	go func() {
		_, _ = said.ReadFrom(stderr)
		ended <- cmd.Wait()
	}()
	// The address is told before the server listens.
	address = strings.Replace(address, "/lab?", "/api/kernelspecs?", 1)
	response, err := http.Get(address)
	for deadline := time.Now().Add(time.Minute); err != nil && time.Now().Before(deadline); response, err = http.Get(address) {
		time.Sleep(100 * time.Millisecond)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var body bytes.Buffer
	if _, err := body.ReadFrom(response.Body); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"default": "gosched"`, `"display_name": "Go (gosched)"`, `logo-svg.svg`} {
		if !strings.Contains(body.String(), want) {
			t.Errorf("no %s in %s", want, &body)
		}
	}
	stopped = true
	if err := stop(); err != nil {
		t.Errorf("after Ctrl-C: %v; it said:\n%s", err, &said)
	}
}
