package run

import (
	"testing"

	"github.com/gosched/gosched/internal/snippet"
)

// A compiledSnippet is source on a machine of its own.
type compiledSnippet struct {
	*snippet.Snippet
	m *Machine
}

func compiled(t *testing.T, src string) *compiledSnippet {
	t.Helper()
	s := snippet.Build(t, src)
	m, err := New(s.Config(""))
	return &compiledSnippet{s.On(m, err), m}
}
