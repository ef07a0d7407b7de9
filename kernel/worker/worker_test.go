package worker

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/session"
)

func TestExecute(t *testing.T) {
	w := start(t)
	if r, rec := run(t, w, "echo hello\xff"); r.Failure != nil || rec.text("stdout") != "hello\xff" {
		t.Errorf("echo: %v, %q", r.Failure, rec.text("stdout"))
	}
	run(t, w, "set x=7")
	if r, _ := run(t, w, "get x"); shown(r) != "7" {
		t.Errorf("get x: %q, want 7", shown(r))
	}
	cell := session.Cell{ID: "a", Number: 3, Source: "cell", Subshell: "s", Silent: true, AllowStdin: true, UserExpressions: map[string]string{"k": "v"}}
	if r := w.Execute(context.Background(), cell, newRecorder()); shown(r) != fmt.Sprintf("%+v", cell) {
		t.Errorf("cell arrived as %s", shown(r))
	}
	if r, _ := run(t, w, "stdin"); r.Failure != nil {
		t.Errorf("stdin: %v", r.Failure)
	}
}

func TestDisplay(t *testing.T) {
	w := start(t)
	const size = 40 << 20
	_, rec := run(t, w, "display "+strconv.Itoa(size))
	want := []session.Event{
		session.Display{Bundle: session.Bundle{Data: map[string]any{
			"text/plain":       strings.Repeat("x", size),
			"application/json": json.RawMessage(fmt.Sprintf(`{"n":%d}`, size)),
		}}, ID: "id", Update: true},
		session.Clear{Wait: true},
	}
	if !reflect.DeepEqual(rec.events, want) {
		t.Errorf("a display of %d bytes did not arrive as it was sent: %d events", size, len(rec.events))
	}
}

func TestLookUps(t *testing.T) {
	w := start(t)
	rec := newRecorder()
	done := make(chan session.Result)
	ctx, interrupt := context.WithCancel(context.Background())
	go func() { done <- w.Execute(ctx, session.Cell{Source: "wait"}, rec) }()
	rec.await(t, "waiting")

	comp, err := w.Complete(context.Background(), "fmt.Pr", 6)
	if want := (session.Completion{Start: 4, End: 6, Matches: []session.Match{{Text: "fmt.Pr", Kind: "k", Signature: "s"}}}); err != nil || !reflect.DeepEqual(comp, want) {
		t.Errorf("Complete: %+v, %v", comp, err)
	}
	insp, err := w.Inspect(context.Background(), "x", 1, 2)
	if err != nil || !insp.Found || insp.Bundle.Data["text/plain"] != "x 1 2" {
		t.Errorf("Inspect: %+v, %v", insp, err)
	}
	full, err := w.IsComplete(context.Background(), "if {")
	if want := (session.Completeness{Status: "incomplete", Indent: "\t"}); err != nil || full != want {
		t.Errorf("IsComplete: %+v, %v", full, err)
	}
	if _, err := w.Complete(context.Background(), "fail", 0); err == nil || err.Error() != "no such name" {
		t.Errorf("Complete that fails: %v", err)
	}
	if _, err := w.Complete(context.Background(), "panic", 0); err == nil || !strings.Contains(err.Error(), "internal error") {
		t.Errorf("Complete that panics: %v", err)
	}
	slow, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if _, err := w.Complete(slow, "hang", 0); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Complete that hangs: %v", err)
	}
	interrupt()
	<-done
}

func (s *fakeSession) Complete(ctx context.Context, source string, cursor int) (session.Completion, error) {
	switch source {
	case "fail":
		return session.Completion{}, errors.New("no such name")
	case "panic":
		panic("oops")
	case "hang":
		<-ctx.Done()
		return session.Completion{}, ctx.Err()
	}
	return session.Completion{Start: 4, End: cursor, Matches: []session.Match{{Text: source, Kind: "k", Signature: "s"}}}, nil
}

