package engine

import (
	"strings"
	"testing"

	"github.com/gosched/gosched/kernel/session"
)

// TestContract5_CompileErrors compares what people read about cells that do
// not compile: all errors, with cell, line, column, source line and caret.
func TestContract5_CompileErrors(t *testing.T) {
	golden(t, "errors", func(tr *transcript, failure []string) string {
		tr.mu.Lock()
		defer tr.mu.Unlock()
		out := tr.errs.String()
		for _, l := range failure[min(1, len(failure)):] {
			if strings.Contains(l, "·") {
				t.Errorf("a name that is not the user's: %s", l)
			}
			out += l + "\n"
		}
		return out
	})
}

// An error in the engine itself fails the cell and leaves the session alone.
func TestInternalError(t *testing.T) {
	nb := open(t)
	nb.run("x := 41")
	s := nb.e.session
	nb.e.session = nil
	_, r := nb.exec("x")
	nb.e.session = s
	if r.Failure == nil || r.Failure.Name != "internal error" || !strings.Contains(strings.Join(r.Failure.Traceback, "\n"), "check.(*Session).Check") {
		t.Errorf("the failure is %v", r.Failure)
	}
	if got := nb.run("x + 1"); got != "=> 42" {
		t.Errorf("afterwards: %s", got)
	}
}

// The first deadlock in JupyterLab says which of its two consoles can wake a cell.
func TestContract12_ConsolesAreExplainedOnce(t *testing.T) {
	nb := open(t)
	block := func(origin string) bool {
		r := nb.e.Execute(t.Context(), session.Cell{ID: "x", Number: 1, Source: "<-make(chan int)", Origin: origin}, &transcript{})
		if r.Failure == nil || r.Failure.Name != session.Deadlock {
			t.Fatalf("%v", r.Failure)
		}
		return strings.Contains(strings.Join(r.Failure.Traceback, "\n"), "New Subshell Console")
	}
	for i, test := range []struct {
		origin string
		want   bool
	}{{"", false}, {"a", true}, {"b", false}} {
		if got := block(test.origin); got != test.want {
			t.Errorf("deadlock %d: explained: %v", i+1, got)
		}
	}
}
