package kernel

import (
	"context"
	"regexp"
	"slices"
	"strings"
)

// history is the input and output of a session's cells. It lives in memory and
// knows no earlier session.
type history struct {
	entries []entry
	bytes   int
}

type entry struct {
	number int
	input  string
	output *string
}

// Bounds of the history: enough for a long day, and no way to fill memory.
const (
	maxHistory      = 10_000
	maxHistoryBytes = 16 << 20
)

// historySession is the number of the one session there is.
const historySession = 1

func (h *history) add(number int, input string) {
	h.entries = append(h.entries, entry{number: number, input: input})
	h.bytes += len(input)
	h.trim()
}

func (h *history) setOutput(number int, output string) {
	for i := len(h.entries) - 1; i >= 0; i-- {
		if h.entries[i].number == number {
			h.entries[i].output = &output
			h.bytes += len(output)
			h.trim()
			return
		}
	}
}

// trim forgets the oldest cells.
func (h *history) trim() {
	for len(h.entries) > maxHistory || h.bytes > maxHistoryBytes {
		e := h.entries[0]
		h.bytes -= len(e.input)
		if e.output != nil {
			h.bytes -= len(*e.output)
		}
		h.entries[0] = entry{}
		h.entries = h.entries[1:]
	}
}

// tail returns the last n entries, oldest first.
func tail(entries []entry, n int) []entry {
	return entries[max(0, len(entries)-max(n, 0)):]
}

// between returns the entries numbered from start up to, not including, stop;
// without stop, up to the last one.
func (h *history) between(start int, stop *int) []entry {
	var found []entry
	for _, e := range h.entries {
		if e.number >= start && (stop == nil || e.number < *stop) {
			found = append(found, e)
		}
	}
	return found
}

// search returns the entries whose input matches a glob pattern as a whole;
// with unique, only the last of equal ones.
func (h *history) search(pattern string, unique bool) []entry {
	re := glob(pattern)
	seen := make(map[string]bool)
	var found []entry
	for i := len(h.entries) - 1; i >= 0; i-- {
		e := h.entries[i]
		if !re.MatchString(e.input) || unique && seen[e.input] {
			continue
		}
		seen[e.input] = true
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

// historyRequest answers with cells as [session, number, input], or with
// output as [session, number, [input, output]].
func (k *Kernel) historyRequest(_ context.Context, r *request) (any, error) {
	var c struct {
		Output  bool   `json:"output"`
		Access  string `json:"hist_access_type"`
		Session int    `json:"session"`
		Start   int    `json:"start"`
		Stop    *int   `json:"stop"`
		N       *int   `json:"n"`
		Pattern string `json:"pattern"`
		Unique  bool   `json:"unique"`
	}
	if err := decode(r.Content, &c); err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	var found []entry
	switch c.Access {
	case "tail":
		n := len(k.history.entries)
		if c.N != nil {
			n = *c.N
		}
		found = tail(k.history.entries, n)
	case "range":
		// 0 is the current session, as its number is; others are forgotten.
		if c.Session == 0 || c.Session == historySession {
			found = k.history.between(c.Start, c.Stop)
		}
	case "search":
		if c.Pattern == "" {
			c.Pattern = "*"
		}
		found = k.history.search(c.Pattern, c.Unique)
		if c.N != nil {
			found = tail(found, *c.N)
		}
	default:
		return nil, malformed("field %q is %q, but must be \"tail\", \"range\" or \"search\"", "hist_access_type", c.Access)
	}
	items := make([][3]any, len(found))
	for i, e := range found {
		items[i] = [3]any{historySession, e.number, e.input}
		if c.Output {
			items[i][2] = [2]any{e.input, e.output}
		}
	}
	return map[string]any{"status": "ok", "history": items}, nil
}
