package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"

	"github.com/gosched/gosched/internal/testenv"
)

// A step is one kind of checks. Its error means that it could not be done.
type step struct {
	name string
	run  func(context.Context, *tree) (tally, error)
	// beside is for a step that mostly waits: it runs while those after it do, and
	// is told of at the end.
	beside bool
	// spare is for a step that needs no turn of its own: it runs beside others, too, in
	// the time that they leave, one such step after the other.
	spare bool
	// first is for a step that makes what others need: nothing is done ahead before it
	// has ended.
	first bool
	// asked is for a step that is run only when it is asked for.
	asked bool
	// ahead does what can be done of the step before its turn, in the time that the
	// steps before it leave, at low priority. The step waits for it.
	// It is as well if it fails: the step does it all, then, and says what is wrong.
	ahead func(context.Context, *tree)
}

// setupStep comes before the steps that run tests.
const setupStep = "setup"

func steps() []step {
	return []step{
		{name: setupStep, run: func(ctx context.Context, t *tree) (tally, error) { return tally{}, t.setUp(ctx) }, first: true},
		{name: "panel", run: panel, beside: true},
		{name: "gofmt", run: gofmt},
		{name: "audit", run: audit, beside: true},
		{name: "vet", run: vet, spare: true},
		{name: "staticcheck", run: staticcheck, spare: true},
		{name: elsewhereStep, run: elsewhereTest, spare: true},
		{name: "go", run: allGoTests},
		{name: releasesStep, run: releasesTest, ahead: releasesAhead},
		{name: soakStep, run: soakTest, beside: true},
		{name: "race", run: raceTest, ahead: raceAhead},
		// Browsers and kernels are waited for, so that nothing for others is compiled meanwhile.
		{name: "python", run: pythonTest},
		{name: coverStep, run: coverTest, asked: true},
	}
}

func stepNames() []string {
	var names []string
	for _, s := range steps() {
		names = append(names, s.name)
	}
	return names
}

// By how much other commands go first before what is done ahead of a step, for which
// that will wait, and before spare steps, for which nobody waits until the end.
const (
	aheadNiceness = 10
	spareNiceness = 15
)

func vet(ctx context.Context, t *tree) (tally, error) {
	return pass(t.nice(ctx, spareNiceness, "go", "vet", "./..."))
}

func staticcheck(ctx context.Context, t *tree) (tally, error) {
	return pass(t.tool(ctx, spareNiceness, "staticcheck", "./..."))
}

// pass runs a command that passes if it succeeds.
func pass(cmd *exec.Cmd) (result tally, err error) {
	if err := cmd.Run(); err != nil {
		return result, err
	}
	result.pass()
	return result, nil
}

// skips is what becomes of tests that skip.
func (t *tree) skips() skips {
	if t.strict {
		return skipsFail
	}
	return skipsAreTold
}

// gofmt passes if no Go file of the tree would be changed by gofmt.
func gofmt(ctx context.Context, t *tree) (result tally, err error) {
	if reason := t.lacks("git"); reason != "" {
		result.skip("gofmt", reason)
		return result, nil
	}
	list := exec.CommandContext(ctx, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.go")
	list.Dir = t.root
	files, err := list.Output()
	if err != nil {
		return result, fmt.Errorf("list the Go files: %w", err)
	}
	args := []string{"-l"}
	for file := range strings.SplitSeq(strings.TrimRight(string(files), "\x00"), "\x00") {
		if strings.Contains(file, "testdata/") {
			continue // what is there may be wrong on purpose
		}
		if _, err := os.Stat(t.path(file)); err == nil {
			args = append(args, file)
		}
	}
	format := t.command(ctx, "gofmt", args...)
	var unformatted bytes.Buffer
	format.Stdout = io.MultiWriter(t.out, &unformatted)
	if err := format.Run(); err != nil {
		return result, err
	}
	if unformatted.Len() > 0 {
		return result, errors.New("these files are not formatted")
	}
	result.pass()
	return result, nil
}

// raced are the packages with goroutines of their own, the one that takes longest first.
var raced = []string{
	"./kernel/engine", "./kernel", "./kernel/wire", "./kernel/worker", "./kernel/engine/...", "./kernel/session/...", "./kernel/run/...", "./kernel/rtype", "./kernel/sched/...",
}

// raceTest runs Go tests under the race detector. What needs more than Go has
// had its turn, and skips.
func raceTest(ctx context.Context, t *tree) (result tally, err error) {
	if reason := t.lacks("gcc", "libc6-dev"); reason != "" {
		result.skip("race", reason)
		return result, nil
	}
	return goTest(ctx, t, goTestOptions{
		environ: append(t.environ(), withCgo, testenv.AllVar+"=", testenv.StrictVar+"="),
		args:    slices.Concat(oneMore, []string{"-race", "-short", "-vet=off", "-timeout", "30m"}, raced),
	})
}

func raceAhead(ctx context.Context, t *tree) {
	if t.lacks("gcc", "libc6-dev") == "" {
		t.compile(ctx, append(t.environ(), withCgo), append([]string{"-race"}, raced...)...)
	}
}

const soakStep = "soak"

// soakTest uses a kernel without rest, for ten minutes, in the time that tests leave
// for which somebody waits. Who only wants to know whether the tests pass has the
// seconds of it that the Go tests have.
func soakTest(ctx context.Context, t *tree) (tally, error) {
	if !t.strict {
		return tally{}, nil
	}
	return goTest(ctx, t, goTestOptions{
		environ:  append(t.environ(), "GOSCHED_TEST_SOAK=10m"),
		skips:    t.skips(),
		niceness: aheadNiceness,
		args:     []string{"-vet=off", "-timeout", "30m", "-run", "^TestSoak$", "./internal/load/soak"},
	})
}

// pythonTest runs the Python tests.
func pythonTest(ctx context.Context, t *tree) (result tally, err error) {
	if reason := t.lacks("python3", "python3-venv"); reason != "" {
		result.skip("python", reason)
		return result, nil
	}
	// Mostly they wait for browsers and kernels, and four of them keep two processors
	// busy; a file's tests share a server. The files that take longest come first, see
	// tests/conftest.py.
	result, err = t.pytest(ctx, "-n", "4", "--dist", "loadfile", "--no-loadscope-reorder", "--durations", "20")
	if err != nil || result.failed == 0 || result.failed > mostAgain {
		return result, err
	}
	for range timesAgain {
		fmt.Fprintf(t.out, "once more: what has failed\n")
		again, err := t.pytest(ctx, "--last-failed", "--last-failed-no-failures=none")
		if err != nil {
			return result, err
		}
		for _, name := range slices.Clone(result.failures) {
			if !slices.Contains(again.failures, name) {
				result.pardon(name, 1)
			}
		}
		if result.failed == 0 {
			break
		}
	}
	return result, nil
}

// pytest runs the Python tests, or some of them.
func (t *tree) pytest(ctx context.Context, args ...string) (result tally, err error) {
	report := t.path(".test", "pytest.xml")
	if err := os.Remove(report); err != nil && !errors.Is(err, os.ErrNotExist) {
		return tally{}, err
	}
	pytest := t.command(ctx, t.env.Bin("python"), "-m", "pytest", "-q", "-rs", "--junitxml", report, "tests")
	pytest.Args = append(pytest.Args, args...)
	pytest.Env = t.environ()
	runErr := pytest.Run()
	file, err := os.Open(report)
	if err != nil {
		return tally{}, errors.Join(runErr, err)
	}
	defer file.Close()
	result, err = readJUnit(file)
	if err == nil && runErr != nil && result.failed == 0 {
		err = runErr
	}
	return result, err
}
