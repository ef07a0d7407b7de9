package compile_test

import (
	"strings"
	"testing"

	"github.com/gosched/gosched/internal/snippet"
	"github.com/gosched/gosched/kernel/run"
)

// compiled makes a machine for source.
func compiled(t testing.TB, src string) *snippet.Snippet {
	t.Helper()
	return compiledWith(t, src, "")
}

// compiledWith makes one with a mode of link.Config.JIT.
func compiledWith(t testing.TB, src, mode string) *snippet.Snippet {
	t.Helper()
	s := snippet.Build(t, src)
	return s.On(run.New(s.Config(mode)))
}

// Each family of instructions by itself.
func TestFamilies(t *testing.T) {
	for _, tt := range snippet.Families {
		t.Run(tt.Name, func(t *testing.T) {
			s := compiled(t, tt.Src)
			r := s.Run("f")
			if r.Printed != tt.Want || !strings.Contains(r.Failed(), tt.Panics) || (r.Failed() == "") != (tt.Panics == "") {
				t.Errorf("printed %q, want %q; ended with %q, want %q", r.Printed, tt.Want, r.Failed(), tt.Panics)
			}
		})
	}
}

// The project's programs, whole, without a session around them.
func TestPrograms(t *testing.T) {
	for _, p := range snippet.Programs(t) {
		t.Run(p.Name, func(t *testing.T) {
			s := compiled(t, p.Src)
			if got := s.Run("main").Golden(); !p.Is(got) {
				t.Errorf("printed\n%s\nwant\n%s", got, p.Want)
			}
		})
	}
}
