package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gosched/gosched/internal/notebook"
	"github.com/gosched/gosched/kernel/engine"
	"github.com/gosched/gosched/kernel/session"
	"github.com/gosched/gosched/kernel/worker"
)

// notebookOf is a notebook file of scripted cells. A source that begins with
// "md " is a text cell, and one that begins with "tag NAME\n" has that tag.
func notebookOf(sources ...string) string {
	nb := notebook.New()
	for _, source := range sources {
		cell := &notebook.Cell{Type: notebook.Code, Source: source, Metadata: map[string]any{}}
		if text, ok := strings.CutPrefix(source, "md "); ok {
			cell.Type, cell.Source = notebook.Markdown, text
		} else if tagged, ok := strings.CutPrefix(source, "tag "); ok {
			tag, rest, _ := strings.Cut(tagged, "\n")
			cell.Source, cell.Metadata["tags"] = rest, []string{tag}
		}
		nb.Cells = append(nb.Cells, cell)
	}
	var out strings.Builder
	if err := nb.Write(&out); err != nil {
		panic(err)
	}
	return out.String()
}

func TestContract18_Run(t *testing.T) {
	tp := newTestProcess(t)
	tp.file("x.ipynb", notebookOf("md # Title\ntext\n## Part", "print a\nerr b", "value 42", "value 1\n2", "html <b>", "", "raw no newline", "print c"))
	code, stdout, stderr := tp.run("run", "x.ipynb")
	if code != 0 {
		t.Errorf("exit code %d", code)
	}
	stdout, last, _ := strings.Cut(stdout, "6 cells in ")
	want := `x.ipynb
# Title
## Part
In [1]: print a …
a
In [2]: value 42
Out[2]: 42
In [3]: value 1 …
Out[3]: 1
In [4]: html <b>
Out[4]: <text/html>
In [5]: raw no newline
no newline
In [6]: print c
c
`
	if stdout != want {
		t.Errorf("stdout:\n%s\nwant:\n%s", stdout, want)
	}
	if last == "" {
		t.Error("no summary")
	}
	if stderr != "b\n" {
		t.Errorf("stderr %q", stderr)
	}
	_, stdout, _ = tp.run("run", "--quiet", "x.ipynb")
	if want := "a\nno newlinec\n"; stdout != want {
		t.Errorf("quiet: %q, want %q", stdout, want)
	}
}

func TestRunStopsAtTheFirstFailure(t *testing.T) {
	tp := newTestProcess(t)
	tp.file("x.ipynb", notebookOf("tag raises-exception\nfail expected", "tag skip-execution\nfail skipped", "fail boom", "print after"))
	all := tp.want(exitFailed, []string{"run", "x.ipynb"}, "panic: expected\n", "panic: boom\n", "x.ipynb: cell 2 failed")
	if strings.Contains(all, "after") || strings.Contains(all, "skipped") || strings.Contains(all, "\x1b") {
		t.Errorf("output:\n%q", all)
	}
	tp.want(exitFailed, []string{"run", "--allow-errors", "x.ipynb"}, "panic: boom\n", "after", "x.ipynb: cell 2 failed")
	tp.file("y.ipynb", notebookOf("print other"))
	tp.want(exitFailed, []string{"run", "x.ipynb", "y.ipynb", "z.ipynb"}, "cell 2 failed", "other", "z.ipynb")
	tp.want(0, []string{"run", "y.ipynb", "y.ipynb"}, "other")
}

func TestRunLateOutputNamesItsCell(t *testing.T) {
	tp := newTestProcess(t)
	tp.file("x.ipynb", notebookOf("late from one\nprint now", "print two"))
	all := tp.want(0, []string{"run", "--save", "out.ipynb", "x.ipynb"}, "[cell 1, still]\nfrom one\n[cell 2]\ntwo\n")
	nb, err := notebook.ReadFile(filepath.Join(tp.dir, "out.ipynb"))
	if err != nil {
		t.Fatal(err)
	}
	if got := nb.Cells[0].Outputs[0].Text; got != "now\nfrom one\n" {
		t.Errorf("the first cell's output %q; terminal:\n%s", got, all)
	}
}

