package engine

import (
	"context"
	"fmt"
	"go/types"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/modules"
	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/session"
	"github.com/gosched/gosched/kernel/testrun"
)

// isPackage reports whether what comes after %test is a package rather than a
// regular expression.
func isPackage(word string) bool {
	first, _, deeper := strings.Cut(word, "/")
	return strings.HasPrefix(word, "./") || strings.HasPrefix(word, "../") || deeper && strings.Contains(first, ".") && !strings.ContainsAny(word, "^$*+?()[]|\\")
}

// A functionMaker is an engine that makes values of functions.
type functionMaker interface {
	testGuard
	Function(*ssa.Function) (reflect.Value, error)
}

// runPackageTests runs the tests of a package of the notebook's own module, or of
// another.
func (e *Engine) runPackageTests(ctx context.Context, run *cellRun, word string, o testrun.Options) (r testrun.Result, failure *session.Failure) {
	maker, ok := e.executor.(functionMaker)
	if !ok {
		return r, commandFailure(fmt.Errorf("the %s engine does not run tests", e.choice.Kind))
	}
	if e.modules.loader == nil {
		return r, commandFailure(e.modules.err)
	}
	inner := &cellRun{request: run.request, sink: run.sink, exec: e.sched.Begin(run.request, run.sink), cell: run.cell, observe: run.observe}
	tests, err := e.loadTests(ctx, inner.exec, word)
	if err != nil {
		return r, commandFailure(err)
	}
	defer e.observed(inner)()
	done := make(chan struct{})
	out := inner.exec.Run(ctx, func(g *sched.G) {
		defer close(done)
		e.initialise(g)
		var s testrun.Suite
		if s, err = e.packageSuite(tests, maker, o.Run, o.Virtual); err != nil {
			return
		}
		// Tests find their files in the folder of the package.
		var back string
		if back, err = os.Getwd(); err != nil {
			return
		}
		if err = os.Chdir(tests.Dir); err != nil {
			return
		}
		r, err = testrun.Run(ctx, s, o)
		if failed := os.Chdir(back); err == nil {
			err = failed
		}
	})
	awaitSuite(done)
	return r, e.suiteEnded(run, inner, out, err)
}

// loadTests loads a package with its tests and prepares it to run.
func (e *Engine) loadTests(ctx context.Context, exec *sched.Execution, word string) (*modules.Tests, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.refreshModules(ctx, exec)
	path := e.modules.session.PackagePath(word)
	tests, err := e.modules.loader.Tests(ctx, path)
	if err != nil {
		return nil, err
	}
	e.session.Stale([]string{path})
	pkgs := []*types.Package{tests.Package.Package}
	if tests.Outside != nil {
		pkgs = append(pkgs, tests.Outside.Package)
	}
	fresh, err := e.program.Provide(pkgs)
	e.uninitialised = append(e.uninitialised, fresh...)
	return tests, err
}

// packageSuite makes the suite of a package's tests that match a pattern.
func (e *Engine) packageSuite(tests *modules.Tests, maker functionMaker, pattern string, virtual bool) (s testrun.Suite, err error) {
	re, err := regexp.Compile(strings.SplitN(pattern, "/", 2)[0])
	if err != nil {
		return s, err
	}
	examples := tests.Examples()
	for _, fn := range tests.Functions() {
		kind := ""
		for _, k := range []string{"Test", "Benchmark", "Fuzz", "Example"} {
			if fn.Name() != "TestMain" && isTest(fn.Name(), k) && hasTestType(fn.Signature(), k) {
				kind = k
			}
		}
		if kind == "" || !re.MatchString(fn.Name()) {
			continue
		}
		v, err := maker.Function(e.program.Function(fn))
		if err != nil {
			return s, fmt.Errorf("%s: %w", fn.Name(), err)
		}
		switch kind {
		case "Test":
			s.Tests = append(s.Tests, testing.InternalTest{Name: fn.Name(), F: guardTest(maker, v.Interface().(func(*testing.T)), virtual)})
		case "Benchmark":
			s.Benchmarks = append(s.Benchmarks, testing.InternalBenchmark{Name: fn.Name(), F: maker.GuardBenchmark(v.Interface().(func(*testing.B)))})
		case "Fuzz":
			s.Fuzz = append(s.Fuzz, testing.InternalFuzzTarget{Name: fn.Name(), Fn: maker.GuardFuzz(v.Interface().(func(*testing.F)))})
		case "Example":
			if x := examples[fn.Name()]; x != nil {
				s.Examples = append(s.Examples, testing.InternalExample{Name: fn.Name(), F: maker.GuardExample(v.Interface().(func())), Output: x.Output, Unordered: x.Unordered})
			}
		}
	}
	return s, nil
}
