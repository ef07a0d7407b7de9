package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gosched/gosched/internal/course"
	"github.com/gosched/gosched/internal/notebook"
)

// What Sphinx does not know is said in HTML, and checks are folded away.
func TestPage(t *testing.T) {
	picture := notebook.Output{Type: notebook.DisplayData, Data: map[string]any{
		"image/svg+xml": `<svg role="img" aria-label="What ran"></svg>`, "text/html": "<script></script>", "text/plain": "lanes"}}
	first := &lesson{"01-first", &notebook.Notebook{Cells: []*notebook.Cell{
		{ID: "text", Type: notebook.Markdown, Source: "see [the **sum**](02-second.ipynb#cell-id=sum) and [more](02-second.ipynb)\n\n```mermaid\ngraph LR\n    A --> B\n```"},
		{ID: "ran", Type: notebook.Code, Outputs: []notebook.Output{picture}},
		{ID: "check", Type: notebook.Code, Metadata: map[string]any{"gosched": map[string]any{"role": course.RoleCheck, "solved": map[string]any{}}}},
		{ID: "practice-predict-run", Type: notebook.Code, Metadata: map[string]any{"tags": []any{"raises-exception"}}},
	}}}
	second := &lesson{"02-second", &notebook.Notebook{Cells: []*notebook.Cell{{ID: "sum", Type: notebook.Code, Source: "1 + 2"}}}}
	linked := targets([]*lesson{first, second})
	if len(linked) != 1 || !linked[target{"02-second", "sum"}] {
		t.Fatalf("links lead to %v", linked)
	}
	p, err := page(first, linked)
	if err != nil {
		t.Fatal(err)
	}
	const text = `see <a href="02-second.html#cell-sum">the **sum**</a> and [more](02-second.ipynb)` +
		"\n\n<pre class=\"mermaid\">\ngraph LR\n    A --&gt; B\n</pre>"
	if got := p.Cells[0].Source; got != text {
		t.Errorf("text\n%s\nwant\n%s", got, text)
	}
	html, _ := p.Cells[1].Outputs[0].Data["text/html"].(string)
	if !strings.Contains(html, `aria-label="What ran"`) || strings.Contains(html, "script") {
		t.Errorf("the picture is %s", html)
	}
	if !p.Cells[2].Tagged("hide-cell") {
		t.Error("the check is in sight")
	}
	if !p.Cells[3].Tagged("hide-output") {
		t.Error("what is to be predicted is in sight")
	}
	if len(first.nb.Cells[1].Outputs[0].Data) != 3 || first.nb.Cells[2].Tagged("hide-cell") {
		t.Error("the lesson itself has changed")
	}
	if p, err = page(second, linked); err != nil || len(p.Cells) != 2 || p.Cells[0].Source != `<span id="cell-sum"></span>` {
		t.Errorf("before a cell that a link leads to: %v, %v", p.Cells[0], err)
	}
}

func TestBrokenLinks(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"a.html": `<a href="b.html#there">, <a href="b.html#gone">, <a href="c.html">, <a href="#here"><p id="here">, <a href="https://go.dev/x">
			<script>var s = '<a href="no.html">'</script><img src="p.svg?digest=1">`,
		"b.html": `<h1 id="there">`,
		"p.svg":  "",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	broken, checked, err := brokenLinks(dir)
	if want := []string{`a.html: "b.html#gone": there is no such place in it`, `a.html: "c.html": there is no such file`}; err != nil || checked != 5 || !slices.Equal(broken, want) {
		t.Errorf("%q, %d, %v; want %q", broken, checked, err, want)
	}
}
