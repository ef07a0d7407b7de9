package engine

import (
	"context"
	"fmt"
	"go/doc"
	"go/parser"
	"go/token"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/session"
	"github.com/gosched/gosched/kernel/testrun"
)

// A testGuard is an engine that can have functions fail a test that package
// testing would end the process for.
type testGuard interface {
	GuardTest(func(*testing.T)) func(*testing.T)
	GuardVirtual(func(*testing.T)) func(*testing.T) // in a bubble of testing/synctest
	GuardBenchmark(func(*testing.B)) func(*testing.B)
	GuardFuzz(func(*testing.F)) func(*testing.F)
	GuardExample(func()) func()
}

// runSuite runs functions of the session by package testing, and counts what they
// reach unless c is nil.
func (e *Engine) runSuite(ctx context.Context, run *cellRun, list []testFunction, o testrun.Options, c *coverage) (r testrun.Result, failure *session.Failure) {
	guard, ok := e.executor.(testGuard)
	if !ok {
		return r, commandFailure(fmt.Errorf("the %s engine does not run tests", e.choice.Kind))
	}
	parsed, failure := e.parse("tests", suiteSource(list))
	if failure != nil {
		return r, failure
	}
	inner := &cellRun{request: run.request, sink: run.sink, exec: e.sched.Begin(run.request, run.sink), cell: parsed, observe: run.observe, cover: c}
	p, failure := e.prepare(ctx, inner)
	if failure != nil {
		return r, failure
	}
	if c != nil {
		defer func() {
			if f := c.finish(ctx, e, run, p); failure == nil {
				failure = f
			}
		}()
	}
	defer e.observed(inner)()
	var err error
	done := make(chan struct{})
	out := inner.exec.Run(ctx, func(g *sched.G) {
		defer close(done)
		e.initialise(g)
		e.executor.Call(g, p.cell.Body)
		var value any
		if value, err = e.executor.Value(p.cell.Global(p.unit.Results[0])); err != nil {
			return
		}
		r, err = testrun.Run(ctx, suiteOf(value, list, guard, o.Virtual), o)
	})
	awaitSuite(done)
	if c == nil {
		e.end(p)
	}
	return r, e.suiteEnded(run, inner, out, err)
}

// abandonTime is how long an interrupted suite may take to come to its end.
const abandonTime = 2 * time.Second

func awaitSuite(done <-chan struct{}) {
	select {
	case <-done:
	case <-time.After(abandonTime):
	}
}

// suiteEnded hands what inner has run over to run, and says what kept it from its end.
func (e *Engine) suiteEnded(run, inner *cellRun, out sched.Outcome, err error) *session.Failure {
	inner.exec.Flush()
	run.others = append(append(run.others, inner.exec), inner.others...)
	if f := e.outcome(out); f != nil {
		return f
	}
	if err != nil {
		return commandFailure(err)
	}
	return nil
}

// suiteSource is a cell whose value is the functions.
func suiteSource(list []testFunction) string {
	var b strings.Builder
	b.WriteString("[]any{\n")
	for _, f := range list {
		typ, field := map[string]string{"Test": "InternalTest", "Benchmark": "InternalBenchmark", "Fuzz": "InternalFuzzTarget", "Example": "InternalExample"}[f.kind], "F"
		if f.kind == "Fuzz" {
			field = "Fn"
		}
		fmt.Fprintf(&b, "\ttesting.%s{Name: %q, %s: %s},\n", typ, f.Name, field, f.Name)
	}
	b.WriteString("}")
	return b.String()
}

// suiteOf makes the suite of that cell's value.
func suiteOf(value any, list []testFunction, guard testGuard, virtual bool) (s testrun.Suite) {
	for i, x := range value.([]any) {
		switch x := x.(type) {
		case testing.InternalTest:
			x.F = guardTest(guard, x.F, virtual)
			s.Tests = append(s.Tests, x)
		case testing.InternalBenchmark:
			x.F = guard.GuardBenchmark(x.F)
			s.Benchmarks = append(s.Benchmarks, x)
		case testing.InternalFuzzTarget:
			x.Fn = guard.GuardFuzz(x.Fn)
			s.Fuzz = append(s.Fuzz, x)
		case testing.InternalExample:
			out, unordered, has := exampleOutput(list[i].Text)
			if has { // without the comment it is only compiled
				x.F, x.Output, x.Unordered = guard.GuardExample(x.F), out, unordered
				s.Examples = append(s.Examples, x)
			}
		}
	}
	return s
}

func guardTest(guard testGuard, f func(*testing.T), virtual bool) func(*testing.T) {
	if virtual {
		return guard.GuardVirtual(f)
	}
	return guard.GuardTest(f)
}

// exampleOutput is what an example has to print, by its comment.
func exampleOutput(text string) (output string, unordered, has bool) {
	f, err := parser.ParseFile(token.NewFileSet(), "x_test.go", "package x\n"+text, parser.ParseComments)
	if err != nil {
		return "", false, false
	}
	for _, x := range doc.Examples(f) {
		return x.Output, x.Unordered, x.Output != "" || x.EmptyOutput
	}
	return "", false, false
}

// logged is a line that a test has logged, with its place.
var logged = regexp.MustCompile(`^\s+cell (\d+):(\d+): `)

// testPrinter prints what tests print, with the line of the cell below what one of
// them complains about, and with the diff of texts.
func (e *Engine) testPrinter(run *cellRun) func(line string) {
	var differences testrun.Differences
	return func(line string) {
		before, after := differences.Line(line)
		show := func(text string) {
			if text != "" {
				run.exec.Emit(session.Stream{Name: session.Stdout, Text: text})
			}
		}
		show(before)
		m := logged.FindStringSubmatch(line)
		if m != nil {
			at := sched.Place{Cell: cellNumber(cellPrefix + m[1])}
			at.Line, _ = strconv.Atoi(m[2]) // digits
			if src := strings.TrimSpace(e.sourceLine(at)); src != "" && !strings.Contains(src, ".Log") {
				line += "        | " + src + "\n"
			}
		}
		if line == "PASS\n" || line == "FAIL\n" {
			return // said better by what comes after it
		}
		show(line + after)
	}
}
