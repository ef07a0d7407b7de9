package main

import (
	"fmt"
	"html"
	"maps"
	"regexp"
	"strings"

	"github.com/gosched/gosched/internal/course"
	"github.com/gosched/gosched/internal/notebook"
)

// A target is a cell that a link leads to.
type target struct{ lesson, cell string }

var (
	fence    = regexp.MustCompile("(?s)```.*?```")
	drawing  = regexp.MustCompile("(?s)```mermaid\n(.*?)\n```")
	cellLink = regexp.MustCompile(`\[([^\]]*)\]\(([\w-]+)\.ipynb#cell-id=([\w-]+)\)`)
)

// targets are the cells that links in the lessons lead to.
func targets(lessons []*lesson) map[target]bool {
	found := map[target]bool{}
	for _, l := range lessons {
		for _, cell := range l.nb.Cells {
			if cell.Type != notebook.Markdown {
				continue
			}
			for _, m := range cellLink.FindAllStringSubmatch(fence.ReplaceAllString(cell.Source, ""), -1) {
				found[target{m[2], m[3]}] = true
			}
		}
	}
	return found
}

// page is a lesson as Sphinx is given it. What only JupyterLab knows is said in HTML:
// links to cells, drawings, and pictures of what ran, which so keep their words for
// those who do not see them.
func page(l *lesson, linked map[target]bool) (*notebook.Notebook, error) {
	p := &notebook.Notebook{Metadata: l.nb.Metadata}
	for _, cell := range l.nb.Cells {
		c := *cell
		anchor := ""
		if linked[target{l.name, c.ID}] {
			anchor = fmt.Sprintf(`<span id="cell-%s"></span>`, c.ID)
		}
		if c.Type == notebook.Markdown {
			c.Source = markdown(c.Source)
			if anchor != "" {
				c.Source += "\n\n" + anchor
			}
			p.Cells = append(p.Cells, &c)
			continue
		}
		if anchor != "" {
			p.Cells = append(p.Cells, &notebook.Cell{ID: "to-" + c.ID, Type: notebook.Markdown, Source: anchor, Metadata: map[string]any{}})
		}
		m, err := course.ReadMetadata(&c)
		if err != nil {
			return nil, err
		}
		c.Metadata = maps.Clone(c.Metadata)
		if m.Role == course.RoleCheck || m.Role == course.RoleTaskCheck {
			c.Metadata["tags"] = []any{"hide-cell"}
		}
		if strings.HasPrefix(c.ID, "practice-predict") {
			c.Metadata["tags"] = []any{"hide-output"}
		}
		c.Outputs = nil
		for _, o := range cell.Outputs {
			c.Outputs = append(c.Outputs, output(o))
		}
		p.Cells = append(p.Cells, &c)
	}
	return p, nil
}

func markdown(source string) string {
	source = cellLink.ReplaceAllString(source, `<a href="$2.html#cell-$3">$1</a>`)
	return drawing.ReplaceAllStringFunc(source, func(fenced string) string {
		code := drawing.FindStringSubmatch(fenced)[1]
		return `<pre class="mermaid">` + "\n" + html.EscapeString(code) + "\n</pre>"
	})
}

// output is an output in one form, the best that a page can show.
func output(o notebook.Output) notebook.Output {
	svg, ok := o.Data["image/svg+xml"].(string)
	if !ok {
		return o
	}
	o.Data = map[string]any{
		"text/html": `<div class="what-ran" tabindex="0" role="group" aria-label="What ran, as a picture">` + strings.TrimSpace(svg) + `</div>`,
	}
	return o
}
