package worker

import (
	"context"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/session"
)

func TestDeafChildIsReplaced(t *testing.T) {
	needProc(t)
	for _, tt := range []struct {
		how    string
		values []string
		next   bool // the next cell meets it, not this one
	}{
		{"stop", []string{"a signal has stopped it"}, false},
		// Its reader may notice that first.
		{"closeinput", []string{"closed its channel", "exit status 1"}, true},
	} {
		t.Run(tt.how, func(t *testing.T) {
			t.Parallel()
			w := start(t)
			first := newRecorder()
			begin := time.Now()
			r := w.Execute(t.Context(), session.Cell{Source: tt.how}, first)
			failure := r.Failure
			if tt.next {
				if failure != nil {
					t.Fatalf("the cell failed: %+v", failure)
				}
				if r, _ := run(t, w, "set a=b"); r.Failure != nil {
					t.Errorf("the next cell: %+v", r.Failure)
				}
				eventually(t, "report", func() bool { return len(first.failures()) > 0 })
				failure = first.failures()[0]
			}
			says := func(value string) bool { return strings.Contains(failure.Value, value) }
			if failure == nil || !failure.Restarted || !slices.ContainsFunc(tt.values, says) {
				t.Fatalf("failure: %+v", failure)
			}
			t.Logf("noticed after %v", time.Since(begin))
			if r, _ := run(t, w, "nothing"); r.Failure != nil {
				t.Errorf("a cell afterwards: %+v", r.Failure)
			}
		})
	}
}

func TestBusyChildIsNotDeaf(t *testing.T) {
	w := start(t)
	if r, _ := run(t, w, "busy 5000"); r.Failure != nil {
		t.Errorf("failure: %+v", r.Failure)
	}
}

func TestDeaf(t *testing.T) {
	idle := activity{known: true}
	for _, tt := range []struct {
		name string
		now  activity
		open time.Duration
		deaf bool
	}{
		{"just asked", idle, time.Second, false},
		{"idle", idle, 3 * time.Second, true},
		{"stopped", activity{known: true, stopped: true, ran: time.Hour}, 3 * time.Second, true},
		{"busy", activity{known: true, ran: 2 * time.Second}, 3 * time.Second, false},
		{"busy for too long", activity{known: true, ran: 20 * time.Second}, 31 * time.Second, true},
		{"swapping", activity{known: true, blocked: true}, 3 * time.Second, false},
		{"nothing known", activity{}, 3 * time.Second, false},
	} {
		if reason := deaf(idle, tt.now, tt.open); (reason != "") != tt.deaf {
			t.Errorf("%s: %q", tt.name, reason)
		}
	}
}

// A death between two cells is reported where it belongs: to the one that was
// there, while the next one runs in the next session.
func TestDeathBetweenCells(t *testing.T) {
	w := start(t)
	for range 50 {
		last := newRecorder()
		r := w.Execute(t.Context(), session.Cell{Source: "echo here"}, last)
		if r.Failure != nil {
			t.Fatalf("the cell failed: %+v", r.Failure)
		}
		_ = syscall.Kill(w.Pid(), syscall.SIGKILL)
		next := newRecorder()
		r = w.Execute(t.Context(), session.Cell{Source: "echo there"}, next)
		if r.Failure != nil || next.text("stdout") != "there" {
			t.Fatalf("the next cell: %+v, %q", r.Failure, next.text("stdout"))
		}
		eventually(t, "report", func() bool { return len(last.failures()) == 1 })
	}
}

// A cell that was interrupted before it began is not run.
func TestInterruptedBeforeItBegan(t *testing.T) {
	needProc(t)
	w := start(t)
	if r, _ := run(t, w, "nothing"); r.Failure != nil {
		t.Fatal(r.Failure)
	}
	_ = syscall.Kill(w.Pid(), syscall.SIGSTOP)
	eventually(t, "stop", func() bool { return activityOf(w.Pid()).stopped })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	rec := newRecorder()
	r := w.Execute(ctx, session.Cell{Source: "echo ran"}, rec)
	if r.Failure == nil || r.Failure.Name != session.Interrupted || rec.text("stdout") != "" {
		t.Errorf("%+v, %q", r.Failure, rec.text("stdout"))
	}
}