func (s *fakeSession) Inspect(_ context.Context, source string, cursor, detail int) (session.Inspection, error) {
	return session.Inspection{Found: true, Bundle: session.Bundle{Data: map[string]any{"text/plain": fmt.Sprint(source, " ", cursor, " ", detail)}}}, nil
}

func (s *fakeSession) IsComplete(context.Context, string) (session.Completeness, error) {
	return session.Completeness{Status: "incomplete", Indent: "\t"}, nil
}

func TestContract14_FatalErrors(t *testing.T) {
	tests := []struct {
		source string
		value  string   // in Failure.Value
		lines  []string // each in the traceback
		limit  int64
	}{
		{source: "map", value: "fatal error: concurrent map writes", lines: []string{"fatal error: concurrent map writes", "goroutine "}},
		{source: "stack", value: "fatal error: stack overflow", lines: []string{"fatal error: stack overflow"}, limit: 256 << 20},
		{source: "unlock", value: "fatal error: sync: unlock of unlocked mutex", lines: []string{"goroutine "}},
		{source: "gopanic", value: "panic: boom", lines: []string{"panic: boom", "goroutine "}},
		{source: "exit 3", value: "exit status 3", lines: []string{"ended itself"}},
		{source: "exit 0", value: "exit status 0", lines: []string{"ended itself"}},
		{source: "kill", value: "signal: killed", lines: []string{"killed from outside"}},
		{source: "memory", value: "fatal error: out of memory (the session's limit is 256 MiB)", lines: []string{"GOSCHED_MEMORY_LIMIT=512MiB"}, limit: 256 << 20},
		{source: "list", value: "fatal error: out of memory", limit: 256 << 20},
		{source: "goroutines", value: "fatal error: out of memory", limit: 256 << 20},
		{source: "double", value: "fatal error: out of memory", limit: 256 << 20},
		{source: "huge", value: "fatal error: out of memory", lines: []string{"1 GiB", "GOSCHED_MEMORY_LIMIT=2GiB"}},
		{source: "many 3000", value: "fatal error: sync: unlock of unlocked mutex"},
		{source: "damage", value: "damaged"},
		{source: "closechannel", value: "closed its channel"},
	}
	for _, test := range tests {
		t.Run(test.source, func(t *testing.T) {
			if test.source == "map" && raceEnabled {
				t.Skip("the race detector reports this race first")
			}
			if test.source == "huge" && raceEnabled {
				t.Skip("the race detector has no shadow for a block that large")
			}
			w := start(t, func(o *Options) {
				if test.limit > 0 {
					o.MemoryLimit = test.limit
				}
			})
			run(t, w, "set x=1")
			begun := time.Now()
			r, rec := run(t, w, test.source)
			took := time.Since(begun)
			f := r.Failure
			if f == nil {
				t.Fatal("the cell did not fail")
			}
			text := strings.Join(f.Traceback, "\n")
			t.Logf("after %v: %s\n%s", took, f.Value, text)
			if f.Name != "fatal error" || !f.Restarted || !strings.Contains(f.Value, test.value) {
				t.Errorf("failure is %q, %q, restarted %t; want the value to contain %q", f.Name, f.Value, f.Restarted, test.value)
			}
			for _, want := range append(test.lines, "The session was restarted") {
				if !strings.Contains(text, want) {
					t.Errorf("the traceback lacks %q", want)
				}
			}
			if took > 15*time.Second { // seconds, but machines may be busy
				t.Errorf("the failure took %v", took)
			}
			if got, want := rec.text("stdout"), "about to "+strings.Fields(test.source)[0]+"\n"; got != want {
				t.Errorf("output before the end is %q, want %q", got, want)
			}
			if got := rec.text("stderr"); got != "" && !raceEnabled {
				t.Errorf("the report also went to the cell's stderr: %.200q", got)
			}
			if r, rec := run(t, w, "echo next"); r.Failure != nil || rec.text("stdout") != "next" {
				t.Errorf("next cell: %v, %q", r.Failure, rec.text("stdout"))
			}
			if r, _ := run(t, w, "get x"); shown(r) != "" {
				t.Errorf("a variable has survived: %q", shown(r))
			}
		})
	}
}

