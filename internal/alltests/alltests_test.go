package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/gosched/gosched/install"
	"github.com/gosched/gosched/internal/testenv"
)

// A module whose tests end in every way.
var sample = map[string]string{
	"go.mod":    "module sample\n\ngo 1.24\n",
	"good/x.go": "package good\n",
	"good/x_test.go": `package good

import "testing"

func TestPass(t *testing.T) {}

func TestParent(t *testing.T) {
	t.Run("one", func(t *testing.T) {})
	t.Run("two", func(t *testing.T) {})
}
`,
	"bad/x.go": "package bad\n",
	"bad/x_test.go": `package bad

import "testing"

func TestFail(t *testing.T) { t.Error("the reason") }

func TestSkip(t *testing.T) { t.Skip("no chromium") }

func TestQuiet(t *testing.T) { t.Log("not to be shown") }

func TestParent(t *testing.T) {
	t.Run("one", func(t *testing.T) {})
	t.Run("two", func(t *testing.T) { t.Fail() })
}

func TestOwn(t *testing.T) {
	t.Run("one", func(t *testing.T) {})
	t.Error("after the subtest")
}
`,
	"broken/x.go":      "package broken\n\nvar x int = \"no number\"\n",
	"broken/x_test.go": "package broken\n\nimport \"testing\"\n\nfunc Test(t *testing.T) {}\n",
	"dies/x.go":        "package dies\n",
	"dies/x_test.go":   "package dies\n\nimport (\n\t\"os\"\n\t\"testing\"\n)\n\nfunc TestMain(m *testing.M) { os.Exit(3) }\n",
}

func sampleTree(t *testing.T) (*tree, *strings.Builder) {
	t.Helper()
	root := t.TempDir()
	for name, content := range sample {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var out strings.Builder
	return &tree{root: root, out: &out, host: install.ThisHost()}, &out
}

func TestGoTestCounts(t *testing.T) {
	tree, out := sampleTree(t)
	for _, tt := range []struct {
		skips   skips
		skipped []string
		failed  []string
	}{
		{skipsAreMeant, nil, []string{"sample/bad TestFail", "sample/bad TestOwn", "sample/bad TestParent/two", "sample/broken", "sample/dies"}},
		{skipsAreTold, []string{"sample/bad TestSkip: no chromium"}, []string{"sample/bad TestFail", "sample/bad TestOwn", "sample/bad TestParent/two", "sample/broken", "sample/dies"}},
		{skipsFail, nil, []string{"sample/bad TestFail", "sample/bad TestOwn", "sample/bad TestParent/two", "sample/bad TestSkip (skipped)", "sample/broken", "sample/dies"}},
	} {
		out.Reset()
		result, err := goTest(context.Background(), tree, goTestOptions{environ: os.Environ(), skips: tt.skips, args: []string{"./..."}})
		if err != nil {
			t.Fatal(err)
		}
		if result.passed != 6 {
			t.Errorf("%d passed, want 6", result.passed)
		}
		slices.Sort(result.failures)
		if !slices.Equal(result.failures, tt.failed) || result.failed != len(tt.failed) {
			t.Errorf("%d failed: %q, want %q", result.failed, result.failures, tt.failed)
		}
		if !slices.Equal(result.skipped, tt.skipped) {
			t.Errorf("skipped %q, want %q", result.skipped, tt.skipped)
		}
		for _, want := range []string{"the reason", "no number", "ok    sample/good", "FAIL  sample/bad", "FAIL  sample/dies"} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("no %q in:\n%s", want, out)
			}
		}
		if strings.Contains(out.String(), "not to be shown") {
			t.Errorf("shows what a test that passed has said:\n%s", out)
		}
	}
}

