package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gosched/gosched/internal/notebook"
	"github.com/gosched/gosched/kernel/export"
)

func TestExport(t *testing.T) {
	p := newTestProcess(t)
	dir := p.dir
	nb := notebook.New("x := 1", "func add() int { return x + 1 }\nadd()", "os.Exit(1)")
	nb.Cells[2].Outputs = []notebook.Output{{Type: notebook.Error, EName: "exit", EValue: "exit status 1"}}
	nb.Cells = append([]*notebook.Cell{{Type: notebook.Markdown, Source: "# My notes\n```\n# no heading\n```\ntext"}}, nb.Cells...)
	if err := nb.WriteFile(filepath.Join(dir, "my notes.ipynb")); err != nil {
		t.Fatal(err)
	}
	p.want(exitOK, []string{"export", "my notes.ipynb"}, "cell 3 are left out: it fails in a way that ends a program", "go run .")
	for file, want := range map[string]string{
		"main.go": "// # My notes\n\nvar x int\n\nfunc cell1() {\n\tx = 1\n}\n",
		"go.mod":  "\nmodule my-notes\n",
	} {
		got, err := os.ReadFile(filepath.Join(dir, "my notes", file))
		if err != nil || !strings.Contains(string(got), want) {
			t.Errorf("%s: %v\n%s", file, err, got)
		}
	}
	// Once more, over what is there; and never over what somebody has written.
	p.want(exitOK, []string{"export", "my notes.ipynb"})
	p.file("mine/go.mod", "module mine\n")
	p.want(exitFailed, []string{"export", "my notes.ipynb", "mine"}, "gosched export has not written it")
	if _, err := os.Stat(filepath.Join(dir, "mine", "main.go")); !os.IsNotExist(err) {
		t.Errorf("it has written into the module: %v", err)
	}
	p.want(exitOK, []string{"export", "--script", "my notes.ipynb"}, "// Command my-notes is the notebook my notes.ipynb", "package main\n", "func cell1() {\n\tx = 1\n}\n")
	text, err := os.ReadFile(filepath.Join(dir, "my notes.ipynb"))
	if err != nil {
		t.Fatal(err)
	}
	p.stdin = strings.NewReader(string(text))
	p.want(exitOK, []string{"export", "--script", "--module", "mine", "-"}, "// Command mine is the notebook mine", "func cell1() {\n\tx = 1\n}\n")
	p.want(exitFailed, []string{"export", "-"}, "- is for --script")
	p.stdin = strings.NewReader("{}")
	p.want(exitFailed, []string{"export", "--script", "-"}, "not a notebook")
	p.want(exitUsage, []string{"export"}, "<notebook>")
	p.want(exitFailed, []string{"export", "none.ipynb"}, "no such file")
	p.file("bad.ipynb", "{}")
	p.want(exitFailed, []string{"export", "bad.ipynb"}, "not a notebook")
}

func TestFailureOf(t *testing.T) {
	failed := func(name string, traceback ...string) *notebook.Cell {
		return &notebook.Cell{Outputs: []notebook.Output{{Type: notebook.Error, EName: name, Traceback: traceback}}}
	}
	tagged := &notebook.Cell{Metadata: map[string]any{"tags": []any{tagMayFail}}}
	ran := &notebook.Cell{Metadata: map[string]any{"tags": []any{tagMayFail}}, ExecutionCount: 3}
	for _, test := range []struct {
		name string
		cell *notebook.Cell
		want export.Failure
	}{
		{"nothing known", &notebook.Cell{}, export.Passes},
		{"tagged, not run", tagged, export.Unknown},
		{"tagged, run without failing", ran, export.Passes},
		{"a panic of its own", failed("panic", "panic: oops"), export.Panics},
		{"a panic of another goroutine", failed("panic", "panic: oops", "created by main.f"), export.Ends},
		{"a deadlock", failed("deadlock"), export.Blocks},
		{"an exit", failed("exit"), export.Ends},
		{"a race", failed("data race"), export.Passes},
		{"what does not compile", failed("compile error"), export.Passes},
	} {
		if got := failureOf(test.cell); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}
