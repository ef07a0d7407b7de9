package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// staticcheck is the pinned linter.
const staticcheck = "honnef.co/go/tools/cmd/staticcheck@v0.8.2"

// A step is one kind of checks. Its error means that it could not be done.
type step struct {
	name string
	run  func(context.Context, *tree) (tally, error)
}

// setupStep comes before the steps that run tests.
const setupStep = "setup"

func steps() []step {
	return []step{
		{setupStep, func(ctx context.Context, t *tree) (tally, error) { return tally{}, t.setUp(ctx) }},
		{"gofmt", gofmt},
		{"vet", check("go", "vet", "./...")},
		{"staticcheck", check("go", "run", staticcheck, "./...")},
		{"go", func(ctx context.Context, t *tree) (tally, error) {
			return goTest(ctx, t, goTestOptions{environ: t.environ(), noSkips: true, args: []string{"-timeout", "15m", "./..."}})
		}},
		{"race", raceTest},
		{"python", pythonTest},
	}
}

func stepNames() []string {
	var names []string
	for _, s := range steps() {
		names = append(names, s.name)
	}
	return names
}

// check is a step that passes if a command succeeds.
func check(name string, args ...string) func(context.Context, *tree) (tally, error) {
	return func(ctx context.Context, t *tree) (result tally, err error) {
		if err := t.command(ctx, name, args...).Run(); err != nil {
			return result, err
		}
		result.pass()
		return result, nil
	}
}

// gofmt passes if no Go file of the tree would be changed by gofmt.
func gofmt(ctx context.Context, t *tree) (result tally, err error) {
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

// raced are the packages with goroutines of their own.
var raced = []string{
	"./kernel", "./kernel/wire", "./kernel/worker", "./kernel/engine", "./kernel/run", "./kernel/rtype", "./kernel/sched",
}

// raceTest runs Go tests under the race detector. What needs more than Go has
// had its turn, and skips.
func raceTest(ctx context.Context, t *tree) (tally, error) {
	return goTest(ctx, t, goTestOptions{
		environ: append(t.environ(), "GOSCHED_TEST_ALL="),
		args:    append([]string{"-race", "-short", "-timeout", "15m"}, raced...),
	})
}

// pythonTest runs the Python tests.
func pythonTest(ctx context.Context, t *tree) (tally, error) {
	report := t.path(".test", "pytest.xml")
	if err := os.Remove(report); err != nil && !errors.Is(err, os.ErrNotExist) {
		return tally{}, err
	}
	pytest := t.command(ctx, t.env.Bin("python"), "-m", "pytest", "-q", "-rs", "--junitxml", report, "tests")
	pytest.Env = t.environ()
	runErr := pytest.Run()
	file, err := os.Open(report)
	if err != nil {
		return tally{}, errors.Join(runErr, err)
	}
	defer file.Close()
	result, err := readJUnit(file)
	if err == nil && runErr != nil && result.failed == 0 {
		err = runErr
	}
	return result, err
}
