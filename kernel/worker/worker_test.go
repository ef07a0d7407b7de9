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

// Comm sends back what it is given, and something more.
func (s *fakeSession) Comm(_ context.Context, m session.Comm) ([]session.Comm, error) {
	return []session.Comm{m, {Kind: session.CommClose, ID: m.ID}}, nil
}

func (s *fakeSession) SetSubshells(int) {}

func (s *fakeSession) IsComplete(context.Context, string) (session.Completeness, error) {
	return session.Completeness{Status: "incomplete", Indent: "\t"}, nil
}

func TestComms(t *testing.T) {
	w := start(t)
	m := session.Comm{Kind: session.CommMessage, ID: "c", Data: []byte(`{"a":1}`), Parent: []byte(`{"msg_id":"x"}`)}
	got, err := w.Comm(t.Context(), m)
	want := []session.Comm{m, {Kind: session.CommClose, ID: "c"}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, %v", got, err)
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

// A whole report that the child merely passes on, such as that of a process it
// started, is output like any other.
func TestReportOfAnotherProcess(t *testing.T) {
	w := start(t)
	report, err := os.ReadFile("testdata/reports/stack.txt")
	if err != nil {
		t.Fatal(err)
	}
	r, rec := run(t, w, "rawerr "+string(report))
	if r.Failure != nil {
		t.Fatal(r.Failure)
	}
	eventually(t, "report as output", func() bool { return rec.text("stderr") == string(report) })
	time.Sleep(2 * probeEvery)
	if r, _ := run(t, w, "nothing"); r.Failure != nil {
		t.Errorf("next cell: %v", r.Failure)
	}
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
			t.Errorf("relay %d has %d bytes", id, b.waiting)
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
		case n == 0 && target == "/dev/null", n >= 1 && n <= childMarks && strings.HasPrefix(target, "pipe:"):
		case n > childMarks && (strings.HasPrefix(target, "anon_inode:[event") || strings.Contains(target, "/proc/")):
			// the child's own poller, and the listing itself
		case n > childMarks && strings.Contains(target, "pidfd"): // the supervisor's, to wait for its end
		case strings.HasPrefix(target, "/sys/fs/cgroup/"): // the runtime's own, for GOMAXPROCS
		default:
			t.Errorf("descriptor %s is %s", num, target)
		}
	}
	_, rec = run(t, w, "childfds")
	for n := childIn; n <= childMarks; n++ {
		if out := rec.text("stdout"); strings.Contains(out, fmt.Sprintf(" %d -> pipe", n)) {
			t.Errorf("user code's children have the channel:\n%s", out)
		}
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

// A thousand threads fit into a session of the default size, also where the C
// library maps a stack for each.
func TestThousandThreads(t *testing.T) {
	if testing.Short() {
		t.Skip("a thousand threads")
	}
	w := start(t)
	if r, _ := run(t, w, "threads 1000"); r.Failure != nil {
		t.Errorf("failure: %+v", r.Failure)
	}
}
