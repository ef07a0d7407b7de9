package main

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"slices"
	"strings"

	"github.com/gosched/gosched/internal/testenv"
	"github.com/gosched/gosched/internal/toolchain"
)

// releasesStep runs the Go tests with the other Go releases that gosched
// supports. What takes long has had its turn with the release in use, and skips.
const releasesStep = "releases"

func releasesTest(ctx context.Context, t *tree) (result tally, err error) {
	others, err := t.otherReleases(ctx)
	if err != nil {
		return result, err
	}
	for _, v := range others {
		fmt.Fprintf(t.out, "with %s\n", v)
		one, err := t.testWith(ctx, v)
		if err != nil {
			return result, fmt.Errorf("with %s: %w", v, err)
		}
		result.add(one)
	}
	return result, nil
}

// otherReleases are those that are not in use.
func (t *tree) otherReleases(ctx context.Context) (versions []string, err error) {
	inUse, err := t.printed(ctx, "go", "env", "GOVERSION")
	if err != nil {
		return nil, fmt.Errorf("ask go for its version: %w", err)
	}
	for _, v := range toolchain.Versions() {
		if toolchain.Release(v) != toolchain.Release(strings.TrimSpace(inUse)) {
			versions = append(versions, v)
		}
	}
	return versions, nil
}

// releasesAhead compiles the tests with the other releases.
func releasesAhead(ctx context.Context, t *tree) {
	others, err := t.otherReleases(ctx)
	if err != nil {
		return // as the step will say
	}
	for _, v := range others {
		t.compile(ctx, t.releaseEnviron(ctx, v), releasePackages...)
	}
}

// releasePackages are those that are tested with the other releases, the one that takes
// longest first.
var releasePackages = []string{"./kernel/engine", "./kernel/...", "./cmd/...", "./install/...", "./internal/conform", "./internal/toolchain"}

// releaseEnviron is the environment of tests with another toolchain. The go command
// fetches that when it is first asked for something, here for its experiments.
func (t *tree) releaseEnviron(ctx context.Context, version string) []string {
	toolchainVar := "GOTOOLCHAIN=" + version
	return append(t.environ(), withCgo, toolchainVar, "GOEXPERIMENT="+toolchain.LeakExperiment(ctx, t.root, toolchainVar),
		testenv.AllVar+"=", testenv.StrictVar+"=", "GOSCHED_TEST_BIN=")
}

// testWith runs the Go tests with another toolchain. Where that cannot be had, it is told.
func (t *tree) testWith(ctx context.Context, version string) (result tally, err error) {
	environ := t.releaseEnviron(ctx, version)
	fetch := exec.CommandContext(ctx, "go", "version")
	fetch.Dir, fetch.Env = t.root, environ
	if out, err := fetch.CombinedOutput(); err != nil && !t.strict {
		result.skip(releasesStep, fmt.Sprintf("%s cannot be had here: %s", version, bytes.TrimSpace(out)))
		return result, nil
	} else if err != nil {
		return result, fmt.Errorf("fetch it: %w\n%s", err, out)
	}
	for _, args := range [][]string{
		slices.Concat(oneMore, []string{"-short", "-timeout", "30m"}, releasePackages),
		{"-timeout", "30m", "./kernel/stdlib/internal/gen"}, // are its tables up to date?
	} {
		one, err := goTest(ctx, t, goTestOptions{environ: environ, args: args})
		if err != nil {
			return result, err
		}
		result.add(one)
	}
	return result, nil
}
