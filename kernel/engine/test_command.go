package engine

import (
	"context"
	"fmt"
	"go/doc"
	"go/parser"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/check"
	"github.com/gosched/gosched/kernel/observe/race"
	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/session"
	"github.com/gosched/gosched/kernel/testrun"
)

var testCommand = command{
	name: "test",
	usage: []usage{
		{"%test", "run the tests that this cell declares, or else those of the last cell that has any"},
		{"%test REGEXP [-v] [-race] [-cover] [-virtual] [-short] [-skip REGEXP] [-count N]", "run the tests with such names, of all cells"},
		{"%test PACKAGE [REGEXP] [-v]…", "run the tests of a package, such as ./shapes or github.com/google/uuid"},
		{"%test -bench REGEXP [REGEXP]…", "run the benchmarks with such names as well"},
	},
	help: "Tests are functions such as TestSum(t *testing.T), examples such as ExampleSum() with an // Output: comment, and fuzz targets " +
		"such as FuzzSum(f *testing.F), of which the seeds are run. REGEXP is that of go test -run, and may name subtests: Sum/empty. " +
		"With -race, tests whose goroutines race for memory fail. With -cover, it says how many of the statements in the session's functions the tests reach; %cover shows which. With -virtual, each test is run in a bubble of testing/synctest: the clock jumps when " +
		"everybody waits, so that an hour of sleeping takes no time; such a test can have no subtests and cannot be parallel. " +
		"Flags may be written as gonb has them: -test.v, -test.run=Sum. In a cell that declares benchmarks and no tests, %test runs these.",
	examples: []string{"%test", "%test Sum -v", "%test . -count 3", "%test Timeout -virtual"},
	last:     true,
	line: func(ctx context.Context, in *invocation) error {
		c := &coverage{counts: true}
		if !slices.Contains(in.words(), "-cover") {
			return in.test(ctx, nil)
		}
		err := in.test(ctx, c)
		if c.ran {
			in.say("%s", c.profile.Summary())
			for _, n := range c.profile.Notes {
				in.say("note: %s", n)
			}
		}
		return err
	},
	complete: completeTests("Test", "-cover", "-v", "-race", "-virtual", "-short", "-skip", "-count", "-bench"),
}

// test runs what the arguments of %test say, and counts what that reaches unless c is
// nil.
func (in *invocation) test(ctx context.Context, c *coverage) error {
	args := in.args
	words := testWords(in.args)
	racing := slices.Contains(words, "-race")
	words = slices.DeleteFunc(words, func(w string) bool { return w == "-race" || w == "-cover" })
	pkg := ""
	if len(words) > 0 && isPackage(words[0]) {
		pkg, words = words[0], words[1:]
	}
	in.args = strings.Join(words, " ")
	o, err := testOptions(in)
	if in.args = args; err != nil {
		return err
	}
	tests := func() error {
		return in.runTests(o, func() (testrun.Result, *session.Failure) { return in.engine.runPackageTests(ctx, in.run, pkg, o) })
	}
	switch {
	case pkg == "":
		names := in.engine.testFunctions(in.run, o.Run, "Test", "Fuzz", "Example")
		if o.Bench != "" && len(names) == 0 {
			o.Run = o.Bench
			return in.bench(ctx, o)
		}
		if in.args == "" && !in.engine.declaredHere(in.run, names) {
			// As gonb has it, which has no other command for benchmarks.
			if benchmarks := in.engine.testFunctions(in.run, "", "Benchmark"); in.engine.declaredHere(in.run, benchmarks) {
				return in.bench(ctx, o)
			}
		}
		if len(names) == 0 {
			return noneDeclared(o.Run, "test", "func TestSum(t *testing.T) { … }")
		}
		if in.engine.declaresTestMain() {
			in.say("note: TestMain is not called; what it sets up has to be there already")
		}
		tests = func() error {
			o, bench := o, o.Bench
			o.Bench = ""
			err := in.runTests(o, func() (testrun.Result, *session.Failure) { return in.engine.runSuite(ctx, in.run, names, o, c) })
			if err != nil || bench == "" {
				return err
			}
			o.Run = bench
			return in.bench(ctx, o)
		}
	case o.Bench != "":
		return fmt.Errorf("-bench is for benchmarks that cells declare, and %s is a package\nin a terminal, go test -bench %s %s runs its benchmarks", pkg, o.Bench, pkg)
	case c != nil:
		return fmt.Errorf("what is counted are the functions of cells, and %s is a package\nin a terminal, go test -cover %s counts what the tests of a package reach", pkg, pkg)
	}
	if racing {
		return in.looksForRaces(tests)
	}
	return tests()
}

