package history

import (
	"regexp"
	"slices"
	"strings"
)

// A memory is the input and output of a session's cells. It knows no earlier
// session.
type memory struct {
	entries []Entry
	bytes   int
}

// Bounds of what is kept in memory: enough for a long day, and no way to fill memory.
const (
	maxHistory      = 10_000
	maxHistoryBytes = 16 << 20
)

func (h *memory) add(number int, input string) {
	h.entries = append(h.entries, Entry{Number: number, Input: input})
	h.bytes += len(input)
	h.trim()
}

func (h *memory) setOutput(number int, output string) {
	for i := len(h.entries) - 1; i >= 0; i-- {
		if h.entries[i].Number == number {
			h.entries[i].Output = &output
			h.bytes += len(output)
			h.trim()
			return
		}
	}
}

// trim forgets the oldest cells.
func (h *memory) trim() {
	for len(h.entries) > maxHistory || h.bytes > maxHistoryBytes {
		e := h.entries[0]
		h.bytes -= len(e.Input)
		if e.Output != nil {
			h.bytes -= len(*e.Output)
		}
		h.entries[0] = Entry{}
		h.entries = h.entries[1:]
	}
}

// tail returns the last n entries, oldest first.
func tail(entries []Entry, n int) []Entry {
	return entries[max(0, len(entries)-max(n, 0)):]
}

// between returns the entries numbered from start up to, not including, stop;
// without stop, up to the last one.
func (h *memory) between(start int, stop *int) []Entry {
	var found []Entry
	for _, e := range h.entries {
		if e.Number >= start && (stop == nil || e.Number < *stop) {
			found = append(found, e)
		}
	}
	return found
}

// search returns the entries whose input matches a glob pattern as a whole;
// with unique, only the last of equal ones.
func (h *memory) search(pattern string, unique bool) []Entry {
	re := glob(pattern)
	seen := make(map[string]bool)
	var found []Entry
	for i := len(h.entries) - 1; i >= 0; i-- {
		e := h.entries[i]
		if !re.MatchString(e.Input) || unique && seen[e.Input] {
			continue
		}
		seen[e.Input] = true
		found = append(found, e)
	}
	slices.Reverse(found)
	return found
}

// glob translates a pattern with *, ? and [...] as SQLite's GLOB has them,
// which is what IPython searches with. Brackets that are no class stand for
// themselves.
func glob(pattern string) *regexp.Regexp {
	var b strings.Builder
	b.WriteString(`(?s)\A`)
	for rest := pattern; rest != ""; {
		switch c := rest[0]; c {
		case '*':
			b.WriteString(".*")
			rest = rest[1:]
		case '?':
			b.WriteString(".")
			rest = rest[1:]
		case '[':
			class, n := globClass(rest)
			b.WriteString(class)
			rest = rest[n:]
		default:
			n := strings.IndexAny(rest, "*?[")
			if n < 0 {
				n = len(rest)
			}
			b.WriteString(regexp.QuoteMeta(strings.ToValidUTF8(rest[:n], "\uFFFD")))
			rest = rest[n:]
		}
	}
	b.WriteString(`\z`)
	re, err := regexp.Compile(b.String())
	if err != nil {
		return regexp.MustCompile(`[^\s\S]`) // too long for a regexp: matches nothing
	}
	return re
}

// globClass translates the class at the start of s and says how long it is.
func globClass(s string) (class string, n int) {
	not, i := "", 1
	if i < len(s) && (s[i] == '^' || s[i] == '!') {
		not, i = "^", i+1
	}
	end := -1
	if i < len(s) {
		end = strings.IndexByte(s[i+1:], ']') // a first ] stands for itself
	}
	if end < 0 {
		return `\[`, 1
	}
	end += i + 1
	quoted := strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`, `^`, `\^`, `&`, `\&`, `~`, `\~`).Replace(s[i:end])
	class = "[" + not + quoted + "]"
	if _, err := regexp.Compile(class); err != nil {
		return `\[`, 1
	}
	return class, end + 1
}