func TestRunSave(t *testing.T) {
	tp := newTestProcess(t)
	input := notebookOf("print a\nprint b\nerr c", "show old", "update new", "print gone\nclear\nprint kept", "value 42", "fail boom", "print never")
	tp.file("x.ipynb", input)
	tp.want(exitFailed, []string{"run", "x.ipynb", "--save", "out.ipynb"}, "new")
	nb, err := notebook.ReadFile(filepath.Join(tp.dir, "out.ipynb"))
	if err != nil {
		t.Fatal(err)
	}
	got := make([]string, len(nb.Cells))
	for i, cell := range nb.Cells {
		for _, o := range cell.Outputs {
			o.Metadata = nil
			raw, err := json.Marshal(o)
			if err != nil {
				t.Fatal(err)
			}
			var fields map[string]any
			if err := json.Unmarshal(raw, &fields); err != nil {
				t.Fatal(err)
			}
			for _, key := range []string{"Type", "Name", "Text", "Data", "EName", "EValue"} {
				if value := fields[key]; value != nil && value != "" {
					part, _ := json.Marshal(value)
					got[i] += string(part) + " "
				}
			}
		}
	}
	want := []string{
		`"stream" "stdout" "a\nb\n" "stream" "stderr" "c\n" `,
		`"display_data" {"text/plain":"new"} `,
		``,
		`"stream" "stdout" "kept\n" `,
		`"execute_result" {"text/plain":"42"} `,
		`"error" "panic" "boom" `,
		``,
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("cell %d: %s, want %s", i+1, got[i], want[i])
		}
	}
	if n := nb.Cells[4].ExecutionCount; n != 5 || nb.Cells[4].Outputs[0].ExecutionCount != 5 {
		t.Errorf("execution count %d", n)
	}
	if n := nb.Cells[6].ExecutionCount; n != 0 {
		t.Errorf("a cell that was not run has the execution count %d", n)
	}
	if spec, _ := nb.Metadata["kernelspec"].(map[string]any); spec["name"] != "gosched" {
		t.Errorf("metadata %v", nb.Metadata)
	}
	if content, err := os.ReadFile(filepath.Join(tp.dir, "x.ipynb")); err != nil || string(content) != input {
		t.Errorf("the notebook itself was changed (%v)", err)
	}
}

func TestRunTimeout(t *testing.T) {
	tp := newTestProcess(t)
	tp.file("x.ipynb", notebookOf("tag raises-exception\nblock", "print after"))
	tp.want(exitFailed, []string{"run", "--timeout", "50ms", "x.ipynb"}, "interrupted: the cell was interrupted", "longer than 50ms", "cell 1 failed")
}

func TestRunInterrupt(t *testing.T) {
	tp := newTestProcess(t)
	tp.file("x.ipynb", notebookOf("print waiting\nblock", "print after"))
	done := make(chan int)
	go func() { done <- run(context.Background(), tp.process, []string{"run", "--allow-errors", "x.ipynb"}) }()
	tp.out.waitFor(t, "waiting\n")
	tp.signals <- syscall.SIGINT
	if code := <-done; code != exitInterrupted {
		t.Errorf("exit code %d, want %d", code, exitInterrupted)
	}
	if strings.Contains(tp.out.String(), "after") {
		t.Errorf("went on: %s", tp.out.String())
	}
	if !strings.Contains(tp.err.String(), "the cell was interrupted") {
		t.Errorf("stderr %q", tp.err.String())
	}
}

// lingering is a session that still has something to tell when it is closed.
type lingering struct {
	scripted
	sink session.Sink
}

func (l *lingering) Execute(_ context.Context, _ session.Cell, sink session.Sink) session.Result {
	l.sink = sink
	return session.Result{}
}

func (l *lingering) Close() error {
	l.sink.Emit(session.Stream{Name: "stdout", Text: "last words\n"})
	return nil
}

func TestRunShowsTheLastOutput(t *testing.T) {
	tp := newTestProcess(t)
	tp.openSession = func(context.Context, worker.Options) (session.Session, error) { return &lingering{}, nil }
	tp.file("x.ipynb", notebookOf("go"))
	tp.want(0, []string{"run", "--save", "out.ipynb", "x.ipynb"}, "last words\n")
	saved, err := os.ReadFile(filepath.Join(tp.dir, "out.ipynb"))
	if err != nil || !strings.Contains(string(saved), "last words") {
		t.Errorf("saved %s, %v", saved, err)
	}
}

// stubborn is a session whose cells do not heed an interrupt.
type stubborn struct {
	scripted
	closed chan struct{}
}

func (s *stubborn) Execute(context.Context, session.Cell, session.Sink) session.Result {
	<-s.closed
	return session.Result{}
}

func (s *stubborn) Close() error {
	close(s.closed)
	return nil
}

