package engine

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/session"
)

var ansi = regexp.MustCompile("\x1b\\[[0-9;]*m")

var took = regexp.MustCompile(`\(\d+\.\d\ds\)|, \S+s\n`)

// suite runs a cell with tests and returns what is printed, without times and
// colours, and how it failed.
func (nb *notebook) suite(src string) (out, failure string) {
	nb.t.Helper()
	tr, r := nb.exec(src)
	if r.Failure != nil {
		failure = string(r.Failure.Name) + ": " + r.Failure.Value
	}
	return took.ReplaceAllString(ansi.ReplaceAllString(tr.stdout(), ""), "(T)"), failure
}

func TestContract25_Tests(t *testing.T) {
	skipNested(t)
	for _, tt := range []struct{ name, src, out, failure string }{
		{"pass", "func TestA(t *testing.T) { t.Log(\"not shown\") }\nfunc Testing(t *testing.T) { panic(1) }\n%test", "ok: 1 test(T)", ""},
		{"before the functions", "%test\nfunc TestA(t *testing.T) {}", "ok: 1 test(T)", ""},
		{"error", "func TestA(t *testing.T) {\n\tt.Errorf(\"%d\", 1)\n\tt.Run(\"sub\", func(t *testing.T) { t.Fatal(\"two\\nlines\") })\n}\n%test",
			"--- FAIL: TestA (T)\n    cell 1:2: 1\n        | t.Errorf(\"%d\", 1)\n    --- FAIL: TestA/sub (T)\n        cell 1:3: two\n" +
				"        | t.Run(\"sub\", func(t *testing.T) { t.Fatal(\"two\\nlines\") })\n            lines\n", "test failure: 1 of 1 test failed: TestA"},
		{"helper", "func check(t testing.TB) {\n\tt.Helper()\n\tt.Error(\"no\")\n}\nfunc TestA(t *testing.T) {\n\tcheck(t)\n}\n%test",
			"--- FAIL: TestA (T)\n    cell 1:6: no\n        | check(t)\n", "test failure: 1 of 1 test failed: TestA"},
		{"panic", "func TestA(t *testing.T) {\n\tdefer fmt.Println(\"deferred\")\n\tvar m map[int]int\n\tm[0] = 1\n}\nfunc TestB(t *testing.T) {}\n%test",
			"deferred\n--- FAIL: TestA (T)\n    panic: assignment to entry in nil map\n        main.TestA(...)\n            cell 1 line 4\n",
			"test failure: 1 of 2 tests failed: TestA"},
		{"panic below", "func TestA(t *testing.T) { t.Run(\"x\", func(t *testing.T) { t.Parallel(); panic(\"below\") }) }\n%test",
			"--- FAIL: TestA (T)\n    --- FAIL: TestA/x (T)\n        panic: below\n            main.TestA.func1(...)\n                cell 1 line 1\n", "test failure: 1 of 1 test failed: TestA"},
		{"goexit", "func TestA(t *testing.T) { runtime.Goexit() }\n%test",
			"--- FAIL: TestA (T)\n    the test has called runtime.Goexit, or was stopped\n", "test failure: 1 of 1 test failed: TestA"},
		{"skip", "func TestA(t *testing.T) { t.Skip(\"why\"); panic(1) }\n%test -v", "=== RUN   TestA\n    cell 1:1: why\n        | func TestA(t *testing.T) { t.Skip(\"why\"); panic(1) }\n--- SKIP: TestA (T)\nok: 1 test(T)", ""},
		{"cleanup", "func TestA(t *testing.T) { t.Cleanup(func() { fmt.Println(1) }); t.Cleanup(func() { fmt.Println(2) }); os.WriteFile(t.TempDir()+\"/x\", nil, 0o600) }\n%test", "2\n1\nok: 1 test(T)", ""},
		{"count", "func TestA(t *testing.T) { fmt.Println(\"run\") }\n%test -count 3", "run\nrun\nrun\nok: 3 tests(T)", ""},
		{"short", "func TestA(t *testing.T) { fmt.Println(testing.Short()) }\n%test -short", "true\nok: 1 test(T)", ""},
		{"examples", "func ExampleA() {\n\tfmt.Println(\"a\")\n\t// Output: a\n}\nfunc ExampleB() {\n\tfmt.Println(\"b\\na\")\n\t// Unordered output:\n\t// a\n\t// b\n}\nfunc ExampleC() {\n\tfmt.Println(\"c\")\n\t// Output: d\n}\nfunc ExampleD() { panic(1) }\n%test",
			"--- FAIL: ExampleC (T)\ngot:\nc\nwant:\nd\n", "test failure: 1 of 3 tests failed: ExampleC"},
		{"fuzz seeds", "func FuzzA(f *testing.F) {\n\tf.Add(1)\n\tf.Add(2)\n\tf.Fuzz(func(t *testing.T, n int) {\n\t\tif n == 2 {\n\t\t\tpanic(n)\n\t\t}\n\t})\n}\n%test",
			"--- FAIL: FuzzA (T)\n    --- FAIL: FuzzA/seed#1 (T)\n        panic: int(2)\n            main.FuzzA.func1(...)\n                cell 1 line 6\n", "test failure: 1 of 1 test failed: FuzzA"},
		{"synctest", "import \"testing/synctest\"\nfunc TestA(t *testing.T) { synctest.Test(t, func(t *testing.T) { time.Sleep(time.Hour); fmt.Println(\"an hour later\") }) }\n%test", "an hour later\nok: 1 test(T)", ""},
		{"by name", "func TestA(t *testing.T) { fmt.Println(\"A\") }\nfunc TestB(t *testing.T) { fmt.Println(\"B\") }\n%test B", "B\nok: 1 test(T)", ""},
		{"by names", "func TestA(t *testing.T) { fmt.Println(\"A\") }\nfunc TestB(t *testing.T) { fmt.Println(\"B\") }\nfunc TestC(t *testing.T) { fmt.Println(\"C\") }\n%test TestC TestA", "A\nC\nok: 2 tests(T)", ""},
		{"a word too many", "func TestA(t *testing.T) {}\n%test A.* B", "", "command error: %test is written %test, %test REGEXP [-v] [-race] [-cover] [-virtual] [-short] [-skip REGEXP] [-count N], %test PACKAGE [REGEXP] [-v]… or %test -bench REGEXP [REGEXP]…; %help test says more"},
		{"gonb's flags", "func TestA(t *testing.T) { fmt.Println(\"A\") }\nfunc TestB(t *testing.T) { fmt.Println(\"B\") }\n%test -test.run=B --test.count=2 -test.v=false", "B\nB\nok: 2 tests(T)", ""},
		{"gonb's all", "func TestA(t *testing.T) { fmt.Println(\"A\") }\n%test \"\"", "A\nok: 1 test(T)", ""},
		{"benchmarks of a package", "%test ./shapes -bench X", "", "command error: -bench is for benchmarks that cells declare, and ./shapes is a package"},
		{"no such name", "func TestA(t *testing.T) {}\n%test X", "", `command error: no test is called like "X"`},
		{"none", "%test", "", "command error: no cell declares a test"},
		{"no benchmark", "%bench", "", "command error: no cell declares a benchmark"},
		{"no expression", "func TestA(t *testing.T) {}\n%test (", "", "command error: \"(\" is no regular expression: error parsing regexp: missing closing ): `(`"},
		{"no count", "func TestA(t *testing.T) {}\n%test -count x", "", `command error: -count is how often, and "x" is no such number`},
		{"no time", "func BenchmarkA(b *testing.B) {}\n%bench -benchtime x", "", `command error: -benchtime: invalid count`},
		{"TestMain", "func TestMain(m *testing.M) { os.Exit(m.Run()) }\nfunc TestA(t *testing.T) {}\n%test", "note: TestMain is not called; what it sets up has to be there already\nok: 1 test(T)", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			nb := open(t)
			out, failure := nb.suite(tt.src)
			if out != tt.out && !(tt.failure == "" && strings.HasPrefix(out, tt.out)) || failure != tt.failure {
				t.Errorf("%s\nprints\n%s\nwant\n%s\nand fails with %q, want %q", tt.src, out, tt.out, failure, tt.failure)
			}
			if got := nb.run("1 + 1"); got != "=> 2" {
				t.Errorf("afterwards a cell gives %s", got)
			}
		})
	}
}

