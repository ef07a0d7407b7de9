package main

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path"
	"slices"

	"golang.org/x/tools/cover"
)

// coverStep measures how much of each package its own tests reach, with all that tests
// may need. It runs the Go tests once more and so is a step that has to be asked for. Test
// binaries that tests start as child processes count; the programs that they start do not.
const coverStep = "cover"

// leastCovered is how much of a package its tests have to reach, in percent.
const leastCovered = 85

func coverTest(ctx context.Context, t *tree) (result tally, err error) {
	packages, err := t.packages(ctx)
	if err != nil {
		return result, err
	}
	profile := t.path(".test", "cover.out")
	args := slices.Concat([]string{"-vet=off", "-timeout", "60m", "-coverprofile", profile}, long, packages)
	result, _, err = goTestOnce(ctx, t, goTestOptions{environ: t.environ(), skips: t.skips(), args: args})
	if err != nil {
		return result, err
	}
	shares, err := t.covered(profile)
	if err != nil {
		return result, err
	}
	for _, pkg := range slices.Sorted(maps.Keys(shares)) {
		s := shares[pkg]
		fmt.Fprintf(t.out, "%-36s %5.1f %% of %d\n", pkg, s.percent(), s.statements)
		if s.percent() < leastCovered {
			result.fail(fmt.Sprintf("%s: %.1f %% of the statements in %s are reached", coverStep, s.percent(), pkg))
		} else {
			result.pass()
		}
	}
	return result, nil
}

// A share is how many of a package's statements were reached.
type share struct{ statements, reached int }

func (s share) percent() float64 { return 100 * float64(s.reached) / float64(s.statements) }

// covered reads a profile. Files that were generated do not count: what has to be right in
// them is asked of their generators. Nor do those that the go command leaves out here, as
// they are for other platforms.
func (t *tree) covered(profile string) (map[string]share, error) {
	files, err := cover.ParseProfiles(profile)
	if err != nil {
		return nil, err
	}
	shares := map[string]share{}
	for _, f := range files {
		name := short(f.FileName)
		file, err := parser.ParseFile(token.NewFileSet(), t.path(name), nil, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			return nil, err
		}
		if ast.IsGenerated(file) {
			continue
		}
		s := shares[path.Dir(name)]
		for _, block := range f.Blocks {
			s.statements += block.NumStmt
			if block.Count > 0 {
				s.reached += block.NumStmt
			}
		}
		shares[path.Dir(name)] = s
	}
	return shares, nil
}
