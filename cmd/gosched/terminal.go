package main

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/gosched/gosched/kernel/session"
)

// ANSI sequences.
const (
	bold  = "\x1b[1m"
	dim   = "\x1b[2m"
	red   = "\x1b[31m"
	green = "\x1b[32m"
	plain = "\x1b[0m"
)

var ansiColour = regexp.MustCompile("\x1b\\[[0-9;]*m")

// A terminal shows a running notebook to a person, in order: headings of cells
// dimmed, what they print as they print it, results and failures.
type terminal struct {
	out, err   io.Writer
	live       bool // what was shown can be replaced
	colour     bool
	quiet      bool
	errColours bool

	mu      sync.Mutex
	running int  // the cell that runs, 0 for none
	source  int  // the cell whose output was shown last
	midLine bool // a line has begun and not ended
	// shown is the display that was shown last and how many lines it has;
	// nothing was shown after it.
	shown      string
	shownLines int
	// pending are the newest updates of displays that could not be replaced,
	// in order of their first update.
	pending []session.Display
}

func newTerminal(p *process, quiet bool) *terminal {
	return &terminal{
		out:        p.stdout,
		err:        p.stderr,
		live:       p.isTerminal(p.stdout),
		colour:     p.colours(p.stdout),
		errColours: p.colours(p.stderr),
		quiet:      quiet,
	}
}

// paint colours text where the terminal has colours.
func (t *terminal) paint(style, text string) string {
	if !t.colour {
		return text
	}
	return style + text + plain
}

// file heads the output of a notebook.
func (t *terminal) file(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.line(t.paint(dim, name))
}

// begin heads the output of a cell with the first line of its source.
func (t *terminal) begin(number int, source string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.running, t.source = number, number
	first, more := firstLine(source)
	if more {
		first += " …"
	}
	t.line(t.paint(dim, fmt.Sprintf("In [%d]: %s", number, first)))
}

// firstLine returns the first line that has more than white space and
// comments, and whether there are others.
func firstLine(source string) (line string, more bool) {
	for raw := range strings.Lines(source) {
		raw = strings.TrimSpace(raw)
		switch {
		case raw == "":
		case line == "" || strings.HasPrefix(line, "//"):
			more = line != ""
			line = raw
		default:
			return line, true
		}
	}
	return line, more
}

func isBlank(source string) bool { return strings.TrimSpace(source) == "" }

// markdown shows the headings of a text cell.
func (t *terminal) markdown(source string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	fenced := false
	for line := range strings.Lines(source) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "```") {
			fenced = !fenced
		}
		if title := strings.TrimLeft(line, "#"); !fenced && title != line && strings.HasPrefix(title, " ") {
			t.line(t.paint(bold, strings.TrimSpace(line)))
		}
	}
}

// event shows what a cell tells; it may have ended.
func (t *terminal) event(number int, event session.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch e := event.(type) {
	case session.Stream:
		t.from(number)
		to := t.out
		if e.Name == session.Stderr {
			to = t.err
		}
		t.write(to, e.Text)
	case session.Display:
		t.display(number, e)
	case *session.Failure:
		t.from(number)
		t.traceback(e)
	}
}

// display shows a value, or puts it in the place of the one it updates.
func (t *terminal) display(number int, d session.Display) {
	switch {
	case !d.Update:
	case !t.live:
		t.pending = slices.DeleteFunc(t.pending, func(other session.Display) bool { return other.ID == d.ID })
		t.pending = append(t.pending, d)
		return
	case t.shown != "" && d.ID == t.shown:
		fmt.Fprintf(t.out, "\x1b[%dA\x1b[J", t.shownLines)
	}
	t.from(number)
	text := plainText(d.Bundle)
	t.block(text)
	t.shown, t.shownLines = d.ID, strings.Count(strings.TrimRight(text, "\n"), "\n")+1
}

// from says which cell the next output belongs to where that is in doubt.
func (t *terminal) from(number int) {
	if number == t.source {
		return
	}
	t.source = number
	if number == t.running {
		t.line(t.paint(dim, fmt.Sprintf("[cell %d]", number)))
	} else {
		t.line(t.paint(dim, fmt.Sprintf("[cell %d, still]", number)))
	}
}

// value shows the value of a cell's final expression.
func (t *terminal) value(number int, value session.Bundle) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.from(number)
	if t.quiet {
		return
	}
	text := plainText(value)
	if strings.Contains(text, "\n") {
		text = "\n" + text
	}
	t.block(t.paint(green, fmt.Sprintf("Out[%d]:", number)) + " " + text)
}

// failure shows why a cell failed.
func (t *terminal) failure(number int, f *session.Failure) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.from(number)
	t.flush()
	t.traceback(f)
	t.running = 0
}

// settle shows what is left of a cell that has ended.
func (t *terminal) settle() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.flush()
	t.running = 0
}

// flush shows the updates that were held back.
func (t *terminal) flush() {
	for _, d := range t.pending {
		t.block(plainText(d.Bundle))
	}
	t.pending = nil
}

func (t *terminal) traceback(f *session.Failure) {
	// A terminal's red can be read, other than that of notebooks.
	text := strings.ReplaceAll(strings.Join(f.Traceback, "\n"), session.Alarm, bold+red)
	if text == "" {
		text = f.Error()
	}
	if !t.errColours {
		text = ansiColour.ReplaceAllString(text, "")
	}
	t.endLine()
	t.write(t.err, strings.TrimRight(text, "\n")+"\n")
}

// complain tells something of gosched's own on standard error.
func (t *terminal) complain(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := fmt.Sprintf(format, args...)
	if t.errColours {
		text = red + text + plain
	}
	t.endLine()
	t.write(t.err, text+"\n")
}

// note tells something that is not an output.
func (t *terminal) note(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.line(t.paint(dim, fmt.Sprintf(format, args...)))
}

// end ends the output of a notebook.
func (t *terminal) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.flush()
	t.endLine()
}

// line writes a line that quiet leaves out.
func (t *terminal) line(text string) {
	if !t.quiet {
		t.block(text)
	}
}

// block writes text on lines of its own.
func (t *terminal) block(text string) {
	t.endLine()
	t.write(t.out, strings.TrimRight(text, "\n")+"\n")
}

func (t *terminal) endLine() {
	if t.midLine {
		t.write(t.out, "\n")
	}
}

// write writes text. A reader who has gone away is not the notebook's
// business, so errors are not looked at.
func (t *terminal) write(to io.Writer, text string) {
	if text == "" {
		return
	}
	_, _ = io.WriteString(to, text)
	t.midLine = !strings.HasSuffix(text, "\n")
	t.shown = ""
}

// plainText is what a terminal shows of a value.
func plainText(bundle session.Bundle) string {
	for _, mime := range []string{"text/plain", "text/markdown", "text/latex"} {
		if text, ok := bundle.Data[mime].(string); ok {
			return text
		}
	}
	var mimes []string
	for mime := range bundle.Data {
		mimes = append(mimes, mime)
	}
	slices.Sort(mimes)
	return "<" + strings.Join(mimes, ", ") + ">"
}