// As gonb has it, %test runs benchmarks where it is asked to, and where a cell has
// nothing else.
func TestBenchmarksByTest(t *testing.T) {
	nb := open(t)
	const test, bench = "func TestA(t *testing.T) { fmt.Println(\"A\") }\n", "func BenchmarkA(b *testing.B) { for b.Loop() {} }\n"
	for _, tt := range []struct {
		src               string
		tests, benchmarks bool
	}{
		{test + "%test", true, false},
		{bench + "%test", false, true},
		{test + bench + "%test", true, false},
		{test + bench + "%test -test.bench=. -test.run=Benchmark", false, true},
		{test + bench + "%test -bench A", true, true},
	} {
		out, failure := nb.suite(tt.src)
		if failure != "" || strings.Contains(out, "ok: 1 test") != tt.tests || strings.Contains(out, "allocs") != tt.benchmarks {
			t.Errorf("%s\nprints\n%s\n%s", tt.src, out, failure)
		}
	}
}

// Without a name, the tests of the cell are run, or of the last that has any.
func TestContract25_WhichTests(t *testing.T) {
	skipNested(t)
	nb := open(t)
	nb.run("func TestOld(t *testing.T) { fmt.Println(\"old\") }")
	nb.run("func TestNew(t *testing.T) { fmt.Println(\"new\") }")
	for src, want := range map[string]string{"%test": "new\n", "%test .": "old\nnew\n", "func TestOld(t *testing.T) { fmt.Println(\"newest\") }\n%test": "newest\n"} {
		out, failure := nb.suite(src)
		if out, _, _ = strings.Cut(out, "ok:"); out != want || failure != "" {
			t.Errorf("%s runs %q (%s), want %q", src, out, failure, want)
		}
		nb.run("func TestOld(t *testing.T) { fmt.Println(\"old\") }")
		nb.run("func TestNew(t *testing.T) { fmt.Println(\"new\") }")
	}
}