func TestContract14_DeathBetweenCells(t *testing.T) {
	w := start(t)
	_, old := run(t, w, "background")
	r, rec := run(t, w, "later unlock")
	if r.Failure != nil {
		t.Fatal(r.Failure)
	}
	eventually(t, "failure event", func() bool { return len(rec.failures()) > 0 })
	if f := rec.failures()[0]; f.Value != "fatal error: sync: unlock of unlocked mutex" || !f.Restarted {
		t.Errorf("failure event: %+v", f)
	}
	if r, _ := run(t, w, "nothing"); r.Failure != nil {
		t.Errorf("next cell: %v", r.Failure)
	}
	before := old.text("stdout")
	time.Sleep(50 * time.Millisecond)
	if old.text("stdout") != before {
		t.Error("a goroutine of the dead session still prints")
	}
}

func TestKilledFromOutside(t *testing.T) {
	w := start(t)
	var wg sync.WaitGroup
	results := make([]session.Result, 2)
	for i := range results {
		rec := newRecorder()
		wg.Go(func() {
			results[i] = w.Execute(context.Background(), session.Cell{Source: "sleep", Subshell: strconv.Itoa(i)}, rec)
		})
		rec.await(t, "sleeping")
	}
	if err := syscall.Kill(w.Pid(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	for i, r := range results {
		if r.Failure == nil || r.Failure.Value != "signal: killed" {
			t.Errorf("cell %d: %v", i, r.Failure)
		}
	}
}

func TestInternalErrorKeepsSession(t *testing.T) {
	w := start(t)
	run(t, w, "set x=1")
	r, _ := run(t, w, "panic")
	if r.Failure == nil || r.Failure.Value != "engine fault" || r.Failure.Restarted {
		t.Fatalf("failure: %+v", r.Failure)
	}
	text := strings.Join(r.Failure.Traceback, "\n")
	if !strings.Contains(text, "fake_test.go") || !strings.Contains(text, "not in your cell") {
		t.Errorf("traceback:\n%s", text)
	}
	if r, _ := run(t, w, "get x"); shown(r) != "1" {
		t.Error("the session did not survive")
	}
}

func TestExplainHook(t *testing.T) {
	var got string
	w := start(t, func(o *Options) {
		o.Explain = func(report string) []string {
			got = report
			return []string{"cell 1, line 2"}
		}
	})
	r, _ := run(t, w, "unlock")
	if r.Failure == nil || r.Failure.Traceback[0] != "cell 1, line 2" {
		t.Errorf("failure: %+v", r.Failure)
	}
	if !strings.HasPrefix(got, "fatal error: sync: unlock") || !strings.Contains(got, "goroutine ") {
		t.Errorf("the hook got %q", got)
	}
}

func TestRawOutput(t *testing.T) {
	w := start(t)
	_, rec := run(t, w, "rawout to descriptor 1: é\n")
	if got := rec.text("stdout"); got != "to descriptor 1: é\n" {
		t.Errorf("stdout %q", got)
	}
	_, rec = run(t, w, "rawerr to descriptor 2")
	if got := rec.text("stderr"); got != "to descriptor 2" {
		t.Errorf("stderr %q", got)
	}
	// What only looks like a report comes late, but comes.
	_, rec = run(t, w, "rawerr a line\npanic: not really\nmore\n")
	eventually(t, "held output", func() bool { return rec.text("stderr") == "a line\npanic: not really\nmore\n" })
}

func TestContract10_OutputOrder(t *testing.T) {
	w := start(t)
	const n = 2000
	_, rec := run(t, w, "order "+strconv.Itoa(n))
	next := map[string]int{}
	for line := range strings.Lines(rec.text("stdout")) {
		kind, num, _ := strings.Cut(strings.TrimSpace(line), " ")
		if num != strconv.Itoa(next[kind]) {
			t.Fatalf("%s %s comes where %d should", kind, num, next[kind])
		}
		next[kind]++
	}
	if next["raw"] != n || next["sink"] != n {
		t.Errorf("lines: %v, want %d of each before the cell's end", next, n)
	}
}

func TestContract10_Flood(t *testing.T) {
	w := start(t)
	const n = 100_000
	_, rec := run(t, w, "lines "+strconv.Itoa(n))
	var want bytes.Buffer
	for i := range n {
		fmt.Fprintf(&want, "line %d\n", i)
	}
	if rec.text("stdout") != want.String() {
		t.Errorf("%d bytes of %d arrived, or not in order", len(rec.text("stdout")), want.Len())
	}
	t.Logf("%d lines in %d events", n, len(rec.events))
}

// A sink that blocks holds up its own cell, in bounded memory, and nobody else.
func TestBlockedSink(t *testing.T) {
	w := start(t)
	rec := newRecorder()
	rec.block = make(chan struct{})
	done := make(chan session.Result, 1)
	go func() {
		done <- w.Execute(context.Background(), session.Cell{Source: "lines 1000000"}, rec)
	}()
	raw := newRecorder()
	raw.block = make(chan struct{})
	rawDone := make(chan session.Result, 1)
	go func() {
		rawDone <- w.Execute(context.Background(), session.Cell{Source: "rawout " + strings.Repeat("0123456789", 1<<20), Subshell: "r"}, raw)
	}()
	time.Sleep(300 * time.Millisecond)
	// Raw output that comes meanwhile belongs to this cell, the last to begin.
	r, other := run(t, w, "echo through")
	if r.Failure != nil || !strings.Contains(other.text("stdout"), "through") {
		t.Errorf("another cell: %v, %.60q", r.Failure, other.text("stdout"))
	}
	if _, err := w.Complete(context.Background(), "x", 1); err != nil {
		t.Errorf("Complete: %v", err)
	}
	w.mu.Lock()
	c := w.child
	w.mu.Unlock()
	c.mu.Lock()
	for id, b := range c.boxes {
		b.mu.Lock()
		if b.waiting > 3*window {
			t.Errorf("outbox %d has %d bytes", id, b.waiting)
		}
		b.mu.Unlock()
	}
	c.mu.Unlock()
	close(rec.block)
	close(raw.block)
	if r := <-done; r.Failure != nil {
		t.Error(r.Failure)
	}
	if r := <-rawDone; r.Failure != nil {
		t.Error(r.Failure)
	}
	if got := strings.Count(rec.text("stdout"), "\n"); got != 1000000 {
		t.Errorf("%d lines arrived", got)
	}
	// Whichever cells the raw output went to, all of it has come.
	want := len("through") + 10<<20
	for i := range 1000000 {
		want += len("line \n") + len(strconv.Itoa(i))
	}
	if got := len(rec.text("stdout")) + len(raw.text("stdout")) + len(other.text("stdout")); got != want {
		t.Errorf("%d bytes arrived, want %d", got, want)
	}
}

func TestContract13_Interrupt(t *testing.T) {
	w := start(t)
	ctx, interrupt := context.WithCancel(context.Background())
	rec := newRecorder()
	done := make(chan session.Result)
	go func() { done <- w.Execute(ctx, session.Cell{Source: "wait"}, rec) }()
	rec.await(t, "waiting")
	begun := time.Now()
	interrupt()
	r := <-done
	if took := time.Since(begun); took > 100*time.Millisecond {
		t.Errorf("the interrupt took %v", took)
	}
	if r.Failure == nil || r.Failure.Name != "interrupted" || r.Failure.Restarted {
		t.Errorf("failure: %+v", r.Failure)
	}
	if r := w.Execute(ctx, session.Cell{Source: "wait"}, newRecorder()); r.Failure == nil || r.Failure.Name != "interrupted" {
		t.Errorf("a cell that was interrupted before it began: %+v", r.Failure)
	}
}

func TestInterruptThatIsNotHeeded(t *testing.T) {
	w := start(t, func(o *Options) {
		o.InterruptWarning, o.InterruptGrace = 50*time.Millisecond, 300*time.Millisecond
	})
	ctx, interrupt := context.WithCancel(context.Background())
	rec := newRecorder()
	done := make(chan session.Result)
	go func() { done <- w.Execute(ctx, session.Cell{Source: "deaf", Number: 4}, rec) }()
	rec.await(t, "deaf")
	interrupt()
	if r, _ := run(t, w, "echo meanwhile"); r.Failure != nil {
		t.Errorf("another cell meanwhile: %v", r.Failure)
	}
	r := <-done
	if r.Failure == nil || !r.Failure.Restarted || !strings.Contains(r.Failure.Value, "cell 4 did not stop within 300ms") {
		t.Errorf("failure: %+v", r.Failure)
	}
	if r, _ := run(t, w, "nothing"); r.Failure != nil {
		t.Errorf("next cell: %v", r.Failure)
	}
}

func TestContract8_Input(t *testing.T) {
	w := start(t)
	rec := newRecorder()
	rec.input = func(_ context.Context, prompt string, password bool) (string, error) {
		return fmt.Sprint("answer to ", prompt, " ", password), nil
	}
	r := w.Execute(context.Background(), session.Cell{Source: "input name?"}, rec)
	if want := `"answer to name? true" <nil>`; shown(r) != want {
		t.Errorf("input: %s, want %s", shown(r), want)
	}
	if r, _ := run(t, w, "input x"); shown(r) != `"" `+io.EOF.Error() {
		t.Errorf("input without a front end: %s", shown(r))
	}

	// An interrupt ends the wait for input on both sides.
	asked, gaveUp := make(chan struct{}), make(chan struct{})
	rec.input = func(ctx context.Context, _ string, _ bool) (string, error) {
		close(asked)
		<-ctx.Done()
		close(gaveUp)
		return "", ctx.Err()
	}
	ctx, interrupt := context.WithCancel(context.Background())
	done := make(chan session.Result)
	go func() { done <- w.Execute(ctx, session.Cell{Source: "input again"}, rec) }()
	<-asked
	interrupt()
	<-gaveUp
	if r := <-done; !strings.Contains(shown(r), context.Canceled.Error()) {
		t.Errorf("interrupted input: %s", shown(r))
	}
}

func TestContract16_Subshells(t *testing.T) {
	w := start(t)
	rec := newRecorder()
	done := make(chan session.Result)
	go func() { done <- w.Execute(context.Background(), session.Cell{Source: "sleep"}, rec) }()
	rec.await(t, "sleeping")
	if r := w.Execute(context.Background(), session.Cell{Source: "wake", Subshell: "b"}, newRecorder()); r.Failure != nil {
		t.Error(r.Failure)
	}
	if r := <-done; r.Failure != nil {
		t.Error(r.Failure)
	}
}

func TestBackgroundOutput(t *testing.T) {
	w := start(t)
	_, rec := run(t, w, "background")
	rec.await(t, "tick 3\n")
}

func TestNothingIsInherited(t *testing.T) {
	if _, err := os.Stat("/proc/self/fd"); err != nil {
		t.Skip("no /proc/self/fd here")
	}
	f, err := os.Create(filepath.Join(t.TempDir(), "connection.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	t.Setenv("JPY_API_TOKEN", "secret")
	t.Setenv("JPY_PARENT_PID", "1")
	t.Setenv("KERNEL_CONNECTION_FILE", f.Name())
	t.Setenv("JUPYTERHUB_API_TOKEN", "secret")
	t.Setenv("JUPYTERHUB_USER", "learner")
	w := start(t)
	_, rec := run(t, w, "fds")
	for line := range strings.Lines(rec.text("stdout")) {
		num, target, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch n, _ := strconv.Atoi(num); {
		case n == 0 && target == "/dev/null", n >= 1 && n <= 4 && strings.HasPrefix(target, "pipe:"):
		case n > 4 && (strings.HasPrefix(target, "anon_inode:[event") || strings.Contains(target, "/proc/")):
			// the child's own poller, and the listing itself
		case strings.HasPrefix(target, "/sys/fs/cgroup/"): // the runtime's own, for GOMAXPROCS
		default:
			t.Errorf("descriptor %s is %s", num, target)
		}
	}
	_, rec = run(t, w, "childfds")
	if out := rec.text("stdout"); strings.Contains(out, " 3 -> pipe") || strings.Contains(out, " 4 -> pipe") {
		t.Errorf("user code's children have the channel:\n%s", out)
	}
	_, rec = run(t, w, "environ")
	env := rec.text("stdout")
	for _, name := range []string{"JPY_", "CONNECTION_FILE", "JUPYTERHUB_API_TOKEN"} {
		if strings.Contains(env, name) {
			t.Errorf("the environment has %s", name)
		}
	}
	if !strings.Contains(env, "JUPYTERHUB_USER=learner") {
		t.Error("the environment lacks a harmless variable")
	}
}

// alive says whether a process exists and is no zombie.
func alive(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || !bytes.Contains(text, []byte(") Z "))
}

func TestCloseLeavesNoProcess(t *testing.T) {
	for _, how := range []string{"close", "context", "death"} {
		t.Run(how, func(t *testing.T) {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			w, err := Start(ctx, Options{Command: []string{os.Args[0], "worker"}})
			if err != nil {
				t.Fatal(err)
			}
			defer w.Close()
			r, _ := run(t, w, "spawn")
			grandchild, err := strconv.Atoi(shown(r))
			if err != nil {
				t.Fatal(err)
			}
			child := w.Pid()
			if !alive(child) || !alive(grandchild) {
				t.Fatal("the processes are not there to begin with")
			}
			rec := newRecorder()
			done := make(chan session.Result, 1)
			go func() { done <- w.Execute(context.Background(), session.Cell{Source: "sleep"}, rec) }()
			rec.await(t, "sleeping")
			switch how {
			case "close":
				_ = w.Close()
			case "context":
				cancel()
			case "death":
				_ = syscall.Kill(child, syscall.SIGKILL)
			}
			if r := <-done; r.Failure == nil || r.Failure.Restarted != (how == "death") {
				t.Errorf("the running cell: %+v", r.Failure)
			}
			eventually(t, "end of all processes", func() bool { return !alive(child) && !alive(grandchild) })
			if how != "death" {
				if r, _ := run(t, w, "nothing"); r.Failure == nil || r.Failure.Name != "closed" {
					t.Errorf("a cell after Close: %+v", r.Failure)
				}
			}
		})
	}
}

// When the supervisor is gone without a word, so is the child. The supervisor
// here is a second process of this test.
func TestSupervisorKilled(t *testing.T) {
	if os.Getenv("FAKE_SUPERVISOR") != "" {
		w, err := Start(context.Background(), Options{Command: []string{os.Args[0], "worker"}})
		if err != nil {
			t.Fatal(err)
		}
		run(t, w, "nothing")
		fmt.Printf("pid %d\n", w.Pid())
		select {}
	}
	supervisor, out := selfCommand(t, "TestSupervisorKilled")
	var pid int
	if _, err := fmt.Fscanf(out, "pid %d\n", &pid); err != nil {
		t.Fatal(err)
	}
	if !alive(pid) {
		t.Fatal("no child to begin with")
	}
	_ = supervisor.Process.Kill()
	eventually(t, "end of the child", func() bool { return !alive(pid) })
}

func TestStartFails(t *testing.T) {
	tests := []struct{ how, want string }{
		{"error", "no room for a session"},
		{"exit", "cannot load libfoo"},
		{"hang", "not ready after"},
	}
	for _, test := range tests {
		t.Run(test.how, func(t *testing.T) {
			w := start(t, func(o *Options) {
				o.Env = append(os.Environ(), "FAKE_START="+test.how)
				o.StartTimeout = 300 * time.Millisecond
				if test.how != "hang" {
					o.StartTimeout = 0
				}
			})
			for range 2 { // the second asks for one more try
				r, _ := run(t, w, "nothing")
				if r.Failure == nil || r.Failure.Name != "start failed" || !strings.Contains(strings.Join(r.Failure.Traceback, "\n"), test.want) {
					t.Fatalf("failure: %+v", r.Failure)
				}
			}
		})
	}
}

func TestStartRecovers(t *testing.T) {
	file := filepath.Join(t.TempDir(), "needed")
	w := start(t, func(o *Options) { o.Env = append(os.Environ(), "FAKE_START="+file) })
	if r, _ := run(t, w, "nothing"); r.Failure == nil {
		t.Fatal("the cell ran")
	}
	if _, err := w.Complete(context.Background(), "x", 1); err == nil {
		t.Error("Complete succeeded")
	}
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if r, _ := run(t, w, "nothing"); r.Failure != nil {
		t.Errorf("after the trouble was mended: %v", r.Failure)
	}
}

func TestNoSuchCommand(t *testing.T) {
	if w, err := Start(context.Background(), Options{Command: []string{"/no/such/gosched"}}); err == nil {
		_ = w.Close()
		t.Fatal("it started")
	}
}

func TestServeWithoutSupervisor(t *testing.T) {
	cmd, out := selfCommandArgs(t, "worker")
	text, _ := io.ReadAll(out)
	err := cmd.Wait()
	if err == nil || !strings.Contains(string(text), "started by the kernel itself") {
		t.Errorf("%v: %s", err, text)
	}
}

func TestIdleCPU(t *testing.T) {
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("no /proc here")
	}
	w := start(t)
	run(t, w, "nothing")
	time.Sleep(200 * time.Millisecond)
	ticks := func(pid int) int {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			t.Fatal(err)
		}
		fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')'):]))
		user, _ := strconv.Atoi(fields[12])
		system, _ := strconv.Atoi(fields[13])
		return user + system
	}
	switches := func(pid int) int {
		total := 0
		tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", pid))
		for _, task := range tasks {
			text, _ := os.ReadFile(task)
			for line := range strings.Lines(string(text)) {
				if rest, ok := strings.CutPrefix(line, "voluntary_ctxt_switches:"); ok {
					n, _ := strconv.Atoi(strings.TrimSpace(rest))
					total += n
				}
			}
		}
		return total
	}
	t0, s0 := ticks(w.Pid()), switches(w.Pid())
	time.Sleep(2 * time.Second)
	used, woke := ticks(w.Pid())-t0, switches(w.Pid())-s0
	t.Logf("in 2 s idle: %d ticks, %d wake-ups", used, woke)
	if used > 1 || woke > 60 {
		t.Errorf("an idle child used %d ticks and woke %d times in 2 s", used, woke)
	}
}

