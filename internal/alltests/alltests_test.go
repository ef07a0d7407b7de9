package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
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
		noSkips bool
		failed  []string
	}{
		{false, []string{"sample/bad TestFail", "sample/bad TestOwn", "sample/bad TestParent/two", "sample/broken", "sample/dies"}},
		{true, []string{"sample/bad TestFail", "sample/bad TestOwn", "sample/bad TestParent/two", "sample/bad TestSkip (skipped)", "sample/broken", "sample/dies"}},
	} {
		out.Reset()
		result, err := goTest(context.Background(), tree, goTestOptions{environ: os.Environ(), noSkips: tt.noSkips, args: []string{"./..."}})
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
<testcase classname="tests.test_b" name="skips"><skipped/></testcase>
</testsuite></testsuites>`
	result, err := readJUnit(strings.NewReader(report))
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"tests.test_a fails", "tests.test_a errs"}; result.passed != 1 || result.failed != 2 || !slices.Equal(result.failures, want) {
		t.Errorf("%+v", result)
	}
	if _, err := readJUnit(strings.NewReader("<testsuites>")); err == nil {
		t.Error("no error for a report that is cut off")
	}
}

func TestUnknownStep(t *testing.T) {
	if err := run(context.Background(), &strings.Builder{}, []string{"nope"}); err == nil || !strings.Contains(err.Error(), "staticcheck") {
		t.Errorf("error %v, want one that lists the steps", err)
	}
}
