package engine

import (
	"strings"
	"testing"

	"github.com/gosched/gosched/kernel/session"
)

// A file that a cell means to embed is not left out in silence.
func TestContract6_EmbedIsRefused(t *testing.T) {
	nb := open(t)
	_, r := nb.exec("import _ \"embed\"\n\n//go:embed greeting.txt\nvar greeting string\n\ngreeting")
	if r.Failure == nil || r.Failure.Name != session.CompileError {
		t.Fatalf("failure %v", r.Failure)
	}
	for _, want := range []string{"cell 1:3:1: //go:embed does not work in a cell", "os.ReadFile"} {
		if !strings.Contains(r.Failure.Value, want) {
			t.Errorf("%q does not say %q", r.Failure.Value, want)
		}
	}
	if _, r := nb.exec("greeting"); r.Failure == nil {
		t.Error("the refused cell declared its variable")
	}
	got := nb.run("// go:embed is not a directive with a space, nor is //go:embedded\nx := \"//go:embed x\" // \"\nx //go:embedding")
	if got != `=> "//go:embed x"` {
		t.Errorf("got %s", got)
	}
}
