package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gosched/gosched/install"
	"github.com/gosched/gosched/kernel/session"
	"github.com/gosched/gosched/kernel/worker"
)

// asCommand makes the test binary behave as gosched itself: "1" with scripted
// cells, "real" with Go.
const asCommand = "GOSCHED_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if how := os.Getenv(asCommand); how != "" {
		p := thisProcess()
		if how == "1" {
			p.newSession = func(context.Context) (session.Engine, error) { return &scripted{}, nil }
		}
		os.Exit(run(context.Background(), p, os.Args[1:]))
	}
	os.Exit(m.Run())
}

// scripted is a session whose cells are lines of a script:
//
//	print TEXT, err TEXT   print TEXT and a newline
//	raw TEXT               print TEXT
//	late TEXT              print TEXT when the next cell runs
//	value TEXT, html TEXT  the cell's value
//	show TEXT, update TEXT show or update the display "d"
//	clear                  clear the output before the next one
//	ask                    ask for input and print it
//	fail TEXT              fail
//	block                  wait for an interrupt
//	pwd                    print the working directory
type scripted struct {
	mu   sync.Mutex
	late []func()
}

func (s *scripted) Flush() {}

func (s *scripted) Fatal(string) {}

func (s *scripted) Execute(ctx context.Context, cell session.Cell, sink session.Sink) (result session.Result) {
	s.mu.Lock()
	late := s.late
	s.late = nil
	s.mu.Unlock()
	for _, f := range late {
		f()
	}
	stream := func(name, text string) { sink.Emit(session.Stream{Name: name, Text: text}) }
	failure := func(name, value string) session.Result {
		return session.Result{Failure: &session.Failure{Name: session.FailureKind(name), Value: value, Traceback: []string{"\x1b[31m" + name + "\x1b[0m: " + value}}}
	}
	for line := range strings.SplitSeq(cell.Source, "\n") {
		word, text, _ := strings.Cut(line, " ")
		bundle := session.Bundle{Data: map[string]any{"text/plain": text}}
		switch word {
		case "print":
			stream("stdout", text+"\n")
		case "err":
			stream("stderr", text+"\n")
		case "raw":
			stream("stdout", text)
		case "late":
			s.mu.Lock()
			s.late = append(s.late, func() { stream("stdout", text+"\n") })
			s.mu.Unlock()
		case "value":
			result.Value = &bundle
		case "html":
			result.Value = &session.Bundle{Data: map[string]any{"text/html": text}}
		case "show":
			sink.Emit(session.Display{Bundle: bundle, ID: "d"})
		case "update":
			sink.Emit(session.Display{Bundle: bundle, ID: "d", Update: true})
		case "clear":
			sink.Emit(session.Clear{Wait: true})
		case "ask":
			answer, err := sink.Input(ctx, text, false)
			stream("stdout", fmt.Sprintf("%q %v\n", answer, err))
		case "fail":
			return failure("panic", text)
		case "block":
			<-ctx.Done()
			return failure("interrupted", "the cell was interrupted")
		case "pwd":
			dir, err := os.Getwd()
			if err != nil {
				return failure("panic", err.Error())
			}
			stream("stdout", dir+"\n")
		case "1": // 1 + 1
			bundle.Data["text/plain"] = "2"
			result.Value = &bundle
		}
	}
	return result
}

func (s *scripted) Complete(context.Context, string, int) (session.Completion, error) {
	return session.Completion{}, nil
}

func (s *scripted) Inspect(context.Context, string, int, int) (session.Inspection, error) {
	return session.Inspection{}, nil
}

func (s *scripted) Comm(_ context.Context, m session.Comm) ([]session.Comm, error) {
	return nil, nil
}

func (s *scripted) SetSubshells(int) {}

func (s *scripted) IsComplete(context.Context, string) (session.Completeness, error) {
	return session.Completeness{Status: "unknown"}, nil
}

func (s *scripted) Close() error { return nil }

// A buffer is a bytes.Buffer for several goroutines.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// waitFor waits until the buffer has some text.
func (b *buffer) waitFor(t *testing.T, text string) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !strings.Contains(b.String(), text); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("no %q in %q", text, b.String())
		}
	}
}

// A testProcess is a process on a machine of its own: an empty home directory,
// only the commands that the test adds, and scripted cells.
type testProcess struct {
	*process
	t        *testing.T
	out, err *buffer
	signals  chan os.Signal
	bin      string
}

func newTestProcess(t *testing.T) *testProcess {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	tp := &testProcess{t: t, out: &buffer{}, err: &buffer{}, signals: make(chan os.Signal, 4), bin: filepath.Join(root, "bin")}
	home, work := filepath.Join(root, "home"), filepath.Join(root, "work")
	for _, dir := range []string{tp.bin, home, work} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	program := tp.command("gosched", "")
	tp.process = &process{
		stdin:      strings.NewReader(""),
		stdout:     tp.out,
		stderr:     tp.err,
		host:       install.Host{OS: "linux", Environ: []string{"HOME=" + home, "PATH=" + tp.bin}},
		dir:        work,
		executable: func() (string, error) { return program, nil },
		leaks:      func() bool { return true },
		notify:     func(...os.Signal) (<-chan os.Signal, func()) { return tp.signals, func() {} },
		openSession: func(context.Context, worker.Options) (session.Session, error) {
			return &scripted{}, nil
		},
		newSession:      func(context.Context) (session.Engine, error) { return &scripted{}, nil },
		useOneProcessor: func() {},
	}
	return tp
}

// command adds a shell script to the PATH.
func (tp *testProcess) command(name, script string) string {
	tp.t.Helper()
	path := filepath.Join(tp.bin, name)
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
		tp.t.Fatal(err)
	}
	return path
}

func (tp *testProcess) setenv(entry string) { tp.host.Environ = append(tp.host.Environ, entry) }

// file writes a file into the working directory.
func (tp *testProcess) file(name, content string) string {
	tp.t.Helper()
	path := filepath.Join(tp.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		tp.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		tp.t.Fatal(err)
	}
	return path
}

// run runs gosched and returns what it printed since the last run.
func (tp *testProcess) run(args ...string) (code int, stdout, stderr string) {
	tp.t.Helper()
	outBefore, errBefore := len(tp.out.String()), len(tp.err.String())
	code = run(context.Background(), tp.process, args)
	return code, tp.out.String()[outBefore:], tp.err.String()[errBefore:]
}

// want runs gosched, checks the exit code, and that the output has all words.
func (tp *testProcess) want(wantCode int, args []string, words ...string) string {
	tp.t.Helper()
	code, stdout, stderr := tp.run(args...)
	all := stdout + stderr
	if code != wantCode {
		tp.t.Errorf("%q: exit code %d, want %d; output:\n%s", args, code, wantCode, all)
	}
	for _, word := range words {
		if !strings.Contains(all, word) {
			tp.t.Errorf("%q: no %q in:\n%s", args, word, all)
		}
	}
	return all
}

var _ io.Writer = (*buffer)(nil)
