package engine

import (
	"go/types"
	"regexp"
	"slices"
	"strings"

	"github.com/gosched/gosched/kernel/check"
)

// A testFunction is one that a suite can have.
type testFunction struct {
	check.Function
	kind string
}

// testFunctions finds functions that package testing runs: those that match a
// pattern, or, without one, those of the run's cell, or else of the last cell that
// declares some.
func (e *Engine) testFunctions(run *cellRun, pattern string, kinds ...string) []testFunction {
	e.mu.Lock()
	defer e.mu.Unlock()
	var list []testFunction
	for _, f := range e.session.Functions() {
		for _, kind := range kinds {
			if f.Name != "TestMain" && isTest(f.Name, kind) && hasTestType(f.Type, kind) {
				list = append(list, testFunction{f, kind})
			}
		}
	}
	slices.SortFunc(list, func(a, b testFunction) int { return int(a.Pos - b.Pos) })
	if pattern != "" {
		re, err := regexp.Compile(strings.SplitN(pattern, "/", 2)[0])
		if err != nil {
			return nil
		}
		return slices.DeleteFunc(list, func(f testFunction) bool { return !re.MatchString(f.Name) })
	}
	if len(list) == 0 {
		return nil
	}
	last := list[len(list)-1].Cell
	if slices.ContainsFunc(list, func(f testFunction) bool { return f.Cell == run.cell.Name }) {
		last = run.cell.Name
	}
	return slices.DeleteFunc(list, func(f testFunction) bool { return f.Cell != last })
}

// declaredHere reports whether functions are those of the run's cell.
func (e *Engine) declaredHere(run *cellRun, list []testFunction) bool {
	return len(list) > 0 && list[0].Cell == run.cell.Name
}

// declaresTestMain reports whether go test would call a function of the session
// in place of the tests.
func (e *Engine) declaresTestMain() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.ContainsFunc(e.session.Functions(), func(f check.Function) bool {
		return f.Name == "TestMain" && f.Type.Params().Len() == 1
	})
}

// isTest reports whether a name is Test, or Test and something that does not go on
// with a small letter.
func isTest(name, prefix string) bool {
	rest, ok := strings.CutPrefix(name, prefix)
	return ok && (rest == "" || !('a' <= rest[0] && rest[0] <= 'z'))
}

// hasTestType reports whether a function is of the type that tests of a kind have.
func hasTestType(sig *types.Signature, kind string) bool {
	if sig.Results().Len() > 0 || sig.TypeParams().Len() > 0 {
		return false
	}
	want := map[string]string{"Test": "*testing.T", "Benchmark": "*testing.B", "Fuzz": "*testing.F"}[kind]
	if want == "" {
		return sig.Params().Len() == 0
	}
	return sig.Params().Len() == 1 && types.TypeString(sig.Params().At(0).Type(), func(p *types.Package) string { return p.Path() }) == want
}
