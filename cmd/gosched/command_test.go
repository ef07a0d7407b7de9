package main

import (
	"encoding/json"
	"runtime"
	"strings"
	"testing"

	"github.com/gosched/gosched/kernel"
)

func TestHelp(t *testing.T) {
	tp := newTestProcess(t)
	all := tp.want(0, []string{"help"}, "gosched lab", "install", "uninstall", "doctor", "version", "run")
	if strings.Contains(all, "worker") {
		t.Errorf("help lists the internal command:\n%s", all)
	}
	tp.want(exitUsage, nil, "Usage: gosched COMMAND")
	for _, c := range commands() {
		if c.summary == "" {
			continue
		}
		for _, args := range [][]string{{"help", c.name}, {c.name, "--help"}, {c.name, "-h"}} {
			tp.want(0, args, "Usage: gosched "+c.name)
		}
	}
}

func TestUsageErrors(t *testing.T) {
	tp := newTestProcess(t)
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"instal"}, `"instal" is no command`},
		{[]string{"x.ipynb"}, "gosched run x.ipynb"},
		{[]string{"run"}, "which notebook"},
		{[]string{"run", "--nope", "x.ipynb"}, "gosched help run"},
		{[]string{"run", "--save", "out", "a", "b"}, "--save"},
		{[]string{"run", "--timeout", "-1s", "a"}, "--timeout"},
		{[]string{"run", "--timeout", "soon", "a"}, "--timeout"},
		{[]string{"install", "here"}, `"here"`},
		{[]string{"install", "--user", "--sys-prefix"}, "exclude each other"},
		{[]string{"uninstall", "--user", "--prefix", "/x"}, "exclude each other"},
		{[]string{"version", "x"}, `"x"`},
		{[]string{"doctor", "x"}, `"x"`},
		{[]string{"kernel"}, "connection file"},
		{[]string{"worker", "x"}, "no arguments"},
	} {
		tp.want(exitUsage, tt.args, tt.want)
	}
}

func TestContract18_Version(t *testing.T) {
	tp := newTestProcess(t)
	tp.want(0, []string{"version"}, "gosched ", "Go "+kernel.GoRelease(), runtime.GOOS+"/"+runtime.GOARCH, "engine: ", "%leaks finds ")
	_, out, _ := tp.run("version", "--json")
	var info versionInfo
	if err := json.Unmarshal([]byte(out), &info); err != nil {
		t.Fatal(err)
	}
	if info != version() || info.Gosched == "" || info.Engine == "" {
		t.Errorf("version --json: %+v", info)
	}
}

func TestKernelRefusesBadConnectionFiles(t *testing.T) {
	tp := newTestProcess(t)
	tp.want(exitFailed, []string{"kernel", "/no/such/file.json"}, "/no/such/file.json")
	path := tp.file("connection.json", `{"transport": "tcp"}`)
	tp.want(exitFailed, []string{"kernel", path}, path, `"key"`, `"shell_port"`)
}

func TestMemoryLimitThatIsNone(t *testing.T) {
	tp := newTestProcess(t)
	tp.setenv("GOSCHED_MEMORY_LIMIT=plenty")
	tp.file("x.ipynb", notebookOf("print a"))
	tp.want(exitFailed, []string{"run", "x.ipynb"}, "GOSCHED_MEMORY_LIMIT", "plenty")
	tp.want(exitFailed, []string{"doctor"}, "unset GOSCHED_MEMORY_LIMIT")
}

func TestShellQuote(t *testing.T) {
	for in, want := range map[string]string{"/a/b-1.0": "/a/b-1.0", "": "''", "a b": "'a b'", "it's": `'it'\''s'`, "$HOME": "'$HOME'"} {
		if got := shellQuote(in); got != want {
			t.Errorf("shellQuote(%q) = %s, want %s", in, got, want)
		}
	}
}