func TestGofmtFindsFiles(t *testing.T) {
	tree, out := sampleTree(t)
	testenv.Need(t, "git")
	if msg, err := exec.Command("git", "-C", tree.root, "init", "-q").CombinedOutput(); err != nil {
		t.Fatalf("git init: %v: %s", err, msg)
	}
	if result, err := gofmt(context.Background(), tree); err != nil || result.passed != 1 {
		t.Errorf("formatted files: %+v, %v; %s", result, err, out)
	}
	if err := os.WriteFile(tree.path("ugly.go"), []byte("package  ugly\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if result, err := gofmt(context.Background(), tree); err == nil || !strings.Contains(out.String(), "ugly.go") {
		t.Errorf("an unformatted file: %+v, %v; %s", result, err, out)
	}
}

func TestReadJUnit(t *testing.T) {
	report := `<?xml version="1.0"?><testsuites><testsuite tests="4">
<testcase classname="tests.test_a" name="passes"/>
<testcase classname="tests.test_a" name="fails"><failure message="x">trace</failure></testcase>
<testcase classname="tests.test_a" name="errs"><error message="x"/></testcase>
<testcase classname="tests.test_b" name="skips"><skipped message="not claimed"/></testcase>
<testcase classname="tests.test_b" name="lacks"><skipped message="missing: npm is not installed"/></testcase>
</testsuite></testsuites>`
	result, err := readJUnit(strings.NewReader(report))
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"tests.test_a fails", "tests.test_a errs"}; result.passed != 1 || result.failed != 2 || !slices.Equal(result.failures, want) ||
		!slices.Equal(result.skipped, []string{"tests.test_b lacks: npm is not installed"}) {
		t.Errorf("%+v", result)
	}
	if _, err := readJUnit(strings.NewReader("<testsuites>")); err == nil {
		t.Error("no error for a report that is cut off")
	}
}

