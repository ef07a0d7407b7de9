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
	tp.want(exitUsage, nil, "Usage: gosched <command>")
	for _, name := range []string{"lab", "course", "run", "install", "uninstall", "doctor", "version", "kernel"} {
		for _, args := range [][]string{{"help", name}, {name, "--help"}, {name, "-h"}} {
			tp.want(0, args, "Usage: gosched "+name)
		}
	}
}

func TestUsageErrors(t *testing.T) {
	tp := newTestProcess(t)
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"instal"}, `did you mean "install"?`},
		{[]string{"nothing"}, "`gosched help` lists"},
		{[]string{"x.ipynb"}, "gosched run x.ipynb"},
		{[]string{"run"}, `expected "<file> ..."`},
		{[]string{"run", "--nope", "x.ipynb"}, "gosched help run"},
		{[]string{"run", "--save", "out", "a", "b"}, "--save"},
		{[]string{"run", "--timeout", "-1s", "a"}, "--timeout"},
		{[]string{"run", "--timeout", "soon", "a"}, "--timeout"},
		{[]string{"install", "here"}, "unexpected argument here"},
		{[]string{"install", "--user", "--sys-prefix"}, "can't be used together"},
		{[]string{"uninstall", "--user", "--prefix", "/x"}, "can't be used together"},
		{[]string{"version", "x"}, "unexpected argument x"},
		{[]string{"doctor", "x"}, "unexpected argument x"},
		{[]string{"kernel"}, "<connection-file>"},
		{[]string{"worker", "x"}, "unexpected argument x"},
		{[]string{"course", "a", "b"}, "unexpected argument b"},
		{[]string{"run", "-p", "n=1", "-p", "n=2", "x.ipynb"}, "parameter n is given twice"},
		{[]string{"run", "-p", "n", "x.ipynb"}, "NAME=VALUE"},
		{[]string{"lab", "--engine", "fast"}, "the engines are direct and yaegi"},
	} {
		tp.want(exitUsage, tt.args, tt.want)
	}
}

func TestContract18_Version(t *testing.T) {
	tp := newTestProcess(t)
	tp.want(0, []string{"version"}, "gosched ", "Go "+kernel.GoRelease(), runtime.GOOS+"/"+runtime.GOARCH, "engines: direct (", "yaegi (", "%leaks finds ")
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

func TestVersionText(t *testing.T) {
	for _, test := range []struct {
		info versionInfo
		want string
	}{
		{versionInfo{Gosched: "v1.2.3"}, "v1.2.3"},
		{versionInfo{Gosched: "v1.2.3-rc.1"}, "v1.2.3-rc.1"},
		{versionInfo{Gosched: "devel"}, nextRelease + "-dev"},
		{versionInfo{Gosched: "devel", Commit: "0123456789abcdef"}, nextRelease + "-dev+0123456789ab"},
		{versionInfo{Gosched: "v0.0.0-20261124193643-2e98411e145b"}, nextRelease + "-dev.20261124+2e98411e145b"},
		{versionInfo{Gosched: "v0.0.0-20261124193643-2e98411e145b+dirty"}, nextRelease + "-dev.20261124+2e98411e145b.changed"},
		{versionInfo{Gosched: "v0.3.1-0.20261124193643-2e98411e145b"}, "v0.3.1-dev.20261124+2e98411e145b"},
	} {
		if got := test.info.text(); got != test.want {
			t.Errorf("%+v: %s, want %s", test.info, got, test.want)
		}
	}
}

// What is for jupyter lab gets there as it was written, wherever gosched's own flags
// stand.
func TestLabArguments(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"", "--"},
		{"--no-browser --prepare a.ipynb", "--prepare -- --no-browser a.ipynb"},
		{"--LabApp.default_url=/x -y --engine yaegi", "--engine yaegi -- --LabApp.default_url=/x -y"},
		{"--engine=direct -- --prepare", "--engine=direct -- -- --prepare"},
		{"--port 8 -- x", "-- --port 8 -- x"},
	} {
		if got := strings.Join(labArguments(strings.Fields(test.in)), " "); got != test.want {
			t.Errorf("%s: %s, want %s", test.in, got, test.want)
		}
	}
}
