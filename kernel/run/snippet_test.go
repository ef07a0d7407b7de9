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

// compiledWith compiles a source with a mode of Config.JIT.
func compiledWith(t testing.TB, src, mode string) *compiledSnippet {
	t.Helper()
	s := snippet.Build(t, src)
	m, err := New(s.Config(mode))
	return &compiledSnippet{s.On(m, err), m}
}

// run calls a function without parameters and results and returns what it
// printed, and the panic that it ended with.
func (s *compiledSnippet) run(name string) (printed, failed string) {
	r := s.Run(name)
	return r.Printed, r.Failed()
}
