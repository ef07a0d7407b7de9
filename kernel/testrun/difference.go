package testrun

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
)

// Differences looks at what failing tests print, line by line, and finds texts of
// several lines that are got and wanted: after lines "got:" and "want:", as examples
// and many tests have them, and as quoted strings in one line, as %q writes them.
type Differences struct {
	indent    string
	got, want []string
	in        part
}

// A part is what the lines belong to that are coming.
type part int

const (
	neither part = iota
	inGot
	inWant
)

var (
	heading = regexp.MustCompile(`^(\s*)(?:.*[ :])?(got|want):\s*$`)
	quoted  = regexp.MustCompile(`("(?:[^"\\]|\\.)*")[,;]? (?:but )?(?:want|wanted|expected):? ("(?:[^"\\]|\\.)*")`)
)

// Line takes a line with its newline and returns a diff that is to be shown before
// it, and one that is to be shown after it. Each is empty or ends with a newline.
func (d *Differences) Line(line string) (before, after string) {
	text := strings.TrimSuffix(line, "\n")
	m := heading.FindStringSubmatch(text)
	switch {
	case m != nil && m[2] == "got":
		before = d.end()
		d.indent, d.in = m[1], inGot
		if rest := strings.TrimLeft(text, " \t"); !strings.HasPrefix(rest, "got") {
			d.indent += "    " // as package testing has what follows the place
		}
	case m != nil && d.in == inGot:
		d.in = inWant
	case d.in == inWant && d.isOver(text):
		before = d.end()
	case d.in == inGot && strings.HasPrefix(text, "--- "):
		d.end()
	case d.in == inGot:
		d.got = append(d.got, d.unindented(text))
	case d.in == inWant:
		d.want = append(d.want, d.unindented(text))
	default:
		if m := quoted.FindStringSubmatch(text); m != nil {
			got, err := strconv.Unquote(m[1])
			want, wantErr := strconv.Unquote(m[2])
			if err == nil && wantErr == nil {
				after = difference(indentOf(text), got, want)
			}
		}
	}
	return before, after
}

// isOver reports whether a line is no part of what is wanted.
func (d *Differences) isOver(text string) bool {
	if d.indent == "" {
		return strings.HasPrefix(text, "--- ") || strings.HasPrefix(text, "=== ") || text == "FAIL" || text == "PASS"
	}
	return !strings.HasPrefix(text, d.indent) && text != ""
}

// end is the diff of what has come.
func (d *Differences) end() string {
	if d.in != inWant {
		*d = Differences{}
		return ""
	}
	text := difference(d.indent, strings.Join(d.got, "\n"), strings.Join(d.want, "\n"))
	*d = Differences{}
	return text
}

func (d *Differences) unindented(text string) string { return strings.TrimPrefix(text, d.indent) }

func indentOf(text string) string { return text[:len(text)-len(strings.TrimLeft(text, " \t"))] }

// worthwhile is how many lines one of two texts has at least for a diff to help.
const worthwhile = 2

// difference is a diff of texts that have several lines.
func difference(indent, got, want string) string {
	got, want = strings.TrimRight(got, "\n"), strings.TrimRight(want, "\n")
	if max(strings.Count(got, "\n"), strings.Count(want, "\n"))+1 < worthwhile || got == want {
		return ""
	}
	out := diff.Diff("want", []byte(want+"\n"), "got", []byte(got+"\n"))
	var b strings.Builder
	for line := range bytes.Lines(out) {
		if bytes.HasPrefix(line, []byte("diff ")) || bytes.HasPrefix(line, []byte("@@ ")) {
			continue
		}
		b.WriteString(indent + string(line))
	}
	return b.String()
}
