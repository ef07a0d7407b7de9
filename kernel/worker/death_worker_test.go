package worker

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/session"
)

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
		// Or, where other processes leave it no time to start them, out of memory.
		{source: "threads 30000", value: "fatal error: ", lines: []string{"semaphore"}, limit: 256 << 20},
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
			if test.limit > 0 && raceEnabled {
				t.Skip("with the race detector a program needs several times its memory")
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
	if !strings.Contains(text, "fake_test.go") || !strings.Contains(text, "not in your code") {
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
