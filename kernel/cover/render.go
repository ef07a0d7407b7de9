package cover

import (
	"fmt"
	"html"
	"strings"

	"github.com/gosched/gosched/internal/table"
)

const legend = "✓ reached   ✗ not reached   ~ partly"

// shares is the table of functions.
func (p *Profile) shares() *table.Table {
	t := &table.Table{Columns: []string{"function", "where", "statements", "reached"}, Right: []bool{2: true, 3: true}}
	reached, missed := p.split()
	for _, f := range append(reached, missed...) {
		s := f.Share()
		t.Rows = append(t.Rows, []string{f.Name, fmt.Sprintf("%s line %d", f.Where, f.Line), fmt.Sprintf("%d of %d", s.Reached, s.All), s.Percent()})
	}
	return t
}

// Text is the profile for a terminal: the functions, and the source of those of which
// something was reached, with a mark at the edge of each line.
func (p *Profile) Text() string {
	var b strings.Builder
	b.WriteString(p.shares().Text())
	reached, _ := p.split()
	for _, f := range reached {
		b.WriteString("\n" + f.title() + "\n")
		marks := f.Lines()
		for i, line := range strings.Split(f.Source, "\n") {
			b.WriteString(strings.TrimRight(fmt.Sprintf("%s %4d | %s", marks[i].Sign(), f.Line+i, line), " ") + "\n")
		}
	}
	if len(reached) > 0 {
		b.WriteString("\n" + legend + "\n")
	}
	for _, n := range p.Notes {
		b.WriteString("note: " + n + "\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func (f *Function) title() string {
	if s := f.Share(); s.All > 0 {
		return fmt.Sprintf("%s, %s: %s", f.Name, f.Where, s.Percent())
	}
	return fmt.Sprintf("%s, %s", f.Name, f.Where)
}

// HTML is the profile for a notebook. Functions of which nothing was reached are
// folded.
func (p *Profile) HTML() string {
	var b strings.Builder
	b.WriteString(`<div class="gosched-cover"><style>` + style + "</style>\n")
	b.WriteString(p.shares().HTML() + "\n")
	reached, missed := p.split()
	for _, f := range reached {
		f.html(&b, true)
	}
	for _, f := range missed {
		f.html(&b, false)
	}
	fmt.Fprintf(&b, `<p>%s</p>`, legend)
	for _, n := range p.Notes {
		fmt.Fprintf(&b, "\n<p>note: %s</p>", html.EscapeString(n))
	}
	b.WriteString("\n</div>")
	return b.String()
}

func (f *Function) html(b *strings.Builder, open bool) {
	attribute := ""
	if open {
		attribute = " open"
	}
	fmt.Fprintf(b, "<details%s><summary>%s</summary><pre>", attribute, html.EscapeString(f.title()))
	marks := f.Lines()
	for i, line := range strings.Split(f.Source, "\n") {
		m := marks[i]
		title := ""
		if w := m.Word(); w != "" {
			title = ` title="` + w + `"`
		}
		fmt.Fprintf(b, "<span class=\"%s\"%s>%s %4d  %s\n</span>", class[m], title, m.Sign(), f.Line+i, html.EscapeString(line))
	}
	b.WriteString("</pre></details>\n")
}

var class = [...]string{Nothing: "gc-n", Reached: "gc-r", Missed: "gc-m", Partly: "gc-p"}

// style has the colours for a light page, and for a dark one by what front ends say of
// theirs: JupyterLab and Notebook, Visual Studio Code, others.
var style = `.gosched-cover pre{margin:2px 0 8px;padding:0;line-height:1.4;tab-size:4;overflow-x:auto;background:none}` +
	`.gosched-cover pre span{display:block;width:max-content;min-width:100%;box-sizing:border-box;padding:0 6px;border-left:4px solid transparent;color:#1c2024;background:#fff}` +
	`.gosched-cover summary{cursor:pointer}` +
	`.gosched-cover pre .gc-n{color:#5b6169}` +
	`.gosched-cover pre .gc-r{border-left-color:#1a7f37;background:#e3f6e8}` +
	`.gosched-cover pre .gc-m{border-left:4px double #c0202e;background:#fde7e9}` +
	`.gosched-cover pre .gc-p{border-left:4px dashed #8a6100;background:#fdf3d6}` +
	dark(`[data-jp-theme-light="false"] `) + dark(`.vscode-dark `) + dark(`.vscode-high-contrast:not(.vscode-high-contrast-light) `) +
	`@media(prefers-color-scheme:dark){` + dark(`body:not([data-jp-theme-light]):not(.vscode-light):not(.vscode-high-contrast-light) `) + `}`

// dark is the colours for pages that are selected so.
func dark(page string) string {
	at := page + ".gosched-cover pre "
	return at + `span{color:#e8ecf0;background:#16181b}` + at + `.gc-n{color:#9aa3ad}` +
		at + `.gc-r{border-left-color:#3fb950;background:#10301a}` + at + `.gc-m{border-left-color:#ff7b72;background:#43161a}` +
		at + `.gc-p{border-left-color:#d9a520;background:#3a2d0c}`
}
