package session

import (
	"strings"
	"testing"
)

// The failure of a panic in gosched itself says so, and where it was: in its own code
// only, not in that of those who have recovered it.
func TestInternal(t *testing.T) {
	var f *Failure
	func() {
		defer func() { f = Internal(recover()) }()
		fails(30)
	}()
	if f.Name != InternalError || f.Value != "no good" || f.Error() != string(InternalError)+": no good" {
		t.Errorf("the failure is %q: %q", f.Name, f.Value)
	}
	text := strings.Join(f.Traceback, "\n")
	if !strings.HasPrefix(text, Alarm+"internal error: no good"+Plain+"\n") || !strings.Contains(text, "not in your code") {
		t.Errorf("it is told as\n%s", text)
	}
	calls := f.Traceback[3:]
	if len(calls) != 16 || !strings.Contains(calls[0], "session.fails(") || strings.Contains(text, "session.Internal") || strings.Contains(text, "runtime/") {
		t.Errorf("the calls are\n%s", strings.Join(calls, "\n"))
	}
}

//go:noinline
func fails(depth int) {
	if depth > 0 {
		fails(depth - 1)
		return
	}
	panic("no good")
}
