// Package table lays out text in rows and columns, for terminals and for
// notebooks. It knows nothing of what the text says.
package table

import (
	"html"
	"strings"

	"github.com/mattn/go-runewidth"
)

// A Table is text in rows and columns. Rows may be of different lengths.
type Table struct {
	Columns []string // headings, or none
	Right   []bool   // columns that are set flush right, by index; the others are not
	Rows    [][]string
	Class   string // of the HTML table, or empty
	Rule    bool   // a line under the headings of the text form
	Notes   []string
}

// textWidth measures text as most terminals show it, wherever this runs: East
// Asian characters are two columns wide, those of unclear width one.
var textWidth = &runewidth.Condition{}

func (t *Table) width() int {
	n := len(t.Columns)
	for _, row := range t.Rows {
		n = max(n, len(row))
	}
	return n
}

func (t *Table) right(i int) bool { return i < len(t.Right) && t.Right[i] }

// Text is the table for a terminal: columns are aligned by the width that
// characters have there. Each line, notes included, ends in a new line.
func (t *Table) Text() string {
	lines := t.Rows
	if t.Columns != nil {
		lines = append([][]string{t.Columns}, t.Rows...)
	}
	widths := make([]int, t.width())
	for _, row := range lines {
		for i, s := range row {
			widths[i] = max(widths[i], textWidth.StringWidth(s))
		}
	}
	var b strings.Builder
	for n, row := range lines {
		var line strings.Builder
		for i, width := range widths {
			s := ""
			if i < len(row) {
				s = row[i]
			}
			pad := strings.Repeat(" ", width-textWidth.StringWidth(s))
			if t.right(i) {
				s = pad + s
			} else {
				s += pad
			}
			line.WriteString(s + "  ")
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
		if n == 0 && t.Columns != nil && t.Rule {
			total := -2
			for _, w := range widths {
				total += w + 2
			}
			b.WriteString(strings.Repeat("─", max(total, 1)) + "\n")
		}
	}
	for _, note := range t.Notes {
		b.WriteString(note + "\n")
	}
	return b.String()
}

// HTML is the table for a notebook.
func (t *Table) HTML() string {
	var b strings.Builder
	b.WriteString("<table")
	if t.Class != "" {
		b.WriteString(` class="` + html.EscapeString(t.Class) + `"`)
	}
	b.WriteString(">\n")
	width := t.width()
	row := func(tag string, cells []string) {
		b.WriteString("<tr>")
		for i := range width {
			s, align := "", "left"
			if i < len(cells) {
				s = html.EscapeString(cells[i])
			}
			if t.right(i) {
				align = "right"
			}
			b.WriteString("<" + tag + ` style="text-align:` + align + `">` + s + "</" + tag + ">")
		}
		b.WriteString("</tr>\n")
	}
	if t.Columns != nil {
		b.WriteString("<thead>")
		row("th", t.Columns)
		b.WriteString("</thead>\n")
	}
	b.WriteString("<tbody>\n")
	for _, cells := range t.Rows {
		row("td", cells)
	}
	b.WriteString("</tbody>\n</table>")
	if len(t.Notes) > 0 {
		b.WriteString("\n<p>")
		for i, note := range t.Notes {
			if i > 0 {
				b.WriteString("<br>\n")
			}
			b.WriteString(html.EscapeString(strings.TrimSpace(note)))
		}
		b.WriteString("</p>")
	}
	return b.String()
}