func TestRunSecondInterruptDoesNotWait(t *testing.T) {
	tp := newTestProcess(t)
	tp.openSession = func(context.Context, worker.Options) (session.Session, error) {
		return &stubborn{closed: make(chan struct{})}, nil
	}
	tp.file("x.ipynb", notebookOf("block"))
	done := make(chan int)
	go func() { done <- run(context.Background(), tp.process, []string{"run", "x.ipynb"}) }()
	tp.signals <- syscall.SIGINT
	tp.signals <- syscall.SIGINT
	select {
	case code := <-done:
		if code != exitInterrupted {
			t.Errorf("exit code %d", code)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("still waiting for the cell")
	}
}

func TestRunInput(t *testing.T) {
	tp := newTestProcess(t)
	tp.stdin = strings.NewReader("Ada\r\nno end")
	tp.file("x.ipynb", notebookOf("ask name? ", "ask", "ask"))
	tp.want(0, []string{"run", "x.ipynb"}, `name? "Ada" <nil>`, `"no end" <nil>`, `"" EOF`)
}

func TestRunBadNotebooks(t *testing.T) {
	tp := newTestProcess(t)
	tp.file("empty.ipynb", "")
	tp.file("text.ipynb", "hello")
	tp.file("python.ipynb", `{"nbformat": 4, "metadata": {"kernelspec": {"name": "python3", "language": "python"}}, "cells": []}`)
	for name, want := range map[string]string{
		"missing.ipynb": "no such file",
		"empty.ipynb":   "empty file",
		"text.ipynb":    "not JSON",
		"python.ipynb":  "a notebook for python",
	} {
		tp.want(exitFailed, []string{"run", name}, name, want)
	}
	tp.file("x.ipynb", notebookOf("print a"))
	tp.want(exitFailed, []string{"run", "--save", "no/such/dir/out.ipynb", "x.ipynb"}, "no/such/dir/out.ipynb cannot be written, so nothing was run")
}

func TestRunGoFile(t *testing.T) {
	tp := newTestProcess(t)
	tp.file("x.go", "print from a file\n")
	tp.want(0, []string{"run", "x.go"}, "from a file", "1 cell in")
}

// The whole way: this process, a worker, and the notebook's own directory.
func TestRunInAWorker(t *testing.T) {
	t.Setenv(asCommand, "1")
	tp := newTestProcess(t)
	tp.setenv(asCommand + "=1")
	tp.openSession = func(ctx context.Context, options worker.Options) (session.Session, error) {
		return worker.Start(ctx, options)
	}
	tp.file("sub/x.ipynb", notebookOf("pwd", "value 42", "fail boom"))
	tp.want(exitFailed, []string{"run", "sub/x.ipynb"}, filepath.Join(tp.dir, "sub")+"\n", "Out[2]: 42", "panic: boom")
}

// Go itself: a goroutine of one cell is driven by the next, and its panic
// fails the notebook.
func TestContract18_RunGo(t *testing.T) {
	tp := newTestProcess(t)
	tp.setenv(asCommand + "=real")
	tp.openSession = func(ctx context.Context, options worker.Options) (session.Session, error) {
		program, err := os.Executable()
		if err != nil {
			return nil, err
		}
		options.Command = []string{program, "worker"}
		return worker.Start(ctx, options)
	}
	tp.file("x.ipynb", notebookOf(
		"numbers, squares := make(chan int), make(chan int)\ngo func() {\n\tfor n := range numbers {\n\t\tsquares <- n * n\n\t}\n}()",
		"numbers <- 7\n<-squares",
		`fmt.Println("before")`+"\nvar m map[string]int\nm[\"a\"] = 1",
	))
	tp.want(exitFailed, []string{"run", "x.ipynb"}, "Out[2]: 49\n", "before\n", "assignment to entry in nil map", "cell 3 failed")
	tp.file("x.go", "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"from\", \"main\") }\n")
	tp.want(0, []string{"run", "x.go"}, "from main\n")
}

func TestFirstLine(t *testing.T) {
	for source, want := range map[string]string{
		"a":                     "a",
		"\n\n  a  \n\n":         "a",
		"a\nb":                  "a …",
		"// why\nx := 1":        "x := 1 …",
		"// why\n\n// only":     "// only …",
		"package main\nimport ": "package main …",
	} {
		got, more := firstLine(source)
		if more {
			got += " …"
		}
		if got != want {
			t.Errorf("firstLine(%q) = %q, want %q", source, got, want)
		}
	}
}

// On a terminal an update takes the place of what it updates.
func TestTerminalReplacesDisplays(t *testing.T) {
	var out buffer
	term := &terminal{out: &out, err: &out, live: true, running: 1, source: 1}
	show := func(text string, update bool) {
		term.event(1, session.Display{ID: "d", Update: update, Bundle: session.Bundle{Data: map[string]any{"text/plain": text}}})
	}
	show("1\n2", false)
	show("3", true)
	term.event(1, session.Stream{Name: "stdout", Text: "x\n"})
	show("4", true)
	if want := "1\n2\n\x1b[2A\x1b[J3\nx\n4\n"; out.String() != want {
		t.Errorf("output %q, want %q", out.String(), want)
	}
}

func TestRunPercentFormat(t *testing.T) {
	tp := newTestProcess(t)
	tp.file("x.go", "// %% [markdown]\n// # Title\n// %% tags=[\"parameters\"]\nprint 1\n// %%\nprint 2\n")
	code, stdout, stderr := tp.run("run", "x.go")
	if want := "x.go\n# Title\nIn [1]: print 1\n1\nIn [2]: print 2\n2\n"; code != 0 || !strings.HasPrefix(stdout, want) {
		t.Errorf("exit code %d, stdout %q, stderr %q, want %q", code, stdout, stderr, want)
	}
}

func TestRunParameters(t *testing.T) {
	const declaring = "n := 1\nname, other := \"a\", 2.5\nvar (\n\td = time.Second\n\ts string\n)\nfunc() { hidden := 1; _ = hidden }()"
	for _, tt := range []struct {
		args string
		want string
		says string
	}{
		{"n=2", "n = 2", ""},
		{"name=b", `name = "b"`, ""},
		{`name="quoted"`, `name = "quoted"`, ""},
		{"name=5", `name = "5"`, ""},
		{"other=3 n=-1", "other = 3\nn = -1", ""},
		{"d=2*time.Second", "d = 2*time.Second", ""},
		{"s=two,words", `s = "two,words"`, ""},
		{"name=", `name = ""`, ""},
		{"hidden=1", "", "declares no variable hidden; it declares d, n, name, other, s"},
		{"n", "", "NAME=VALUE"},
		{"a-b=1", "", "NAME=VALUE"},
		{"n=1 n=2", "", "given twice"},
	} {
		var p parameters
		var err error
		for _, a := range strings.Fields(tt.args) {
			var x parameter
			if err = x.UnmarshalText([]byte(a)); err != nil {
				break
			}
			p = append(p, x)
		}
		if err == nil {
			err = p.Validate()
		}
		got := ""
		if err == nil {
			got, err = p.cell(declaring)
		}
		if got != tt.want || (err == nil) != (tt.says == "") || err != nil && !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s gives %q, %v, want %q, %q", tt.args, got, err, tt.want, tt.says)
		}
	}
	tp := newTestProcess(t)
	tp.file("x.ipynb", notebookOf("print a"))
	if code, _, stderr := tp.run("run", "-p", "n=1", "x.ipynb"); code != 1 || !strings.Contains(stderr, `no cell has the tag "parameters"`) {
		t.Errorf("without such a cell: %d, %q", code, stderr)
	}
}

