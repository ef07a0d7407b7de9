package engine

import (
	"path/filepath"
	"testing"

	"github.com/gosched/gosched/kernel/history"
)

// What %history lists leaves out the cell that asks, and nothing else.
func TestHistoryOfOtherSessions(t *testing.T) {
	nb := open(t)
	nb.e.history = filepath.Join(t.TempDir(), "history.sqlite")
	for _, cells := range [][]string{{"a := 1", "%history 2"}, {"b := 1", "for {\n\tb++\n}", "%history 2"}} {
		h := history.New(history.Options{Path: nb.e.history})
		for i, source := range cells {
			h.Add(i+1, source)
		}
		if err := h.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct{ src, want string }{
		{"%history 2", "2/1  b := 1\n2/2  for {\n     \tb++\n     }\n"},
		{"%history 1", "2/3  %history 2\n"},
		{"%history 100", "1/1  a := 1\n1/2  %history 2\n2/1  b := 1\n2/2  for {\n     \tb++\n     }\n2/3  %history 2\n"},
		{"%history -g b++", "2/2  for {\n     \tb++\n     }\n"},
		{"%history -g [ab]*1", "1/1  a := 1\n2/1  b := 1\n"},
		{"%history -g nowhere", "no cell like that\n"},
	} {
		tr, r := nb.exec(test.src)
		if r.Failure != nil || tr.stdout() != test.want {
			t.Errorf("%s: %v, %q, want %q", test.src, r.Failure, tr.stdout(), test.want)
		}
	}
}
