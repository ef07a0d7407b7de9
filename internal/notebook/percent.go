package notebook

import (
	"regexp"
	"strings"
)

// marker begins a cell in Jupytext's percent format, with a comment of Go.
var marker = regexp.MustCompile(`^//\s*%%(\s.*)?$`)

var (
	markerType = regexp.MustCompile(`\[(markdown|raw)\]`)
	markerTags = regexp.MustCompile(`\btags\s*=\s*\[([^\]]*)\]`)
)

// HasMarkers reports whether Go source is divided into cells by lines such as
// "// %%".
func HasMarkers(source string) bool {
	for line := range strings.Lines(source) {
		if marker.MatchString(strings.TrimRight(line, "\r\n")) {
			return true
		}
	}
	return false
}

// FromPercent makes a notebook of Go source in Jupytext's percent format: a line
// "// %%" begins a cell, "// %% [markdown]" one whose text is in comments, and
// tags=["a", "b"] on such a line are the cell's tags. What stands before the first
// of these lines is a cell if there is any code in it.
func FromPercent(source string) *Notebook {
	nb := New()
	nb.Cells = nil
	cell := &Cell{Type: Code, Metadata: map[string]any{}}
	var text strings.Builder
	first := true
	end := func() {
		cell.Source = strings.Trim(text.String(), "\r\n")
		if cell.Type != Code {
			cell.Source = uncommented(cell.Source)
		}
		if !first || strings.TrimSpace(cell.Source) != "" {
			nb.Cells = append(nb.Cells, cell)
		}
		first = false
		text.Reset()
	}
	for line := range strings.Lines(source) {
		m := marker.FindStringSubmatch(strings.TrimRight(line, "\r\n"))
		if m == nil {
			text.WriteString(line)
			continue
		}
		end()
		cell = &Cell{Type: Code, Metadata: map[string]any{}}
		if t := markerType.FindStringSubmatch(m[1]); t != nil {
			cell.Type = CellType(t[1])
		}
		if t := markerTags.FindStringSubmatch(m[1]); t != nil {
			var tags []any
			for tag := range strings.SplitSeq(t[1], ",") {
				if tag = strings.Trim(tag, ` "'`); tag != "" {
					tags = append(tags, tag)
				}
			}
			cell.Metadata["tags"] = tags
		}
	}
	end()
	return nb
}

// uncommented takes the comment signs from lines.
func uncommented(text string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if rest, ok := strings.CutPrefix(l, "//"); ok {
			lines[i] = strings.TrimPrefix(rest, " ")
		}
	}
	return strings.Join(lines, "\n")
}
