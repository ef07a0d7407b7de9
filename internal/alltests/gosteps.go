package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// long are the packages whose tests take minutes. They begin first: otherwise one of
// them ends alone, minutes after all others.
var long = []string{"./internal/conform", "./kernel/engine", "./internal/course"}

// elsewhere are the packages whose tests mostly compile for other platforms, those for
// WebAssembly beside each other so that what they share is compiled once.
var elsewhere = []string{"./kernel/jit/wasm", "./cmd/gosched-wasm", "./internal/release", "./kernel/jit/arm64"}

// elsewhereStep runs the tests of packages that compile for other platforms. No time
// that passes matters to them, and so they get what the other steps leave.
const elsewhereStep = "elsewhere"

func elsewhereTest(ctx context.Context, t *tree) (tally, error) {
	args := []string{"-vet=off", "-p", "1", "-timeout", "60m"}
	return goTest(ctx, t, goTestOptions{environ: t.environ(), skips: t.skips(), niceness: spareNiceness, args: append(args, elsewhere...)})
}

// allGoTests runs all other Go tests. Step vet vets them, all of them.
func allGoTests(ctx context.Context, t *tree) (tally, error) {
	packages, err := t.packages(ctx)
	if err != nil {
		return tally{}, err
	}
	here := slices.DeleteFunc(packages, func(p string) bool { return slices.Contains(elsewhere, p) })
	args := slices.Concat([]string{"-vet=off", "-timeout", "30m"}, long, here)
	return goTest(ctx, t, goTestOptions{environ: t.environ(), skips: t.skips(), args: args})
}

// packages are all packages, as the go command takes them in the checkout.
func (t *tree) packages(ctx context.Context) (packages []string, err error) {
	paths, err := t.printed(ctx, "go", "list", "./...")
	if err != nil {
		return nil, fmt.Errorf("list the packages: %w", err)
	}
	for path := range strings.FieldsSeq(paths) {
		packages = append(packages, "./"+short(path))
	}
	return packages, nil
}
