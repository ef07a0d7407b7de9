//go:build go1.27

package engine

import (
	"context"
	"strings"
	"testing"
)

// Generic methods are declared, redeclared and called from cell to cell, and
// completed, and have their own names in reports.
func TestContract4_GenericMethods(t *testing.T) {
	nb := open(t)
	nb.run("type Stack[T any] struct{ xs []T }\nfunc (s *Stack[T]) Push(x T) { s.xs = append(s.xs, x) }\n" +
		"func (s Stack[T]) Map[U any](f func(T) U) Stack[U] {\n\tvar out Stack[U]\n\tfor _, x := range s.xs { out.Push(f(x)) }\n\treturn out\n}")
	nb.run("var s Stack[int]\ns.Push(1); s.Push(2)")
	for _, c := range []struct{ src, want string }{
		{"s.Map(func(n int) string { return strings.Repeat(\"*\", n) }).xs", "=> [\"*\" \"**\"]"},
		{"func (s Stack[T]) Map[U any](f func(T) U) (out []U) {\n\tfor _, x := range s.xs { out = append(out, f(x)) }\n\treturn\n}", ""},
		{"s.Map(func(n int) float64 { return float64(n) / 2 })", "=> [0.5 1]"},
		{"f := s.Map[rune]\nf(func(n int) rune { return rune('a' + n) })", "=> [98 99]"},
		{"_, ok := any(s).(interface{ Map(func(int) int) []int })\nok", "=> false"},
	} {
		if got := nb.run(c.src); got != c.want {
			t.Errorf("%s\ngives %q, want %q", c.src, got, c.want)
		}
	}
	_, r := nb.exec("func (s *Stack[T]) Boom[U any](u U) { panic(u) }\ns.Boom(\"why\")")
	if r.Failure == nil || !strings.Contains(strings.Join(r.Failure.Traceback, "\n"), "main.(*Stack[...]).Boom[...]") {
		t.Errorf("a panic gives %v", r.Failure)
	}
	for src, want := range map[string]string{
		"type I interface { M[U any](U) }": "interface method must have no type parameters",
		"s.Map(3)":                         "cannot infer U",
		"s.Map[int, string](nil)":          "got 2 type arguments but want 1",
	} {
		if _, r := nb.exec(src); r.Failure == nil || !strings.Contains(strings.Join(r.Failure.Traceback, "\n"), want) {
			t.Errorf("%s\ngives %v, want %q", src, r.Failure, want)
		}
	}
	c, err := nb.e.Complete(context.Background(), "s.M", 3)
	if err != nil || len(c.Matches) != 1 || c.Matches[0].Text != "Map" {
		t.Errorf("completion: %v, %v", c.Matches, err)
	}
}
