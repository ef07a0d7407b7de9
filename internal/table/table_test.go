package table

import (
	"strings"
	"testing"
)

func TestText(t *testing.T) {
	for _, test := range []struct {
		name  string
		table Table
		want  string
	}{
		{"nothing", Table{}, ""},
		{"headings", Table{Columns: []string{"a", "long"}, Rule: true}, "a  long\n───────\n"},
		{"uneven", Table{Rows: [][]string{{"a"}, {"bb", "c", "d"}}}, "a\nbb  c  d\n"},
		{"right", Table{Columns: []string{"n", "of"}, Right: []bool{true}, Rows: [][]string{{"10", "x"}, {"7", "y"}}, Notes: []string{"1 more"}}, " n  of\n10  x\n 7  y\n1 more\n"},
		{"wide", Table{Rows: [][]string{{"日本", "x"}, {"abcd", "y"}, {"é", "z"}}}, "日本  x\nabcd  y\ne\u0301     z\n"},
	} {
		if test.name == "wide" {
			test.table.Rows[2][0] = "e\u0301" // an accent of its own takes no room
		}
		if got := test.table.Text(); got != test.want {
			t.Errorf("%s:\n%s\nwant\n%s", test.name, got, test.want)
		}
	}
}

func TestHTML(t *testing.T) {
	got := (&Table{Class: "c", Columns: []string{"<n>"}, Right: []bool{true}, Rows: [][]string{{"1", "&"}}, Notes: []string{"a", "b<"}}).HTML()
	for _, want := range []string{`<table class="c">`, `<th style="text-align:right">&lt;n&gt;</th><th style="text-align:left"></th>`, `>&amp;</td>`, "<p>a<br>\nb&lt;</p>"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
}
