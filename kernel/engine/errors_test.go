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