// A test that fails once and then passes is named, and does not fail the whole.
func TestFlaky(t *testing.T) {
	tree, out := sampleTree(t)
	for name, content := range map[string]string{
		"flaky/x.go": "package flaky\n",
		"flaky/x_test.go": `package flaky

import (
	"os"
	"testing"
)

func TestFirst(t *testing.T) {
	t.Run("sub", func(t *testing.T) {
		if os.Mkdir("been-here", 0o755) == nil {
			t.Error("the machine is busy")
		}
	})
}
`,
	} {
		path := filepath.Join(tree.root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	result, err := goTest(context.Background(), tree, goTestOptions{environ: os.Environ(), args: []string{"./flaky", "./good"}, niceness: 10})
	if err != nil || result.failed != 0 || result.passed != 4 || !slices.Equal(result.flaky, []string{"sample/flaky TestFirst"}) {
		t.Errorf("%+v, %v; it said\n%s", result, err, out)
	}
}

func TestReadAudit(t *testing.T) {
	for report, want := range map[string]string{
		`{"dependencies": [{"name": "a", "version": "1", "vulns": []}]}`:                                                "",
		`{"dependencies": [{"name": "a", "version": "1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1", "2"]}]}]}`: "a 1 has PYSEC-1, mended in 1.1, 2",
		`{"dependencies": [{"name": "a", "skip_reason": "a is not found"}, {"name": "b", "version": "1"}]}`:             "a is not found",
		`{"dependencies": [{"name": "a", "skip_reason": "not found"}, {"name": "b", "skip_reason": "not found"}]}`:      errNoData.Error(),
		`{`: "read the report",
	} {
		err := readAudit("lock.txt", []byte(report))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", report, err, want)
		}
	}
}

func TestUnknownStep(t *testing.T) {
	if err := run(context.Background(), &strings.Builder{}, []string{"nope"}, false); err == nil || !strings.Contains(err.Error(), "staticcheck") {
		t.Errorf("error %v, want one that lists the steps", err)
	}
}

func TestPanelAnywhere(t *testing.T) {
	files := func(hash, number, code string) map[string]string {
		return map[string]string{
			"static/remoteEntry." + hash + ".js":    "let o=r(" + number + ")",
			"static/" + number + "." + hash + ".js": number + "(e){" + code + "}",
			"package.json":                          `{"load": "static/remoteEntry.` + hash + `.js"}`,
		}
	}
	here := anywhere(files("01f6b761a5f977a11b00", "243", "run()"))
	if there := anywhere(files("72840ed6a2046131f5c2", "827", "run()")); !maps.Equal(here, there) {
		t.Errorf("the same panel is %q and %q", here, there)
	}
	if other := anywhere(files("01f6b761a5f977a11b00", "243", "stop()")); maps.Equal(here, other) {
		t.Errorf("another panel is the same: %q", other)
	}
}

// What a step can do ahead is done after the first steps while others run, and the step waits
// for it.
func TestAhead(t *testing.T) {
	said := make(chan string, 10)
	begun, over := make(chan bool), make(chan bool)
	say := func(what string) func(context.Context, *tree) (tally, error) {
		return func(context.Context, *tree) (tally, error) {
			said <- what
			return tally{}, nil
		}
	}
	steps := []step{
		{name: "setup", run: say("setup"), first: true},
		{name: "tests", run: func(context.Context, *tree) (tally, error) {
			<-begun
			said <- "tests"
			close(over)
			return tally{}, nil
		}},
		{name: "first", run: say("first"), ahead: func(context.Context, *tree) {
			said <- "ahead of first"
			close(begun)
			<-over
			said <- "done ahead of first"
		}},
		{name: "second", run: say("second"), ahead: func(context.Context, *tree) { said <- "ahead of second" }},
	}
	if _, _, err := (&tree{out: io.Discard}).runSteps(t.Context(), steps); err != nil {
		t.Fatal(err)
	}
	close(said)
	at, n := map[string]int{}, 0
	for what := range said {
		at[what], n = n, n+1
	}
	for _, order := range [][]string{
		{"setup", "ahead of first", "tests", "done ahead of first", "first", "second"},
		{"done ahead of first", "ahead of second", "second"},
	} {
		for i := range len(order) - 1 {
			if at[order[i]] >= at[order[i+1]] || n != 7 {
				t.Errorf("%q was not before %q: %v", order[i], order[i+1], at)
			}
		}
	}
}

// A step that runs beside others does so, and is told of behind them.
func TestBeside(t *testing.T) {
	var out bytes.Buffer
	started, over := make(chan bool), make(chan bool)
	steps := []step{
		{name: "long", beside: true, run: func(_ context.Context, t *tree) (result tally, err error) {
			fmt.Fprintln(t.out, "long is here")
			close(started)
			<-over
			result.pass()
			return result, nil
		}},
		{name: "short", run: func(_ context.Context, t *tree) (result tally, err error) {
			<-started
			fmt.Fprintln(t.out, "short is here")
			close(over)
			return result, errors.New("could not be done")
		}},
	}
	total, lines, err := (&tree{out: &out}).runSteps(t.Context(), steps)
	if err != nil || total.passed != 1 || total.failed != 1 {
		t.Errorf("%+v, %v", total, err)
	}
	if want := "\n=== short\nshort is here\nshort: could not be done\n\n=== long\nlong is here\n"; out.String() != want {
		t.Errorf("printed %q, want %q", out.String(), want)
	}
	if !strings.Contains(lines, "short") || !strings.Contains(lines, "long") {
		t.Errorf("lines: %q", lines)
	}
	// It ends with the others.
	ctx, cancel := context.WithCancel(t.Context())
	steps = []step{
		{name: "long", beside: true, run: func(ctx context.Context, _ *tree) (tally, error) {
			<-ctx.Done()
			return tally{}, ctx.Err()
		}},
		{name: "short", run: func(context.Context, *tree) (tally, error) {
			cancel()
			return tally{}, nil
		}},
	}
	if _, _, err := (&tree{out: io.Discard}).runSteps(ctx, steps); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// Spare steps run while others do, one after the other.
func TestSpare(t *testing.T) {
	var first, second atomic.Bool
	over := make(chan bool)
	steps := []step{
		{name: "first", spare: true, run: func(context.Context, *tree) (result tally, err error) {
			<-over
			if second.Load() {
				t.Error("the second has begun before the first has ended")
			}
			first.Store(true)
			result.pass()
			return result, nil
		}},
		{name: "second", spare: true, run: func(context.Context, *tree) (result tally, err error) {
			second.Store(true)
			if !first.Load() {
				t.Error("the second is the first")
			}
			result.pass()
			return result, nil
		}},
		{name: "turn", run: func(context.Context, *tree) (result tally, err error) {
			close(over)
			result.pass()
			return result, nil
		}},
	}
	if total, _, err := (&tree{out: io.Discard}).runSteps(t.Context(), steps); err != nil || total.passed != 3 {
		t.Errorf("%+v, %v", total, err)
	}
}
