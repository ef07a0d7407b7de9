package notebook

import (
	"reflect"
	"strings"
	"testing"
)

func TestFromPercent(t *testing.T) {
	const src = `package main

// %% [markdown]
// # Title
//
// text
// %% A title tags=["parameters", "x"]
n := 1

// %%
fmt.Println("// %% in a string", n)
//%%
//  %% [raw]
// raw
// %%%
`
	if !HasMarkers(src) || HasMarkers("package main\n\nfunc main() {}\n// 10 %% 3\n") {
		t.Error("HasMarkers is wrong")
	}
	type want struct {
		typ    CellType
		source string
	}
	var got []want
	nb := FromPercent(src)
	for _, c := range nb.Cells {
		got = append(got, want{c.Type, c.Source})
	}
	if expect := []want{
		{Code, "package main"}, {Markdown, "# Title\n\ntext"}, {Code, "n := 1"},
		{Code, `fmt.Println("// %% in a string", n)`}, {Code, ""}, {Raw, "raw\n%%%"},
	}; !reflect.DeepEqual(got, expect) {
		t.Errorf("the cells are %q, want %q", got, expect)
	}
	if c := nb.Cells[2]; !c.Tagged("parameters") || !c.Tagged("x") || c.Tagged("y") {
		t.Errorf("the tags are %v", c.Metadata)
	}
}

func FuzzFromPercent(f *testing.F) {
	f.Add("// %%\nx\n// %% [markdown] tags=[\"a\"]\n// y\n")
	f.Fuzz(func(t *testing.T, src string) {
		nb := FromPercent(src)
		if _, err := nb.File(); err != nil {
			t.Errorf("%q makes a notebook that cannot be read: %v", src, err)
		}
		n := 0
		for line := range strings.Lines(src) {
			if marker.MatchString(strings.TrimRight(line, "\r\n")) {
				n++
			}
		}
		if len(nb.Cells) < n || len(nb.Cells) > n+1 {
			t.Errorf("%q has %d markers and %d cells", src, n, len(nb.Cells))
		}
	})
}
