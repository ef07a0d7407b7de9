// Command alltests sets up what the tests need and runs all of them:
//
//	go run ./internal/alltests
//
// It makes a Python environment in .test/ with the packages of its
// requirements.txt and the kernel of this tree, and then runs gofmt, go vet,
// staticcheck, the Go tests, the kernel's Go tests under the race detector (with
// -short), and the Python tests in tests/. Tests find what was set up in
// these environment variables:
//
//	GOSCHED_TEST_ALL       "1": nothing may be skipped
//	GOSCHED_TEST_PYTHON    the Python of the environment
//	GOSCHED_TEST_BIN       the gosched program of this tree
//	GOSCHED_TEST_CHROMIUM  a Chromium, for tests of JupyterLab
//	GOSCHED_TEST_ARTIFACTS a directory for screenshots and the like
//
// Go commands run with GOEXPERIMENT=goroutineleakprofile, without which %leaks
// finds little. With GOSCHED_TEST_CONFORM_ALL=1 all of Go's own tests run as
// cells, which takes ten minutes and more, and not just a sample.
//
// The last line is "N passed, N failed"; the exit code is 1 if something
// failed.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	only := flag.String("only", "", "run only these steps, separated by commas: "+strings.Join(stepNames(), ", "))
	flag.Parse()
	var chosen []string
	if *only != "" {
		chosen = strings.Split(*only, ",")
	}
	if err := run(ctx, os.Stdout, chosen); err != nil {
		fmt.Fprintln(os.Stderr, "alltests:", err)
		os.Exit(1)
	}
}

// A tally counts checks and tests.
type tally struct {
	passed, failed int
	failures       []string // their names
}

func (t *tally) pass() { t.passed++ }

func (t *tally) fail(name string) {
	t.failed++
	t.failures = append(t.failures, name)
}

func (t *tally) add(other tally) {
	t.passed += other.passed
	t.failed += other.failed
	t.failures = append(t.failures, other.failures...)
}

// errFailed means that a test failed, which has been told.
var errFailed = fmt.Errorf("not everything passed")

// run runs the chosen steps, or all of them, and prints the summary.
func run(ctx context.Context, out io.Writer, chosen []string) error {
	for _, name := range chosen {
		if !slices.Contains(stepNames(), name) {
			return fmt.Errorf("no step %q; the steps are %s", name, strings.Join(stepNames(), ", "))
		}
	}
	if slices.Contains(chosen, "go") || slices.Contains(chosen, "python") {
		chosen = append(chosen, setupStep)
	}
	tree, err := openTree(ctx, out)
	if err != nil {
		return err
	}
	var total tally
	var summary strings.Builder
	for _, step := range steps() {
		if len(chosen) > 0 && !slices.Contains(chosen, step.name) {
			continue
		}
		fmt.Fprintf(out, "\n=== %s\n", step.name)
		start := time.Now()
		result, err := step.run(ctx, tree)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			fmt.Fprintf(out, "%s: %v\n", step.name, err)
			result.fail(step.name)
		}
		total.add(result)
		fmt.Fprintf(&summary, "%-12s %5d passed %4d failed  %6.1f s\n", step.name, result.passed, result.failed, time.Since(start).Seconds())
	}
	fmt.Fprintf(out, "\n=== summary\n%s", &summary)
	for _, name := range total.failures {
		fmt.Fprintf(out, "FAILED %s\n", name)
	}
	fmt.Fprintf(out, "%d passed, %d failed\n", total.passed, total.failed)
	if total.failed > 0 {
		return errFailed
	}
	return nil
}