// runTests runs tests and says how they went.
func (in *invocation) runTests(o testrun.Options, run func() (testrun.Result, *session.Failure)) error {
	start := time.Now()
	r, failure := run()
	switch {
	case failure != nil:
		return failure
	case r.Ran == 0:
		return fmt.Errorf("no test is called like %q", o.Run)
	case !r.OK:
		return testsFailed(r)
	}
	in.say("ok: %s, %s", plural(r.Ran, "test", "tests"), readable(time.Since(start)))
	return nil
}

// looksForRaces runs tests and fails if goroutines of theirs race for memory.
func (in *invocation) looksForRaces(run func() error) error {
	if f := in.observable(); f != nil {
		return f
	}
	found := &races{engine: in.engine}
	d := race.New(race.Options{Report: found.add})
	defer d.Close()
	before := in.run.observe.Detector
	in.run.observe.Detector = d
	err := run()
	in.run.observe.Detector = before
	end := ending{}
	if err != nil {
		end.failure = commandFailure(err)
	}
	if end = found.judge(in, end); end.failure != nil {
		return end.failure
	}
	return nil
}

var benchCommand = command{
	name: "bench",
	usage: []usage{
		{"%bench", "run the benchmarks that this cell declares, or else those of the last cell that has any"},
		{"%bench REGEXP [-count N] [-benchtime D]", "run the benchmarks with such names, of all cells"},
	},
	help: "Benchmarks are functions such as BenchmarkSum(b *testing.B) with a loop for b.Loop() { … }. Each is run in several rounds (-count, by default 6) of a tenth " +
		"of a second (-benchtime). The table has the median of the rounds and how far the values reach around it with 95 % confidence; of two benchmarks it says whether they differ.",
	examples: []string{"%bench", "%bench Sum -count 10"},
	last:     true,
	line: func(ctx context.Context, in *invocation) error {
		o, err := testOptions(in)
		if err != nil {
			return err
		}
		return in.bench(ctx, o)
	},
	complete: completeTests("Benchmark"),
}

// bench runs the benchmarks whose names are as o.Run has it.
func (in *invocation) bench(ctx context.Context, o testrun.Options) error {
	if o.Count == 0 {
		o.Count = 6
	}
	if o.BenchTime == "" {
		o.BenchTime = "100ms"
	}
	names := in.engine.testFunctions(in.run, o.Run, "Benchmark")
	if len(names) == 0 {
		return noneDeclared(o.Run, "benchmark", "func BenchmarkSum(b *testing.B) { for b.Loop() { … } }")
	}
	if o.Bench, o.Run = o.Run, ""; o.Bench == "" {
		o.Bench = "."
	}
	var mu sync.Mutex
	var results strings.Builder
	print := o.Print
	o.Print = func(line string) {
		switch {
		case strings.HasPrefix(line, "Benchmark"):
			mu.Lock()
			defer mu.Unlock()
			results.WriteString(line)
		case !strings.HasPrefix(line, "goos: ") && !strings.HasPrefix(line, "goarch: ") && !strings.HasPrefix(line, "pkg: ") && !strings.HasPrefix(line, "cpu: "):
			print(line)
		}
	}
	r, failure := in.engine.runSuite(ctx, in.run, names, o, nil)
	if failure != nil {
		return failure
	}
	if !r.OK {
		return testsFailed(r)
	}
	list, err := testrun.Benchmarks(results.String())
	if err != nil {
		return err
	}
	var table strings.Builder
	if err := testrun.WriteTable(&table, list); err != nil {
		return err
	}
	in.run.exec.Emit(session.Stream{Name: session.Stdout, Text: table.String()})
	return nil
}

