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
	// Of a cell in another language, whose %%NAME line Jupytext takes away.
	markerLanguage = regexp.MustCompile(`\blanguage="([^"]*)"`)
)

// jupytextHeader is what Jupytext writes at the top: YAML in comments, before or after
// what others have put there.
var jupytextHeader = regexp.MustCompile(`^//\s*---\r?\n` + yamlLines + `//\s*jupyter:.*\n` + yamlLines + `//\s*---\r?\n`)

const yamlLines = `(//[ \t]*([^%\s].*)?\n)*?`

var (
	// What Jupytext makes comments of: lines for the kernel and for the shell, and
	// comments that look as if they were such.
	commented = regexp.MustCompile(`^//\s*(//\s*)*(%{1,3}[a-zA-Z]|!)`)
	// By hand, a word of a few letters at the beginning of a cell is meant as one.
	command = regexp.MustCompile(`^//\s*%{1,2}[a-z]{3,}(\s|$)`)
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
// of these lines is a cell if there is any code in it. Lines such as "// %get x", which
// Jupytext writes so that the file is Go, are lines for the kernel; without Jupytext's
// header only those with which a cell begins.
func FromPercent(source string) *Notebook {
	nb := New()
	nb.Cells = nil
	h := jupytextHeader.FindString(source)
	source = source[len(h):]
	cell := &Cell{Type: Code, Metadata: map[string]any{}}
	language := ""
	var text strings.Builder
	first := true
	end := func() {
		cell.Source = strings.Trim(text.String(), "\r\n")
		switch {
		case cell.Type != Code:
			cell.Source = uncommented(cell.Source)
		case language != "":
			cell.Source = "%%" + language + "\n" + uncommented(cell.Source)
		case h != "":
			cell.Source = commandsOf(cell.Source, false)
		default:
			cell.Source = commandsOf(cell.Source, true)
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
		language = ""
		if t := markerLanguage.FindStringSubmatch(m[1]); t != nil {
			language = t[1]
		}
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

// commandsOf takes the comment signs from lines of a code cell that are for the
// kernel; of those written by hand, only from the first ones.
func commandsOf(text string, byHand bool) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		switch {
		case byHand && strings.TrimSpace(l) == "":
			continue
		case byHand && !command.MatchString(l):
			return strings.Join(lines, "\n")
		case !byHand && !commented.MatchString(l):
			continue
		}
		lines[i] = strings.TrimLeft(strings.TrimPrefix(l, "//"), " \t")
	}
	return strings.Join(lines, "\n")
}
