package worker

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/session"
)

// alive says whether a process exists and is no zombie.
func alive(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	return !inState(pid, 'Z')
}

// inState reports whether the system says so: 'T' for stopped, 'Z' for ended
// and not yet waited for.
func inState(pid int, state byte) bool {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && bytes.Contains(text, []byte{')', ' ', state, ' '})
}

// pids reads process numbers.
func pids(t *testing.T, text string) (pids []int) {
	t.Helper()
	for _, field := range strings.Fields(text) {
		pid, err := strconv.Atoi(field)
		if err != nil {
			t.Fatal(err)
		}
		pids = append(pids, pid)
	}
	return pids
}

func allAlive(pids []int) bool {
	return !slices.ContainsFunc(pids, func(pid int) bool { return !alive(pid) })
}

func noneAlive(pids []int) bool { return !slices.ContainsFunc(pids, alive) }

func TestCloseLeavesNoProcess(t *testing.T) {
	needProc(t)
	for _, how := range []string{"close", "context", "death"} {
		t.Run(how, func(t *testing.T) {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			w, err := Start(ctx, Options{Command: []string{os.Args[0], "worker"}})
			if err != nil {
				t.Fatal(err)
			}
			defer w.Close()
			r, _ := run(t, w, "daemons")
			grandchildren := pids(t, shown(r))
			child := w.Pid()
			if len(grandchildren) != 3 || !alive(child) || !allAlive(grandchildren) {
				t.Fatalf("the processes %d and %d are not there to begin with", child, grandchildren)
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
			eventually(t, "end of all processes", func() bool { return !alive(child) && noneAlive(grandchildren) })
			if how != "death" {
				if r, _ := run(t, w, "nothing"); r.Failure == nil || r.Failure.Name != "closed" {
					t.Errorf("a cell after Close: %+v", r.Failure)
				}
			}
		})
	}
}

func TestCloseKeepsTheLastOutput(t *testing.T) {
	w := start(t)
	_, first := run(t, w, "hold early words")
	_, last := run(t, w, "hold last words")
	if got := first.text("stdout") + last.text("stdout"); got != "" {
		t.Fatalf("%q was not held back", got)
	}
	_ = w.Close()
	if got := first.text("stdout"); got != "early words\n" {
		t.Errorf("the first cell's output after Close: %q", got)
	}
	// Raw output belongs to the cell that began last.
	if got, want := last.text("stdout"), "last words\n"; !strings.Contains(got, want) || !strings.Contains(got, "raw early words\n") || !strings.Contains(got, "raw last words\n") {
		t.Errorf("the last cell's output after Close: %q", got)
	}
}

func TestCloseDoesNotWaitForASink(t *testing.T) {
	w := start(t)
	rec := newRecorder()
	rec.block = make(chan struct{})
	defer close(rec.block)
	w.Execute(t.Context(), session.Cell{Source: "hold words"}, rec)
	closed := make(chan struct{})
	go func() { _ = w.Close(); close(closed) }()
	select {
	case <-closed:
	case <-time.After(20 * time.Second):
		t.Fatal("Close waits for a sink that blocks")
	}
}

// When the supervisor is gone without a word, so is the child. The supervisor
// here is a second process of this test.
func TestSupervisorKilled(t *testing.T) {
	needProc(t)
	if os.Getenv("FAKE_SUPERVISOR") != "" {
		w, err := Start(context.Background(), Options{Command: []string{os.Args[0], "worker"}})
		if err != nil {
			t.Fatal(err)
		}
		r, _ := run(t, w, "daemons")
		if os.Getenv("FAKE_SUPERVISOR_STOPS") != "" {
			_ = syscall.Kill(w.Pid(), syscall.SIGSTOP)
			// Only one that has come to a stop by then is woken by the system.
			eventually(t, "stop of the child", func() bool { return inState(w.Pid(), 'T') })
		}
		fmt.Println(w.Pid(), strings.Join(strings.Fields(shown(r)), " "))
		select {}
	}
	for _, stops := range []string{"", "1"} {
		t.Run("stopped="+stops, func(t *testing.T) {
			t.Setenv("FAKE_SUPERVISOR_STOPS", stops)
			supervisor, out := selfCommand(t, "TestSupervisorKilled")
			line, err := bufio.NewReader(out).ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			all := pids(t, line)
			if len(all) != 4 || !allAlive(all) {
				t.Fatalf("the processes %d are not there to begin with", all)
			}
			begin := time.Now()
			_ = supervisor.Process.Kill()
			most := all
			if stops != "" {
				most = all[:2] // with no time for those that have left the group
			}
			eventually(t, "end of the child and all that it started", func() bool { return noneAlive(most) })
			t.Logf("gone after %v", time.Since(begin))
			for _, pid := range all {
				_ = syscall.Kill(pid, syscall.SIGKILL)
			}
		})
	}
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

// needProc skips a test that looks at processes where Linux shows them.
func needProc(t *testing.T) {
	t.Helper()
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("no /proc here")
	}
}