// Races are found in what tests do, and none in how package testing runs them.
func TestContract25_Race(t *testing.T) {
	skipNested(t)
	nb := open(t)
	out, failure := nb.suite("func TestA(t *testing.T) {\n\tn := 0\n\tt.Cleanup(func() { n++ })\n\tfor i := range 3 {\n\t\tt.Run(\"s\", func(t *testing.T) { n += i })\n\t}\n\tn++\n}\n%test -race")
	if !strings.HasPrefix(out, "ok: 1 test") || failure != "" {
		t.Errorf("without a race it prints %q and fails with %q", out, failure)
	}
	out, failure = nb.suite("func TestB(t *testing.T) {\n\tn := 0\n\tvar wg sync.WaitGroup\n\tfor range 2 {\n\t\twg.Go(func() { n++ })\n\t}\n\twg.Wait()\n}\n%test -race")
	if want := "--- FAIL: TestB (T)\n    race detected during execution of test\n"; out != want || !strings.HasPrefix(failure, "data race") {
		t.Errorf("with one it prints %q and fails with %q", out, failure)
	}
	_, failure = nb.suite("func TestC(t *testing.T) { t.Error(\"and wrong\") }\n%test [BC] -race")
	if failure != "test failure: 2 of 2 tests failed: TestB, TestC" {
		t.Errorf("with one, and a test that fails otherwise, it fails with %q", failure)
	}
}

// An interrupt ends the test that is running, and those after it do not begin.
func TestContract25_Interrupt(t *testing.T) {
	skipNested(t)
	nb := open(t)
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	tr := &transcript{}
	r := nb.e.Execute(ctx, session.Cell{ID: "1", Number: 1, Source: "func TestA(t *testing.T) { defer fmt.Println(\"deferred\"); for {} }\nfunc TestB(t *testing.T) { fmt.Println(\"B\") }\n%test"}, tr)
	if r.Failure == nil || r.Failure.Name != session.Interrupted {
		t.Errorf("it ends with %v", r.Failure)
	}
	if out := tr.stdout(); !strings.HasPrefix(out, "deferred\n") || strings.Contains(out, "B\n") {
		t.Errorf("it prints %q", out)
	}
	nb.n++
	if out, failure := nb.suite("func TestC(t *testing.T) {}\n%test"); !strings.HasPrefix(out, "ok: 1 test") || failure != "" {
		t.Errorf("the next suite prints %q and fails with %q", out, failure)
	}
}

