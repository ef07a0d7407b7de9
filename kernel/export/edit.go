package export

import (
	"slices"
	"strings"
)

// An edit puts other text in the place of a part of a cell's. One that inserts
// has an empty span.
type edit struct {
	span
	text string
}

// edits are made together: an edit within one that deletes is dropped.
type edits []edit

func (e *edits) replace(start, end int, text string) { *e = append(*e, edit{span{start, end}, text}) }
func (e *edits) insert(at int, text string)          { e.replace(at, at, text) }

// cut deletes a part of a text, with its line if nothing else stands there.
func (e *edits) cut(text []byte, s span) {
	start, end := s.start, s.end
	for start > 0 && (text[start-1] == ' ' || text[start-1] == '\t') {
		start--
	}
	for end < len(text) && (text[end] == ' ' || text[end] == '\t' || text[end] == ';') {
		end++
	}
	if (start == 0 || text[start-1] == '\n') && end < len(text) && text[end] == '\n' {
		e.replace(start, end+1, "")
		return
	}
	e.replace(s.start, s.end, "")
}

// apply makes the edits in a part of a text.
func (e edits) apply(text []byte, part span) string {
	list := slices.Clone(e)
	// Of two at one place the one that inserts comes first, and of two that
	// replace the longer.
	slices.SortStableFunc(list, func(a, b edit) int {
		if a.start != b.start {
			return a.start - b.start
		}
		if (a.end == a.start) != (b.end == b.start) {
			if a.end == a.start {
				return -1
			}
			return 1
		}
		return b.end - a.end
	})
	var b strings.Builder
	at := part.start
	for _, ed := range list {
		if ed.start < at || ed.end > part.end || ed.start < part.start {
			continue
		}
		b.Write(text[at:ed.start])
		b.WriteString(ed.text)
		at = ed.end
	}
	b.Write(text[at:part.end])
	return b.String()
}
