package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gosched/gosched/kernel/observe/race"
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
		"such as FuzzSum(f *testing.F), of which the seeds are run. REGEXP is that of go test -run, and may name subtests: Sum/empty; names one after the other are those of several tests. " +
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
		found := &races{engine: in.engine}
		o.Races = found.count
		return in.looksForRaces(found, tests)
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
	case !r.OK && r.Raced > 0 && r.Raced == len(r.Failed):
		return nil // the report of the races says more
	case !r.OK:
		return testsFailed(r)
	}
	in.say("ok: %s, %s", plural(r.Ran, "test", "tests"), readable(time.Since(start)))
	return nil
}

// looksForRaces runs tests and fails if goroutines of theirs race for memory, and tells
// of what is found.
func (in *invocation) looksForRaces(found *races, run func() error) error {
	if f := in.observable(); f != nil {
		return f
	}
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
