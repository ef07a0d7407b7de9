package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

type goTestOptions struct {
	environ []string
	skips   skips
	args    []string
	// niceness is by how much other steps go first.
	niceness int
}

// skips says what becomes of tests that skip.
type skips int

const (
	skipsAreMeant skips = iota // as with -short
	skipsAreTold
	skipsFail
)

// oneMore has the go command test one package more at a time than there are processors:
// with -short most tests wait for something that is no work.
var oneMore = []string{"-p", strconv.Itoa(runtime.NumCPU() + 1)}

// goTest runs `go test` and counts the tests: a test with subtests counts as
// those. What fails is run once more by itself, since a test may be upset by a
// machine that is busy with others; if it passes then, it is named as flaky.
func goTest(ctx context.Context, t *tree, o goTestOptions) (tally, error) {
	result, failed, err := goTestOnce(ctx, t, o)
	if err != nil || len(failed) == 0 || len(failed) > mostAgain {
		return result, err
	}
	flags := slices.DeleteFunc(slices.Clone(o.args), func(arg string) bool { return strings.HasPrefix(arg, "./") })
	for _, key := range failed {
		again := o
		again.args = append(slices.Clone(flags), "-count=1")
		if key.test != "" {
			again.args = append(again.args, "-run", "^"+key.test+"$")
		}
		again.args = append(again.args, key.pkg)
		for range timesAgain {
			fmt.Fprintf(t.out, "once more: %s\n", key)
			second, _, err := goTestOnce(ctx, t, again)
			if err != nil {
				return result, err
			}
			if second.failed == 0 && second.passed > 0 {
				result.pardon(key.String(), second.passed)
				break
			}
		}
	}
	return result, nil
}

// mostAgain is how many failures are run once more: with more of them it is
// not the machine.
const mostAgain = 12

// timesAgain is how often a failure is run again.
const timesAgain = 2

// noSymbols are flags of the linker, for which debug information is half of its work.
const noSymbols = "-s -w"

// goTestOnce runs `go test`. It returns which tests at top level, or packages,
// have failed.
func goTestOnce(ctx context.Context, t *tree, o goTestOptions) (result tally, failed []testKey, err error) {
	cmd := t.nice(ctx, o.niceness, append([]string{"go", "test", "-json", "-ldflags=" + noSymbols}, o.args...)...)
	cmd.Env = o.environ
	cmd.Stdout = nil
	events, err := cmd.StdoutPipe()
	if err != nil {
		return result, nil, err
	}
	if err := cmd.Start(); err != nil {
		return result, nil, err
	}
	result, failed, readErr := readGoTest(events, t.out, o.skips)
	if readErr != nil {
		_, _ = io.Copy(io.Discard, events) // or it would block
	}
	runErr := cmd.Wait()
	if readErr != nil {
		return result, failed, readErr
	}
	if runErr != nil && result.failed == 0 {
		return result, failed, runErr
	}
	return result, failed, nil
}

// A goTestEvent is a line of `go test -json`; see `go doc test2json`.
type goTestEvent struct {
	Action  string
	Package string
	Test    string
	Elapsed float64
	Output  string
}

// testKey names a test, or with an empty name a package.
type testKey struct{ pkg, test string }

func (k testKey) String() string { return strings.TrimSpace(short(k.pkg) + " " + k.test) }

// A goTestReader turns events into a tally and a log that shows the output of
// what failed only.
type goTestReader struct {
	out     io.Writer
	skips   skips
	result  tally
	output  map[testKey]*strings.Builder
	parents map[testKey]bool // tests that have subtests
	failed  map[testKey]bool // tests and packages below which something failed
	again   []testKey        // to be run once more
}

func readGoTest(events io.Reader, out io.Writer, skips skips) (tally, []testKey, error) {
	r := &goTestReader{
		out: out, skips: skips,
		output:  map[testKey]*strings.Builder{},
		parents: map[testKey]bool{},
		failed:  map[testKey]bool{},
	}
	lines := bufio.NewReader(events)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			var event goTestEvent
			if json.Unmarshal(line, &event) == nil && event.Action != "" {
				r.event(event)
			} else {
				out.Write(line)
			}
		}
		if err == io.EOF {
			return r.result, r.again, nil
		}
		if err != nil {
			return r.result, r.again, fmt.Errorf("read the output of go test: %w", err)
		}
	}
}

func (r *goTestReader) event(e goTestEvent) {
	key := testKey{e.Package, e.Test}
	switch e.Action {
	case "build-output":
		fmt.Fprint(r.out, e.Output)
	case "output":
		if r.output[key] == nil {
			r.output[key] = &strings.Builder{}
		}
		r.output[key].WriteString(e.Output)
	case "run":
		if i := strings.LastIndexByte(e.Test, '/'); i >= 0 {
			r.parents[testKey{e.Package, e.Test[:i]}] = true
		}
	case "pass", "fail", "skip":
		if e.Test == "" {
			r.packageEnd(e)
		} else {
			r.testEnd(e)
		}
		delete(r.output, key)
	}
}

func (r *goTestReader) testEnd(e goTestEvent) {
	key := testKey{e.Package, e.Test}
	name := short(e.Package) + " " + e.Test
	action := e.Action
	if action == "skip" && r.skips == skipsFail && !r.parents[key] {
		action = "fail"
		name += " (skipped)"
	}
	switch {
	case action == "skip" && r.skips == skipsAreTold && !r.parents[key]:
		r.result.skip(name, r.reason(key))
	case action == "fail":
		r.show(key)
		if !r.failed[key] { // else its subtests are counted
			r.result.fail(name)
		}
		top, _, _ := strings.Cut(e.Test, "/")
		if key := (testKey{e.Package, top}); !slices.Contains(r.again, key) {
			r.again = append(r.again, key)
		}
		above := testKey{pkg: e.Package}
		if i := strings.LastIndexByte(e.Test, '/'); i >= 0 {
			above.test = e.Test[:i]
		}
		r.failed[above] = true
		r.failed[testKey{pkg: e.Package}] = true
	case action == "pass" && !r.parents[key]:
		r.result.pass()
	}
}

func (r *goTestReader) packageEnd(e goTestEvent) {
	switch e.Action {
	case "pass":
		fmt.Fprintf(r.out, "ok    %-28s %6.1f s\n", short(e.Package), e.Elapsed)
	case "fail":
		r.show(testKey{pkg: e.Package})
		fmt.Fprintf(r.out, "FAIL  %-28s %6.1f s\n", short(e.Package), e.Elapsed)
		if !r.failed[testKey{pkg: e.Package}] { // it did not build, or it ended by itself
			r.result.fail(short(e.Package))
			r.again = append(r.again, testKey{pkg: e.Package})
		}
	}
}

// reason is what a test said when it skipped.
func (r *goTestReader) reason(key testKey) string {
	output := r.output[key]
	if output == nil {
		return "no reason given"
	}
	for line := range strings.Lines(output.String()) {
		line = strings.TrimSpace(line)
		if _, reason, ok := strings.Cut(line, ".go:"); ok { // "file.go:12: reason"
			if _, reason, ok = strings.Cut(reason, ": "); ok {
				return reason
			}
		}
	}
	return "no reason given"
}

// show prints what a test has said.
func (r *goTestReader) show(key testKey) {
	if output := r.output[key]; output != nil {
		fmt.Fprint(r.out, output)
	}
}

func short(pkg string) string { return strings.TrimPrefix(pkg, "github.com/gosched/gosched/") }
