// Command alltests sets up what the tests need and runs all of them:
//
//	go run ./internal/alltests
//
// It installs what tests need of the system where that may be done (Debian packages, as
// root), makes a Python environment in .test/ with the packages of its requirements.txt
// and the kernel of this tree, and then runs gofmt, the Go tests, those of them that are
// fast with the other Go releases that gosched supports, the kernel's Go tests under the
// race detector (with -short), and the Python tests in tests/. Beside them, in the time
// that they leave, it runs go vet, staticcheck and the Go tests that compile for other
// platforms, looks for known vulnerabilities and, with -strict, uses a kernel without
// rest for ten minutes. Tests for which something is missing are skipped and named; with
// -strict they fail. What fails is run once more by itself, and named as flaky if it
// passes then. Tests find what was set up in these environment variables:
//
//	GOSCHED_TEST_ALL       "1": tests that take long or need the network run, too
//	GOSCHED_TEST_STRICT    "1": nothing may be skipped
//	GOSCHED_TEST_CACHE     a directory for what tests keep from run to run
//	GOSCHED_TEST_PYTHON    the Python of the environment
//	GOSCHED_TEST_BIN       the gosched program of this tree
//	GOSCHED_TEST_CHROMIUM  a Chromium, for tests of JupyterLab
//	GOSCHED_TEST_ARTIFACTS a directory for screenshots and the like
//	GOSCHED_TEST_SOAK      for how long a kernel is used without rest
//
// Go commands run with GOEXPERIMENT=goroutineleakprofile where the release needs
// it for %leaks. They compile with -trimpath and without cgo, as a release is
// compiled, but for the race detector and the other Go releases. With
// GOSCHED_TEST_CONFORM_ALL=1 all of Go's own tests run as cells, which takes ten
// minutes and more, and not just a sample.
//
// With -only cover it measures instead how much of each package its own tests reach, and
// says where that is too little.
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
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	only := flag.String("only", "", "run only these steps, separated by commas: "+strings.Join(stepNames(), ", "))
	strict := flag.Bool("strict", false, "a test that cannot run here fails")
	flag.Parse()
	var chosen []string
	if *only != "" {
		chosen = strings.Split(*only, ",")
	}
	if err := run(ctx, os.Stdout, chosen, *strict); err != nil {
		fmt.Fprintln(os.Stderr, "alltests:", err)
		os.Exit(1)
	}
}

// A tally counts checks and tests.
type tally struct {
	passed, failed int
	failures       []string // their names
	skipped        []string // those that could not run here, with the reason
	flaky          []string // those that passed only when they were run once more
}

func (t *tally) pass() { t.passed++ }

func (t *tally) fail(name string) {
	t.failed++
	t.failures = append(t.failures, name)
}

func (t *tally) skip(name, reason string) {
	t.skipped = append(t.skipped, name+": "+reason)
}

// pardon counts the failures of a test, its subtests' included, as passes.
func (t *tally) pardon(name string, passed int) {
	left := slices.DeleteFunc(t.failures, func(f string) bool { return f == name || strings.HasPrefix(f, name+"/") })
	t.failed -= len(t.failures) - len(left)
	t.failures = left
	t.passed += passed
	t.flaky = append(t.flaky, name)
}

func (t *tally) add(other tally) {
	t.passed += other.passed
	t.failed += other.failed
	t.failures = append(t.failures, other.failures...)
	t.skipped = append(t.skipped, other.skipped...)
	t.flaky = append(t.flaky, other.flaky...)
}

// errFailed means that a test failed, which has been told.
var errFailed = fmt.Errorf("not everything passed")

// run runs the chosen steps, or all of them, and prints the summary.
func run(ctx context.Context, out io.Writer, chosen []string, strict bool) error {
	for _, name := range chosen {
		if !slices.Contains(stepNames(), name) {
			return fmt.Errorf("no step %q; the steps are %s", name, strings.Join(stepNames(), ", "))
		}
	}
	tree, err := openTree(ctx, out)
	if err != nil {
		return err
	}
	tree.strict = strict
	total, summary, err := tree.runSteps(ctx, some(chosen))
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "\n=== summary\n%s", summary)
	for _, name := range total.skipped {
		fmt.Fprintf(out, "SKIPPED %s\n", name)
	}
	for _, name := range total.flaky {
		fmt.Fprintf(out, "FLAKY %s: it passed only when it was run once more\n", name)
	}
	for _, name := range total.failures {
		fmt.Fprintf(out, "FAILED %s\n", name)
	}
	fmt.Fprintf(out, "%d passed, %d failed", total.passed, total.failed)
	if len(total.skipped) > 0 {
		fmt.Fprintf(out, ", %d skipped", len(total.skipped))
	}
	fmt.Fprintln(out)
	if total.failed > 0 {
		return errFailed
	}
	return nil
}

// some are the chosen steps, with the setup that they need, or all that need not be asked
// for.
func some(chosen []string) []step {
	needy := []string{"go", elsewhereStep, soakStep, "python", coverStep}
	if slices.ContainsFunc(chosen, func(name string) bool { return slices.Contains(needy, name) }) {
		chosen = append(chosen, setupStep)
	}
	return slices.DeleteFunc(steps(), func(s step) bool {
		return !slices.Contains(chosen, s.name) && (len(chosen) > 0 || s.asked)
	})
}
