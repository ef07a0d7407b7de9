package engine

import (
	"errors"
	"fmt"
	"go/scanner"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gosched/gosched/kernel/cell"
	"github.com/gosched/gosched/kernel/check"
	"github.com/gosched/gosched/kernel/display"
	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/sched/report"
	"github.com/gosched/gosched/kernel/session"
)

// syntaxFailure reports what the parser found.
func (e *Engine) syntaxFailure(c *cell.Cell, err error) *session.Failure {
	var list check.ErrorList
	var syntax scanner.ErrorList
	if errors.As(err, &syntax) {
		for _, s := range syntax {
			list = append(list, check.Error{Position: s.Pos, Msg: "syntax error: " + s.Msg})
		}
	} else {
		list = check.ErrorList{{Msg: err.Error()}}
	}
	return e.compileFailure(c, list)
}

// compileFailure reports compile errors.
func (e *Engine) compileFailure(c *cell.Cell, list check.ErrorList) *session.Failure {
	return e.failureAt(session.CompileError, c, list)
}

// failureAt reports errors, each with its source line and a mark under the
// place.
func (e *Engine) failureAt(kind session.FailureKind, c *cell.Cell, list check.ErrorList) *session.Failure {
	f := &session.Failure{Name: kind}
	const most = 100 // what a cell of generated nonsense shows
	for i, err := range list {
		if i == most {
			f.Traceback = append(f.Traceback, fmt.Sprintf("... and %d more errors", len(list)-most))
			break
		}
		head := err.Msg
		if err.Position.IsValid() {
			head = fmt.Sprintf("%s:%d:%d: %s", err.Position.Filename, err.Position.Line, err.Position.Column, err.Msg)
		}
		head, more, explained := strings.Cut(head, "\n")
		if i == 0 {
			f.Value = head
		}
		f.Traceback = append(f.Traceback, session.Alarm+head+session.Plain)
		if explained {
			f.Traceback = append(f.Traceback, strings.Split(more, "\n")...)
		}
		var src string
		if c != nil && err.Position.Filename == c.Name {
			src = string(c.Source)
		} else {
			src = e.sources[err.Position.Filename]
		}
		if src == "" || !err.Position.IsValid() {
			continue
		}
		f.Traceback = append(f.Traceback, marked(src, err.Position.Line, err.Position.Column)...)
	}
	if len(list) > 1 {
		f.Value += fmt.Sprintf(" (and %d more)", len(list)-1)
	}
	return f
}

// marked returns a source line and a caret under a column, which counts bytes.
func marked(src string, line, column int) []string {
	for range line - 1 {
		_, rest, ok := strings.Cut(src, "\n")
		if !ok {
			return nil
		}
		src = rest
	}
	text, _, _ := strings.Cut(src, "\n")
	text = strings.TrimSuffix(text, "\r")
	text, column = excerpt(text, column)
	var pad strings.Builder
	for i, r := range text {
		if i >= column-1 {
			break
		}
		if r == '\t' {
			pad.WriteByte('\t')
		} else {
			pad.WriteByte(' ')
		}
	}
	return []string{"    " + text, "    " + pad.String() + session.Mark + "^" + session.Plain}
}

// excerpt cuts a line that is too long to read down to what is around a
// column.
func excerpt(text string, column int) (string, int) {
	const longest, around = 200, 80
	if len(text) <= longest {
		return text, column
	}
	start, end := max(0, column-1-around), min(len(text), column-1+around)
	for start < end && !utf8.RuneStart(text[start]) {
		start++
	}
	for end < len(text) && !utf8.RuneStart(text[end]) {
		end++
	}
	cut := text[start:end]
	column -= start
	if start > 0 {
		cut, column = "…"+cut, column+len("…")
	}
	if end < len(text) {
		cut += "…"
	}
	return cut, column
}

// panicked explains a panic of g, for package sched.
func (e *Engine) panicked(g *sched.G, value any) *session.Failure {
	chain := g.EndedWith()
	if len(chain) == 0 {
		chain = []sched.Panic{{Value: value}}
	}
	f := &session.Failure{Name: session.Panic, Value: panicText(value)}
	for _, line := range panicLines(chain) {
		f.Traceback = append(f.Traceback, session.Alarm+line+session.Plain)
	}
	var re runtime.Error
	if err, ok := value.(error); ok && errors.As(err, &re) && strings.Contains(f.Value, "nil pointer dereference") {
		f.Traceback = append(f.Traceback, "[signal SIGSEGV: segmentation violation]")
	}
	f.Traceback = append(f.Traceback, "", fmt.Sprintf("goroutine %d [running]:", g.Number()))
	for _, p := range chain[len(chain)-1].Trace {
		f.Traceback = append(f.Traceback, p.Func+"(...)", "\t"+p.Where())
	}
	if g.Parent() != 0 {
		at := g.Start()
		f.Traceback = append(f.Traceback, fmt.Sprintf("created by %s in goroutine %d", at.Func, g.Parent()), "\t"+at.Where())
	}
	return f
}

