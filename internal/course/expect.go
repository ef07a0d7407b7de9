package course

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/gosched/gosched/internal/notebook"
)

// An Expectation is what a cell should have shown once the notebook has ended.
type Expectation struct {
	Stdout  []Line   `json:"stdout"`
	Stderr  []Line   `json:"stderr"`
	Result  []Line   `json:"result"`
	Display [][]Line `json:"display"`
	Error   *Failure `json:"error"`
}

// A Failure is an error that a cell is expected to end with.
type Failure struct {
	Name      string    `json:"name"`
	Value     Pattern   `json:"value"`
	Traceback []Pattern `json:"traceback"`
}

// A Line stands for one line of text or several: a pattern, patterns that come
// in any order, or a pattern that comes once or more often, or maybe not at all.
type Line struct {
	AnyOrder []Pattern // one for a simple line
	Repeat   bool
	Maybe    bool // with Repeat: it may be missing
}

// A Pattern is a line of text, or a regular expression between slashes for the
// whole of it.
type Pattern struct {
	text string
	expr *regexp.Regexp
}

// UnmarshalJSON implements [json.Unmarshaler].
func (p *Pattern) UnmarshalJSON(raw []byte) error {
	if err := json.Unmarshal(raw, &p.text); err != nil {
		return err
	}
	if expr, ok := strings.CutPrefix(p.text, "/"); ok && strings.HasSuffix(expr, "/") {
		var err error
		p.expr, err = regexp.Compile("^(?:" + strings.TrimSuffix(expr, "/") + ")$")
		return err
	}
	return nil
}

func (p Pattern) String() string { return p.text }

func (p Pattern) matches(line string) bool {
	if p.expr != nil {
		return p.expr.MatchString(line)
	}
	return p.text == line
}

// UnmarshalJSON implements [json.Unmarshaler].
func (l *Line) UnmarshalJSON(raw []byte) error {
	switch raw[0] {
	case '[':
		return json.Unmarshal(raw, &l.AnyOrder)
	case '{':
		var repeat struct {
			Repeat *Pattern `json:"repeat"`
			Maybe  *Pattern `json:"maybe"`
		}
		if err := strict(raw, &repeat); err != nil {
			return err
		}
		switch {
		case (repeat.Repeat == nil) == (repeat.Maybe == nil):
			return errors.New(`an object among the lines wants "repeat" or "maybe"`)
		case repeat.Maybe != nil:
			*l = Line{AnyOrder: []Pattern{*repeat.Maybe}, Repeat: true, Maybe: true}
		default:
			*l = Line{AnyOrder: []Pattern{*repeat.Repeat}, Repeat: true}
		}
		return nil
	}
	l.AnyOrder = make([]Pattern, 1)
	return json.Unmarshal(raw, &l.AnyOrder[0])
}

// strict decodes JSON in which nothing may be misspelt.
func strict(raw []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}

// Compare says how the outputs differ from what is expected; nil if they do
// not.
func (e *Expectation) Compare(outputs []notebook.Output) error {
	var stdout, stderr, result string
	var displays []string
	var failures []notebook.Output
	for _, o := range outputs {
		switch {
		case o.Type == notebook.Stream && o.Name == "stderr":
			stderr += o.Text
		case o.Type == notebook.Stream:
			stdout += o.Text
		case o.Type == notebook.Error:
			failures = append(failures, o)
		case o.Type == notebook.ExecuteResult:
			result += plain(o)
		default:
			displays = append(displays, plain(o))
		}
	}
	errs := []error{
		compareText("stdout", e.Stdout, stdout),
		compareText("stderr", e.Stderr, stderr),
		compareText("the result", e.Result, result),
		e.compareFailures(failures),
	}
	if len(displays) != len(e.Display) {
		errs = append(errs, fmt.Errorf("%d displays, want %d: %q", len(displays), len(e.Display), displays))
	} else {
		for i, text := range displays {
			errs = append(errs, compareText(fmt.Sprintf("display %d", i+1), e.Display[i], text))
		}
	}
	return errors.Join(errs...)
}

func plain(o notebook.Output) string {
	text, _ := o.Data["text/plain"].(string)
	return text
}

func (e *Expectation) compareFailures(failures []notebook.Output) error {
	switch {
	case len(failures) == 0 && e.Error == nil:
		return nil
	case len(failures) == 0:
		return fmt.Errorf("it does not fail, want %s: %s", e.Error.Name, e.Error.Value)
	case len(failures) > 1:
		return fmt.Errorf("it fails %d times: %v", len(failures), failures)
	}
	got := failures[0]
	shown := fmt.Sprintf("%s: %s\n%s", got.EName, got.EValue, strings.Join(got.Traceback, "\n"))
	if e.Error == nil {
		return fmt.Errorf("it fails with %s", shown)
	}
	if got.EName != e.Error.Name || !e.Error.Value.matches(got.EValue) {
		return fmt.Errorf("it fails with %s\nwant %s: %s", shown, e.Error.Name, e.Error.Value)
	}
	lines := textLines(colours.ReplaceAllString(strings.Join(got.Traceback, "\n"), ""))
	for _, want := range e.Error.Traceback {
		i := slices.IndexFunc(lines, func(line string) bool { return want.matches(strings.TrimSpace(line)) })
		if i < 0 {
			return fmt.Errorf("no line like %q where it is due in the traceback:\n%s", want, shown)
		}
		lines = lines[i+1:]
	}
	return nil
}

// colours are the escape sequences that colour a terminal.
var colours = regexp.MustCompile("\x1b\\[[0-9;]*m")

// textLines are the lines of a text without trailing space.
func textLines(text string) []string {
	text = strings.TrimSuffix(text, "\n")
	if text == "" {
		return nil
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " \r\t")
	}
	return lines
}

func compareText(what string, want []Line, text string) error {
	lines := textLines(text)
	rest := lines
	for _, w := range want {
		n, ok := w.take(rest)
		if !ok {
			return fmt.Errorf("%s: want %s, got %q in\n%s", what, w, rest[:min(len(rest), max(len(w.AnyOrder), 1))], text)
		}
		rest = rest[n:]
	}
	if len(rest) > 0 {
		return fmt.Errorf("%s: more than expected: %q in\n%s", what, rest, text)
	}
	return nil
}

func (l Line) String() string {
	switch {
	case l.Maybe:
		return fmt.Sprintf("%q, or nothing", l.AnyOrder[0])
	case l.Repeat:
		return fmt.Sprintf("%q, once or more", l.AnyOrder[0])
	case len(l.AnyOrder) == 1:
		return fmt.Sprintf("%q", l.AnyOrder[0])
	}
	return fmt.Sprintf("%q in any order", l.AnyOrder)
}

// take says how many lines at the beginning of lines are what is expected.
func (l Line) take(lines []string) (n int, ok bool) {
	if l.Repeat {
		for n < len(lines) && l.AnyOrder[0].matches(lines[n]) {
			n++
		}
		return n, n > 0 || l.Maybe
	}
	n = len(l.AnyOrder)
	return n, n <= len(lines) && pair(l.AnyOrder, lines[:n])
}

// pair reports whether each pattern can have a line of its own.
func pair(patterns []Pattern, lines []string) bool {
	if len(patterns) == 0 {
		return true
	}
	for i, line := range lines {
		if patterns[0].matches(line) && pair(patterns[1:], slices.Concat(lines[:i], lines[i+1:])) {
			return true
		}
	}
	return false
}