// What would end a test's process ends no session.
func TestContract25_OutsideOfTest(t *testing.T) {
	skipNested(t)
	nb := open(t)
	for _, src := range []string{"new(testing.T).FailNow()", "new(testing.T).Fatal(1)", "new(testing.B).SkipNow()",
		"testing.Main(func(a, b string) (bool, error) { return true, nil }, []testing.InternalTest{{\"TestX\", func(t *testing.T) { t.Error(1) }}}, nil, nil)"} {
		nb.fails(src)
		if got := nb.run("1 + 1"); got != "=> 2" {
			t.Errorf("after %s a cell gives %s", src, got)
		}
	}
}

func TestContract25_Benchmarks(t *testing.T) {
	skipNested(t)
	nb := open(t)
	var out, failure string
	for range 10 { // on a busy machine a round of the fast one may be held up for longer than the slow one takes
		if out, failure = nb.suite("func BenchmarkSlow(b *testing.B) { for b.Loop() { time.Sleep(time.Millisecond) } }\nfunc BenchmarkFast(b *testing.B) { for range b.N { } }\n%bench -count 4 -benchtime 10ms"); strings.Contains(out, "Slow takes ") {
			break
		}
	}
	if failure != "" || !strings.Contains(out, "Slow") || !strings.Contains(out, "Slow takes ") || !strings.Contains(out, "as Fast (p=0.0") || !strings.Contains(out, " ± ") {
		t.Errorf("it prints\n%s\nand fails with %q", out, failure)
	}
	if out, failure = nb.suite("%bench Slow Fast -count 4 -benchtime 1ms"); failure != "" || !strings.Contains(out, "Slow") || !strings.Contains(out, "Fast") {
		t.Errorf("two that are named print\n%s\nand fail with %q", out, failure)
	}
	out, failure = nb.suite("func BenchmarkBad(b *testing.B) {\n\tb.Fatal(\"bad\")\n}\n%bench")
	if !strings.Contains(failure, "test failure") || !strings.Contains(out, fmt.Sprintf("cell %d:2: bad", nb.n)) {
		t.Errorf("it prints\n%s\nand fails with %q", out, failure)
	}
}

// Tests of packages are run in their folder, with those of the package outside.
func TestContract25_Packages(t *testing.T) {
	skipNested(t)
	nb, dir := openWithProxy(t, map[string]string{
		"go.mod":           "module example.com/own\n\ngo 1.26\n",
		"shapes/s.go":      "package shapes\n\nfunc Area(a, b int) int { return double(a) * b / 2 }\n\nfunc double(n int) int { return 2 * n }\n",
		"shapes/s_test.go": "package shapes\n\nimport (\n\t\"os\"\n\t\"testing\"\n)\n\nfunc TestDouble(t *testing.T) {\n\tif double(2) != 4 {\n\t\tt.Error(double(2))\n\t}\n\tif _, err := os.Stat(\"s.go\"); err != nil {\n\t\tt.Error(err)\n\t}\n}\n",
		"shapes/x_test.go": "package shapes_test\n\nimport (\n\t\"fmt\"\n\t\"testing\"\n\n\t\"example.com/own/shapes\"\n)\n\nfunc TestArea(t *testing.T) {\n\tif got := shapes.Area(2, 3); got != 7 {\n\t\tt.Errorf(\"got %d\", got)\n\t}\n}\n\nfunc ExampleArea() {\n\tfmt.Println(shapes.Area(1, 1))\n\t// Output: 1\n}\n",
		"none/n.go":        "package none\n",
	})
	before, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for _, pkg := range []string{"./shapes", "example.com/own/shapes"} {
		out, failure := nb.suite("%test " + pkg)
		if want := "--- FAIL: TestArea (T)\n    x_test.go:12: got 6\n"; out != want || failure != "test failure: 1 of 3 tests failed: TestArea" {
			t.Errorf("%s prints\n%s\nwant\n%s\nand fails with %q", pkg, out, want, failure)
		}
	}
	if after, err := os.Getwd(); err != nil || after != before {
		t.Errorf("the working folder is %s afterwards, %v", after, err)
	}
	if out, failure := nb.suite("%test ./shapes -skip Area"); !strings.HasPrefix(out, "ok: 1 test") || failure != "" {
		t.Errorf("without TestArea it prints %q and fails with %q", out, failure)
	}
	writeFile(t, filepath.Join(dir, "shapes/x_test.go"), "package shapes_test\n\nimport \"testing\"\n\nfunc TestArea(t *testing.T) {}\n")
	if out, failure := nb.suite("%test ./shapes Area"); !strings.HasPrefix(out, "ok: 1 test") || failure != "" {
		t.Errorf("after a change it prints %q and fails with %q", out, failure)
	}
	if got := nb.run("import \"example.com/own/shapes\"\nshapes.Area(1, 2)"); got != "=> 2" {
		t.Errorf("a cell has %s of the package", got)
	}
	for pkg, want := range map[string]string{"./none": "has no tests", "./nowhere": "there is no package", "example.com/other/x": "in no module"} {
		if _, failure := nb.suite("%test " + pkg); !strings.Contains(failure, want) {
			t.Errorf("%s fails with %q, want %q", pkg, failure, want)
		}
	}
}

