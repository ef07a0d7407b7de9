package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

type goTestOptions struct {
	environ []string
	noSkips bool // a skipped test is a failed one
	args    []string
}

// goTest runs `go test` and counts the tests: a test with subtests counts as
// those.
func goTest(ctx context.Context, t *tree, o goTestOptions) (tally, error) {
	cmd := t.command(ctx, "go", append([]string{"test", "-json"}, o.args...)...)
	cmd.Env = o.environ
	cmd.Stdout = nil
	events, err := cmd.StdoutPipe()
	if err != nil {
		return tally{}, err
	}
	if err := cmd.Start(); err != nil {
		return tally{}, err
	}
	result, readErr := readGoTest(events, t.out, o.noSkips)
	if readErr != nil {
		_, _ = io.Copy(io.Discard, events) // or it would block
	}
	runErr := cmd.Wait()
	if readErr != nil {
		return result, readErr
	}
	if runErr != nil && result.failed == 0 {
		return result, runErr
	}
	return result, nil
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

// A goTestReader turns events into a tally and a log that shows the output of
// what failed only.
type goTestReader struct {
	out     io.Writer
	noSkips bool
	result  tally
	output  map[testKey]*strings.Builder
	parents map[testKey]bool // tests that have subtests
	failed  map[testKey]bool // tests and packages below which something failed
}

func readGoTest(events io.Reader, out io.Writer, noSkips bool) (tally, error) {
	r := &goTestReader{
		out: out, noSkips: noSkips,
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
			return r.result, nil
		}
		if err != nil {
			return r.result, fmt.Errorf("read the output of go test: %w", err)
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
	if action == "skip" && r.noSkips && !r.parents[key] {
		action = "fail"
		name += " (skipped)"
	}
	switch {
	case action == "fail":
		r.show(key)
		if !r.failed[key] { // else its subtests are counted
			r.result.fail(name)
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
		}
	}
}

// show prints what a test has said.
func (r *goTestReader) show(key testKey) {
	if output := r.output[key]; output != nil {
		fmt.Fprint(r.out, output)
	}
}

func short(pkg string) string { return strings.TrimPrefix(pkg, "github.com/gosched/gosched/") }
