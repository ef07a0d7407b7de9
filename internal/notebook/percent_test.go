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

// TestFromJupytext reads what Jupytext 1.19 writes of a Go notebook.
func TestFromJupytext(t *testing.T) {
	const body = `
// %% [markdown]
// # Title
//
// text

// %%
// %get github.com/google/uuid
import "github.com/google/uuid"
uuid.Nil

// %%
// %%time
x := 5
// // %not
// plain

// %% language="bash"
// echo hi
// # %x

// %%
x++
// !ls
`
	const head = `// ---
// jupyter:
//   jupytext:
//     text_representation:
//       extension: .go
//       format_name: percent
// ---
`
	for _, tt := range []struct {
		source string
		want   []string
	}{
		{head + body, []string{
			"# Title\n\ntext", "%get github.com/google/uuid\nimport \"github.com/google/uuid\"\nuuid.Nil",
			"%%time\nx := 5\n// %not\n// plain", "%%bash\necho hi\n# %x", "x++\n!ls",
		}},
		{body, []string{
			"# Title\n\ntext", "%get github.com/google/uuid\nimport \"github.com/google/uuid\"\nuuid.Nil",
			"%%time\nx := 5\n// // %not\n// plain", "%%bash\necho hi\n# %x", "x++\n// !ls",
		}},
		{strings.Replace(head, "// jupyter:", "// title: On goroutines\n// jupyter:", 1) + "\n// %%\n// !ls", []string{"!ls"}},
		{"// ---\n// %%\n// jupyter:\n// ---\nx", []string{"// ---", "// jupyter:\n// ---\nx"}},
		{"// %%\n// %d is a verb\nx\n// %get y\n// ---\n", []string{"// %d is a verb\nx\n// %get y\n// ---"}},
		{"// %%\n\n// %race on\n// %%virtual\nx\n", []string{"%race on\n%%virtual\nx"}},
	} {
		var got []string
		for _, c := range FromPercent(tt.source).Cells {
			got = append(got, c.Source)
		}
		if !reflect.DeepEqual(got, tt.want) {
			t.Errorf("the cells are %q, want %q", got, tt.want)
		}
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