func TestContract25_Virtual(t *testing.T) {
	skipNested(t)
	const hour = "func TestHour(t *testing.T) {\n\tstart := time.Now()\n\tctx, cancel := context.WithTimeout(t.Context(), time.Hour)\n\tdefer cancel()\n\t<-ctx.Done()\n" +
		"\tif d := time.Since(start); d != time.Hour {\n\t\tt.Error(d)\n\t}\n}\n%test -virtual"
	for _, tt := range []struct{ name, src, out, failure string }{
		{"an hour", hour, "ok: 1 test(T)", ""},
		{"in a bubble of its own", "import \"testing/synctest\"\nfunc TestA(t *testing.T) {\n\tfor range 2 {\n\t\tstart := time.Now()\n\t\tsynctest.Test(t, func(t *testing.T) { time.Sleep(time.Hour) })\n\t\tfmt.Println(time.Since(start))\n\t}\n}\n%test -virtual", "1h0m0s\n1h0m0s\nok: 1 test(T)", ""},
		{"in a bubble in its own", "import \"testing/synctest\"\nfunc TestA(t *testing.T) {\n\tsynctest.Test(t, func(t *testing.T) { synctest.Test(t, func(*testing.T) {}) })\n}\n%test -virtual",
			"--- FAIL: TestA (T)\n    panic: synctest.Run called from within a synctest bubble\n", "test failure: 1 of 1 test failed: TestA"},
		{"for ever", "func TestA(t *testing.T) { <-make(chan int) }\n%test -virtual", "--- FAIL: TestA (T)\n    deadlock: all goroutines in bubble are blocked\n", "test failure: 1 of 1 test failed: TestA"},
		{"subtests", "func TestA(t *testing.T) {\n\tt.Run(\"x\", func(t *testing.T) {})\n}\n%test -virtual",
			"--- FAIL: TestA (T)\n    panic: testing: t.Run called inside synctest bubble\n        main.TestA(...)\n            cell 1 line 2\n", "test failure: 1 of 1 test failed: TestA"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			nb := open(t)
			out, failure := nb.suite(tt.src)
			if out != tt.out || failure != tt.failure {
				t.Errorf("it prints\n%s\nand fails with %q, want\n%s\n%q", out, failure, tt.out, tt.failure)
			}
			if out := nb.run("1 + 1"); !strings.Contains(out, "2") {
				t.Errorf("afterwards a cell shows %q", out)
			}
		})
	}
}

func TestContract25_Difference(t *testing.T) {
	skipNested(t)
	nb := open(t)
	out, _ := nb.suite("func ExampleA() {\n\tfmt.Println(\"a\\nb\\nc\")\n\t// Output:\n\t// a\n\t// x\n\t// c\n}\n%test")
	if want := "--- want\n+++ got\n a\n-x\n+b\n c\n"; !strings.HasSuffix(out, want) {
		t.Errorf("it prints\n%s\nwhich does not end with\n%s", out, want)
	}
}
