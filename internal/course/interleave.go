package course

import (
	"fmt"
	"strings"
)

// A Sequence is what one cell prints, line by line, where others print, too.
type Sequence struct {
	Cell  string
	Lines []Line
	// Optional says that lines of it may be missing.
	Optional bool
}

// Interleaved says how a text differs from what several cells print into it, each
// in its order and all at the same time; nil if it does not.
func Interleaved(text string, cells []Sequence) error {
	s := &interleaving{lines: textLines(text), cells: cells, failed: map[string]bool{}}
	at := make([]place, len(cells))
	if s.match(0, at) {
		return nil
	}
	if s.steps > maxSteps {
		return fmt.Errorf("too many ways in which the cells may have printed\n%s", text)
	}
	if s.far == len(s.lines) {
		return fmt.Errorf("lines are missing: %s in\n%s", strings.Join(s.missing, "; "), text)
	}
	return fmt.Errorf("no cell prints %q at that place in\n%s", s.lines[s.far], text)
}

// maxSteps bounds the search.
const maxSteps = 1_000_000

// A place is how far the output of a cell has come.
type place struct {
	line     int    // of its Lines
	taken    uint64 // of the patterns that come in any order
	repeated bool
}

type interleaving struct {
	lines   []string
	cells   []Sequence
	failed  map[string]bool
	steps   int
	far     int      // the first line that nobody has printed
	missing []string // when all lines were somebody's
}

// match reports whether the lines from one on can be what the cells print from
// their places on.
func (s *interleaving) match(line int, at []place) bool {
	s.far = max(s.far, line)
	if s.steps++; s.steps > maxSteps {
		return false
	}
	if line == len(s.lines) {
		return s.complete(at)
	}
	key := fmt.Sprint(line, at)
	if s.failed[key] {
		return false
	}
	for i := range s.cells {
		for _, next := range s.take(i, at[i], s.lines[line]) {
			was := at[i]
			at[i] = next
			if s.match(line+1, at) {
				return true
			}
			at[i] = was
		}
	}
	s.failed[key] = true
	return false
}

// take lists where a cell may be after it has printed a line.
func (s *interleaving) take(i int, p place, text string) (next []place) {
	for ; p.line < len(s.cells[i].Lines); p = (place{line: p.line + 1}) {
		l := s.cells[i].Lines[p.line]
		if l.Repeat {
			if l.AnyOrder[0].matches(text) {
				next = append(next, place{line: p.line, repeated: true})
			}
			if p.repeated || l.Maybe || s.cells[i].Optional {
				continue
			}
			return next
		}
		for j, pattern := range l.AnyOrder {
			if p.taken&(1<<j) != 0 || !pattern.matches(text) {
				continue
			}
			q := p
			if q.taken |= 1 << j; q.taken == 1<<len(l.AnyOrder)-1 {
				q = place{line: p.line + 1}
			}
			next = append(next, q)
		}
		if !s.cells[i].Optional {
			return next
		}
	}
	return next
}

// complete reports whether every cell has printed all of its lines.
func (s *interleaving) complete(at []place) bool {
	s.missing = nil
	for i, p := range at {
		lines := s.cells[i].Lines
		if p.repeated {
			p = place{line: p.line + 1}
		}
		for p.line < len(lines) && lines[p.line].Maybe {
			p.line++
		}
		if p.line < len(lines) && !s.cells[i].Optional {
			s.missing = append(s.missing, fmt.Sprintf("cell %s: %s", s.cells[i].Cell, lines[p.line]))
		}
	}
	return len(s.missing) == 0
}