// The supervisor's part of a cell goes when nothing in the child can print to
// it any more.
func TestOutboxesAreReleased(t *testing.T) {
	w := start(t)
	for range 300 {
		run(t, w, "nothing")
	}
	w.mu.Lock()
	c := w.child
	w.mu.Unlock()
	eventually(t, "release", func() bool {
		run(t, w, "collect")
		c.mu.Lock()
		defer c.mu.Unlock()
		return len(c.boxes) < 30
	})
}

func BenchmarkExecute(b *testing.B) {
	w := start(b)
	run(b, w, "nothing")
	rec := newRecorder()
	for b.Loop() {
		if r := w.Execute(context.Background(), session.Cell{Source: "nothing"}, rec); r.Failure != nil {
			b.Fatal(r.Failure)
		}
	}
}

func BenchmarkLines(b *testing.B) {
	w := start(b)
	run(b, w, "nothing")
	for b.Loop() {
		rec := newRecorder()
		if r := w.Execute(context.Background(), session.Cell{Source: "lines 100000"}, rec); r.Failure != nil {
			b.Fatal(r.Failure)
		}
		b.ReportMetric(float64(len(rec.events)), "events")
	}
}

func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		w := start(b)
		run(b, w, "nothing")
		_ = w.Close()
	}
}