// panicLines prints a panic and those that it came upon as the Go runtime does.
func panicLines(chain []sched.Panic) []string {
	var lines []string
	indent := ""
	for _, p := range chain {
		line := indent + "panic: " + panicText(p.Value)
		switch {
		case p.Recovered && p.Repanicked:
			line += " [recovered, repanicked]"
		case p.Recovered:
			line += " [recovered]"
		}
		lines = append(lines, line)
		indent = "\t"
	}
	return lines
}

// panicText prints a panic's value as the Go runtime does.
func panicText(v any) (text string) {
	defer func() {
		if r := recover(); r != nil {
			text = fmt.Sprintf("(%T) (its Error method panicked too)", v)
		}
	}()
	switch v := v.(type) {
	case nil:
		return "nil"
	case error:
		return v.Error()
	case interface{ String() string }:
		return v.String()
	case string:
		return v
	}
	rv := reflect.ValueOf(v)
	name, declared := rv.Type().String(), rv.Type().PkgPath() != ""
	if f, ok := v.(display.Foreign); ok {
		if text, ok := display.Call(f, "String"); ok {
			return text
		}
		var shown any
		shown, name, _ = f.Show()
		rv, declared = reflect.ValueOf(shown), true
	}
	var s string
	switch rv.Kind() {
	case reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		s = fmt.Sprint(rv)
	case reflect.Float32, reflect.Float64:
		s = strconv.FormatFloat(rv.Float(), 'g', -1, rv.Type().Bits())
	case reflect.Complex64, reflect.Complex128:
		s = strconv.FormatComplex(rv.Complex(), 'g', -1, rv.Type().Bits())
		if declared {
			return name + s
		}
	case reflect.String:
		s = `"` + rv.String() + `"`
	default:
		// The runtime prints an address where people want the value.
		return fmt.Sprintf("(%s) %+v", name, v)
	}
	if declared {
		return fmt.Sprintf("%s(%s)", name, s)
	}
	return s
}

// outcome turns how a cell's main goroutine ended into a failure, nil if it
// simply ended.
func (e *Engine) outcome(out sched.Outcome) *session.Failure {
	switch out.Kind {
	case sched.Panicked:
		if out.Failure != nil {
			return out.Failure
		}
		text := panicText(out.Value)
		return &session.Failure{Name: session.Panic, Value: text, Traceback: []string{"panic: " + text}}
	case sched.Interrupted:
		return interrupted(out.Abandoned)
	case sched.Exited:
		text := fmt.Sprintf("exit status %d", out.Code)
		return &session.Failure{Name: session.Exit, Value: text, Traceback: []string{
			session.Alarm + text + session.Plain,
			"The program asked to exit. The session goes on, with its variables.",
		}}
	case sched.Deadlocked:
		text := out.Deadlock.Message()
		lines := out.Deadlock.Lines()
		if len(lines) > 0 {
			lines[0] = session.Alarm + lines[0] + session.Plain
		}
		return &session.Failure{Name: session.Deadlock, Value: text, Traceback: lines}
	}
	if out.Goexit {
		const text = "no goroutines (main called runtime.Goexit) - deadlock!"
		return &session.Failure{Name: session.Goexit, Value: text, Traceback: []string{
			session.Alarm + "fatal error: " + text + session.Plain,
			"The cell's main goroutine called runtime.Goexit, and no goroutine of the cell is left. The session goes on, with its variables.",
		}}
	}
	return nil
}

// explainConsoles says once, at the first deadlock of a cell in JupyterLab, how to
// send to a cell that waits: the menu has two consoles, and only one of them can.
func (e *Engine) explainConsoles(f *session.Failure, run *cellRun) {
	if f.Name != session.Deadlock || run.request.Origin == "" || run.cell.IsProgram() || e.consoles.Swap(true) {
		return
	}
	f.Traceback = append(f.Traceback, "",
		"To wake a cell that waits by hand, open a second console before you run it:",
		"right-click in the notebook, New Subshell Console for Notebook.",
		"(The other one, New Console for Notebook, has to wait until the cell ends.)")
}

func interrupted(abandoned []report.Info) *session.Failure {
	f := &session.Failure{Name: session.Interrupted, Value: "the cell was interrupted"}
	f.Traceback = []string{session.Alarm + "interrupted" + session.Plain,
		"The cell and the goroutines it started were stopped. Variables keep their values."}
	for _, g := range abandoned {
		f.Traceback = append(f.Traceback, fmt.Sprintf("goroutine %d (%s, started at %s) is in compiled code that cannot be stopped. It was left behind and will not go on when it comes back.", g.Number, g.Name, g.Start))
	}
	return f
}