// testWords are the arguments of a command about tests, with flags as the go command
// has them where they are written as its binaries have them: -test.run=Sum.
func testWords(args string) []string {
	var words []string
	for _, w := range strings.Fields(args) {
		flag, isFlag := strings.CutPrefix(w, "-")
		if !isFlag {
			if w == `""` || w == "''" { // all, to a shell
				w = "."
			}
			words = append(words, w)
			continue
		}
		flag = strings.TrimPrefix(strings.TrimPrefix(flag, "-"), "test.")
		name, value, has := strings.Cut(flag, "=")
		switch {
		case has && (value == "true" || value == "false"):
			if value == "false" {
				continue
			}
			words = append(words, "-"+name)
		case has:
			words = append(words, "-"+name, strings.Trim(value, `"'`))
		default:
			words = append(words, "-"+name)
		}
	}
	return words
}

// testOptions reads what is written after the command. The regular expression is
// in Run.
func testOptions(in *invocation) (testrun.Options, error) {
	words := testWords(in.args)
	o := testrun.Options{Print: in.engine.testPrinter(in.run)}
	for i := 0; i < len(words); i++ {
		word := words[i]
		value := func() (string, error) {
			if i++; i == len(words) {
				return "", fmt.Errorf("a value comes after %s", word)
			}
			return words[i], nil
		}
		switch word {
		case "-v":
			o.Verbose = true
		case "-virtual":
			o.Virtual = true
		case "-short":
			o.Short = true
		case "-count":
			text, err := value()
			if err != nil {
				return o, err
			}
			if o.Count, err = strconv.Atoi(text); err != nil || o.Count < 1 {
				return o, fmt.Errorf("-count is how often, and %q is no such number", text)
			}
		case "-skip":
			text, err := value()
			if err != nil {
				return o, err
			}
			o.Skip = text
		case "-benchtime":
			text, err := value()
			if err != nil {
				return o, err
			}
			o.BenchTime = text
		case "-run", "-bench":
			text, err := value()
			if err == nil {
				_, err = regexp.Compile(text)
			}
			if err != nil {
				return o, err
			}
			if word == "-run" {
				o.Run = text
			} else {
				o.Bench = text
			}
		default:
			if strings.HasPrefix(word, "-") || o.Run != "" {
				return o, in.misused()
			}
			if _, err := regexp.Compile(word); err != nil {
				return o, fmt.Errorf("%q is no regular expression: %w", word, err)
			}
			o.Run = word
		}
	}
	return o, nil
}

func noneDeclared(pattern, what, example string) error {
	if pattern != "" && pattern != "." { // which means all
		return fmt.Errorf("no %s is called like %q", what, pattern)
	}
	return fmt.Errorf("no cell declares a %s\none is written %s", what, example)
}

func testsFailed(r testrun.Result) *session.Failure {
	text := "tests failed"
	if len(r.Failed) > 0 {
		slices.Sort(r.Failed)
		failed := slices.Compact(r.Failed)
		text = fmt.Sprintf("%d of %s failed: %s", len(failed), plural(r.Ran, "test", "tests"), strings.Join(failed, ", "))
	}
	return &session.Failure{Name: session.TestFailure, Value: text, Traceback: []string{session.Alarm + text + session.Plain}}
}

// A testFunction is one that a suite can have.
type testFunction struct {
	check.Function
	kind string
}