func TestRunWatches(t *testing.T) {
	tp := newTestProcess(t)
	tp.openSession = func(context.Context, worker.Options) (session.Session, error) {
		return engine.New()
	}
	tp.file("racing.go", "// %%\nvar wg sync.WaitGroup\nn := 0\nfor range 2 {\n\twg.Go(func() { n++ })\n}\nwg.Wait()\n// %%\nfmt.Println(\"goes on\")")
	tp.file("calm.go", "// %%\nch := make(chan int)\ngo func() { ch <- 1 }()\n// %%\nfmt.Println(<-ch)")
	if !underRace() { // it races on purpose
		tp.want(exitFailed, []string{"run", "--race", "racing.go"}, "WARNING: DATA RACE", "goes on", "racing.go: there was a data race")
		tp.want(exitOK, []string{"run", "racing.go"}, "goes on")
	}
	tp.want(exitOK, []string{"run", "--race", "--trace", "trace.json", "calm.go"}, "1\n")
	text, err := os.ReadFile(filepath.Join(tp.dir, "trace.json"))
	if err != nil || !json.Valid(text) || !strings.Contains(string(text), "cell 2") {
		t.Errorf("the trace: %v, %d bytes", err, len(text))
	}
	tp.want(exitFailed, []string{"run", "--trace", "no/such/folder.json", "calm.go"}, "no/such/folder.json cannot be written", "no such file or directory")
	tp.want(exitFailed, []string{"run", "--test", "calm.go"}, "no cell declares a test")
	tp.want(exitUsage, []string{"run", "--trace", "trace.json", "calm.go", "racing.go"}, "one notebook")
}

// underRace reports whether Go's own race detector is part of the test.
func underRace() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.ContainsFunc(info.Settings, func(s debug.BuildSetting) bool { return s.Key == "-race" && s.Value == "true" })
}
