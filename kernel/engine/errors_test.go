package engine

import (
	"strings"
	"testing"
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