// testFunctions finds functions that package testing runs: those that match a
// pattern, or, without one, those of the run's cell, or else of the last cell that
// declares some.
func (e *Engine) testFunctions(run *cellRun, pattern string, kinds ...string) []testFunction {
	e.mu.Lock()
	defer e.mu.Unlock()
	var list []testFunction
	for _, f := range e.session.Functions() {
		for _, kind := range kinds {
			if f.Name != "TestMain" && isTest(f.Name, kind) && hasTestType(f.Type, kind) {
				list = append(list, testFunction{f, kind})
			}
		}
	}
	slices.SortFunc(list, func(a, b testFunction) int { return int(a.Pos - b.Pos) })
	if pattern != "" {
		re, err := regexp.Compile(strings.SplitN(pattern, "/", 2)[0])
		if err != nil {
			return nil
		}
		return slices.DeleteFunc(list, func(f testFunction) bool { return !re.MatchString(f.Name) })
	}
	if len(list) == 0 {
		return nil
	}
	last := list[len(list)-1].Cell
	if slices.ContainsFunc(list, func(f testFunction) bool { return f.Cell == run.cell.Name }) {
		last = run.cell.Name
	}
	return slices.DeleteFunc(list, func(f testFunction) bool { return f.Cell != last })
}

// declaredHere reports whether functions are those of the run's cell.
func (e *Engine) declaredHere(run *cellRun, list []testFunction) bool {
	return len(list) > 0 && list[0].Cell == run.cell.Name
}

// declaresTestMain reports whether go test would call a function of the session
// in place of the tests.
func (e *Engine) declaresTestMain() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.ContainsFunc(e.session.Functions(), func(f check.Function) bool {
		return f.Name == "TestMain" && f.Type.Params().Len() == 1
	})
}

// isTest reports whether a name is Test, or Test and something that does not go on
// with a small letter.
func isTest(name, prefix string) bool {
	rest, ok := strings.CutPrefix(name, prefix)
	return ok && (rest == "" || !('a' <= rest[0] && rest[0] <= 'z'))
}

// hasTestType reports whether a function is of the type that tests of a kind have.
func hasTestType(sig *types.Signature, kind string) bool {
	if sig.Results().Len() > 0 || sig.TypeParams().Len() > 0 {
		return false
	}
	want := map[string]string{"Test": "*testing.T", "Benchmark": "*testing.B", "Fuzz": "*testing.F"}[kind]
	if want == "" {
		return sig.Params().Len() == 0
	}
	return sig.Params().Len() == 1 && types.TypeString(sig.Params().At(0).Type(), func(p *types.Package) string { return p.Path() }) == want
}

// A testGuard is an engine that can have functions fail a test that package
// testing would end the process for.
type testGuard interface {
	GuardTest(func(*testing.T)) func(*testing.T)
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
		r, err = testrun.Run(ctx, suiteOf(value, list, guard), o)
	})
	select {
	case <-done:
	case <-time.After(abandonTime):
	}
	if c == nil {
		e.end(p)
	}
	inner.exec.Flush()
	run.others = append(append(run.others, inner.exec), inner.others...)
	if f := e.outcome(out); f != nil {
		return r, f
	}
	if err != nil {
		return r, commandFailure(err)
	}
	return r, nil
}

// abandonTime is how long an interrupted suite may take to come to its end.
const abandonTime = 2 * time.Second

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
func suiteOf(value any, list []testFunction, guard testGuard) (s testrun.Suite) {
	for i, x := range value.([]any) {
		switch x := x.(type) {
		case testing.InternalTest:
			x.F = guard.GuardTest(x.F)
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

// completeTests offers names of tests, and flags.
func completeTests(kind string, flags ...string) func(e *Engine, before []string, partial string) []session.Match {
	return func(e *Engine, before []string, partial string) []session.Match {
		var list []session.Match
		for _, f := range flags {
			if strings.HasPrefix(partial, "-") && !slices.Contains(before, f) {
				list = append(list, session.Match{Text: f, Kind: "magic"})
			}
		}
		e.mu.Lock()
		defer e.mu.Unlock()
		for _, f := range e.session.Functions() {
			if f.Name != "TestMain" && isTest(f.Name, kind) && hasTestType(f.Type, kind) {
				list = append(list, session.Match{Text: f.Name})
			}
		}
		return list
	}
}
