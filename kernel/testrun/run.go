package testrun

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
)

// A Suite is what there is to run.
type Suite struct {
	Tests      []testing.InternalTest
	Benchmarks []testing.InternalBenchmark
	Fuzz       []testing.InternalFuzzTarget
	Examples   []testing.InternalExample
}

// Options are flags of `go test`.
type Options struct {
	Run       string // -run; empty for all tests
	Skip      string // -skip; empty for none
	Bench     string // -bench; empty for none
	BenchTime string // -benchtime; empty for the usual
	Verbose   bool
	Short     bool
	Count     int // -count; 0 is 1
	// Virtual has each test run in a bubble of testing/synctest, in which the clock
	// jumps when everybody waits.
	Virtual bool
	// Races is how many data races have been found so far; it may be nil. A test during
	// which one is found fails.
	Races func() int
	// Match replaces the matching of names by regular expressions; it may be nil.
	Match func(pat, str string) (bool, error)
	// Print is told each line that is printed, with its newline.
	Print func(line string)
}

// A Result says how it ended.
type Result struct {
	OK     bool
	Ran    int      // tests, fuzz targets and examples at top level
	Failed []string // their names
	Raced  int      // how many of them failed for a data race alone
}

// running is held while a suite runs: package testing has one state for all.
var running sync.Mutex

// ErrBusy means that another suite is running.
var ErrBusy = errors.New("tests are running already; they have to end first")

// Run runs a suite. While it does, os.Stdout is a pipe, from which what package
// testing and the tests print is read. When ctx ends, the tests that have not
// begun are skipped; those that are running have to be stopped by the caller.
func Run(ctx context.Context, s Suite, o Options) (Result, error) {
	if !running.TryLock() {
		return Result{}, ErrBusy
	}
	defer running.Unlock()
	for _, pattern := range []string{o.Run, o.Skip} {
		if _, err := regexp.Compile(pattern); err != nil {
			return Result{}, err
		}
	}
	if _, err := regexp.Compile(o.Bench); err != nil {
		return Result{}, err
	}
	unset, err := setFlags(o)
	defer unset()
	if err != nil {
		return Result{}, err
	}
	var r Result
	print := o.Print
	o.Print = func(line string) {
		if name, failed := failedName(line); failed {
			r.Failed = append(r.Failed, name)
		}
		print(line)
	}
	restore, err := redirect(ofSuite(testing.CoverMode(), o.Print))
	if err != nil {
		return Result{}, err
	}
	var ran, raced counter
	for i := range s.Tests {
		f := s.Tests[i].F
		s.Tests[i].F = func(t *testing.T) {
			if ctx.Err() != nil {
				t.SkipNow()
			}
			ran.add()
			defer o.racing(t, &raced)()
			if o.Virtual {
				inBubble(t, f)
				return
			}
			f(t)
		}
	}
	for i := range s.Fuzz {
		f := s.Fuzz[i].Fn
		s.Fuzz[i].Fn = func(t *testing.F) {
			if ctx.Err() != nil {
				t.SkipNow()
			}
			ran.add()
			defer o.racing(t, &raced)()
			f(t)
		}
	}
	for i := range s.Examples {
		f := s.Examples[i].F
		s.Examples[i].F = func() {
			if ctx.Err() == nil {
				ran.add()
				f()
			}
		}
	}
	code := func() int {
		defer restore()
		return testing.MainStart(deps{o.Match}, s.Tests, s.Benchmarks, s.Fuzz, s.Examples).Run()
	}()
	r.OK, r.Ran, r.Raced = code == 0, ran.n, raced.n
	return r, nil
}

// racing returns what fails a test, in Go's words, if data races have been found since,
// and counts it if nothing else had failed it.
func (o *Options) racing(t testing.TB, raced *counter) (end func()) {
	if o.Races == nil {
		return func() {}
	}
	before := o.Races()
	return func() {
		if o.Races() > before {
			if !t.Failed() {
				raced.add()
			}
			fmt.Fprintln(t.Output(), "race detected during execution of test")
			t.Fail()
		}
	}
}

// inBubble runs a test in a bubble of testing/synctest. One that waits for ever, or
// leaves goroutines that do, fails; package testing would end the process.
func inBubble(t *testing.T, f func(*testing.T)) {
	defer func() {
		if r := recover(); r != nil {
			fmt.Fprintf(t.Output(), "%v\n", r)
			t.Fail()
		}
	}()
	synctest.Test(t, f)
}

// failedName is the test of which a line says that it has failed, if it is one at
// top level.
func failedName(line string) (name string, failed bool) {
	rest, ok := strings.CutPrefix(line, "--- FAIL: ")
	name, _, _ = strings.Cut(rest, " ")
	return name, ok && !strings.Contains(name, "/")
}

type counter struct {
	mu sync.Mutex
	n  int
}

func (c *counter) add() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
}

// redirect has os.Stdout be a pipe, whose lines go to print. Restore puts it back
// and waits for the last line.
func redirect(print func(string)) (restore func(), err error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	before := os.Stdout
	os.Stdout = w
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer r.Close()
		in := bufio.NewReader(r)
		for {
			line, err := in.ReadString('\n')
			if line != "" {
				print(line)
			}
			if err != nil {
				return
			}
		}
	}()
	return func() {
		os.Stdout = before
		w.Close()
		<-done
	}, nil
}

// testFlags are package testing's, which are not among those of the program.
var testFlags = sync.OnceValue(func() *flag.FlagSet {
	program := flag.CommandLine
	flag.CommandLine = flag.NewFlagSet(os.Args[0], flag.ContinueOnError)
	testing.Init()
	flags := flag.CommandLine
	flag.CommandLine = program
	if flags.Lookup("test.v") == nil {
		return program // this is a test binary, or the program has called Init
	}
	return flags
})

// FindFlags has package testing's flags found among those of the program. A test binary,
// whose flags they are from its beginning, calls it before it replaces flag.CommandLine.
func FindFlags() { testFlags() }

// setFlags sets package testing's flags. Unset puts them back, also after an
// error.
func setFlags(o Options) (unset func(), err error) {
	flags := testFlags()
	before := map[string]string{}
	unset = func() {
		for name, value := range before {
			_ = flags.Set(name, value) // which it had
		}
	}
	if flags.Lookup("test.v") == nil {
		return unset, errors.New("the flags of package testing have been lost: a cell has replaced flag.CommandLine after testing.Init")
	}
	if !flag.Parsed() { // package testing asks for that
		if err := flag.CommandLine.Parse(nil); err != nil {
			return unset, err
		}
	}
	run := o.Run
	if run == "" && o.Bench != "" {
		run = "^$"
	}
	for name, value := range map[string]string{
		"test.run": run, "test.skip": o.Skip, "test.bench": o.Bench, "test.benchtime": orElse(o.BenchTime, "1s"), "test.benchmem": "true",
		"test.v": strconv.FormatBool(o.Verbose), "test.short": strconv.FormatBool(o.Short), "test.count": strconv.Itoa(max(o.Count, 1)),
		"test.timeout": "0s", "test.paniconexit0": "false", "test.testlogfile": "", "test.coverprofile": "", "test.gocoverdir": "",
	} {
		was := flags.Lookup(name).Value.String()
		if err := flags.Set(name, value); err != nil {
			return unset, fmt.Errorf("-%s: %w", strings.TrimPrefix(name, "test."), err)
		}
		before[name] = was
	}
	return unset, nil
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
