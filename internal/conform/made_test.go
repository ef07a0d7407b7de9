package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/engine"
)

// A file of examples becomes a program that calls those with an output.
func TestExamples(t *testing.T) {
	root := t.TempDir()
	const imports = "package sort_test\n\nimport \"fmt\"\n\n"
	for name, text := range map[string]string{
		"sort/example_test.go": imports + "func ExampleA() {\n\tfmt.Println(1)\n\t// Output: 1\n}\n\nfunc ExampleB() {\n\tfmt.Println(2)\n}\n\n" +
			"func ExampleC() {\n\tfmt.Println(3)\n\t// Unordered output:\n\t// 3\n}\n",
		"sort/example_silent_test.go": imports + "func ExampleA() { fmt.Println(1) }\n",
		"sort/example_inside_test.go": "package sort\n\nfunc ExampleA() {\n\t// Output:\n}\n",
		"sort/example_main_test.go":   imports + "func main() { fmt.Println() }\n\nfunc ExampleA() {\n\t// Output:\n}\n",
		"sort/example_other_test.go":  "package sort_test\n\nimport \"internal/abi\"\n\nfunc ExampleA() {\n\t// Output:\n}\n",
		"sort/sort_test.go":           imports + "func ExampleA() {\n\t// Output:\n}\n",
		"internal/x/example_test.go":  imports + "func ExampleA() {\n\t// Output:\n}\n",
		"cmd/example_test.go":         imports + "func ExampleA() {\n\t// Output:\n}\n",
	} {
		file := filepath.Join(root, "src", filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	programs, err := loadExamples(root)
	if err != nil || len(programs) != 1 {
		t.Fatalf("%d programs, %v: %v", len(programs), err, programs)
	}
	p := programs[0]
	if p.name != "examples/sort/example_test.go" || !strings.HasPrefix(p.source, "package main\n") || !strings.HasSuffix(p.source, "\nfunc main() {\n\tExampleA()\n\tExampleC()\n}\n") {
		t.Errorf("%s is\n%s", p.name, p.source)
	}
	if _, err := loadExamples(filepath.Join(root, "none")); err == nil {
		t.Error("there are examples where there is no Go")
	}
}

// A package and its tests become a program that says which tests pass.
func TestStdTests(t *testing.T) {
	const code = "package list\n\nimport \"strconv\"\n\nfunc Text(n int) string { return strconv.Itoa(n) }\n"
	for _, tt := range []struct {
		name  string
		files map[string]string
		says  string // "" if no program can be made
	}{
		{"tests", map[string]string{
			"list.go": code,
			"list_test.go": `package list

import (
	"strconv"
	"testing"
)

func TestGood(t *testing.T) {
	t.Cleanup(func() { println("cleaned up") })
	if Text(1) != strconv.Itoa(1) || !testing.Short() {
		t.Fatal("not good")
	}
}

func check(t testing.TB, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestBad(t *testing.T)     { t.Run("sub", func(t *testing.T) { check(t, Text(2), "3") }) }
func TestSkipped(t *testing.T) { t.Skip("not here"); check(t, "a", "b") }
func TestPanics(t *testing.T)  { var m map[int]int; m[0] = 1 }

func TestMain(m *testing.M)           {}
func TestAllocs(t *testing.T)         { testing.AllocsPerRun(1, func() {}) }
func BenchmarkText(b *testing.B)      { for b.Loop() { Text(1) } }
`,
			"example_test.go": "package list_test\n\nfunc Example() {}\n",
		}, "TestGood true\n     TestBad/sub 2, want 3\nTestBad false\nTestSkipped true\n     TestPanics panics: assignment to entry in nil map\nTestPanics false\n"},
		{"no tests", map[string]string{"list.go": code}, ""},
		{"of Go's own packages", map[string]string{"list.go": "package list\n\nimport \"internal/abi\"\n\nvar _ abi.Kind\n", "list_test.go": "package list\n\nimport \"testing\"\n\nfunc TestX(t *testing.T) {}\n"}, ""},
		{"in assembly", map[string]string{"list.go": "package list\n\nfunc Text(n int) string\n", "list_test.go": "package list\n\nimport \"testing\"\n\nfunc TestX(t *testing.T) {}\n"}, ""},
		{"two meanings of a name", map[string]string{"list.go": "package list\n\nimport \"math/rand\"\n\nvar N = rand.Int\n",
			"list_test.go": "package list\n\nimport (\n\t\"math/rand/v2\"\n\t\"testing\"\n)\n\nfunc TestX(t *testing.T) { rand.Int() }\n"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range tt.files {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			src, err := stdTestProgram(dir, "list")
			if err != nil || (src == "") != (tt.says == "") {
				t.Fatalf("%v, a program: %s", err, src)
			}
			if src == "" {
				return
			}
			o, err := runEngine(t.Context(), engine.Direct, []string{src}, time.Minute)
			if err != nil || o.Stdout != tt.says || o.End != (ending{endExit, "0"}) {
				t.Errorf("%v, %s %s; it says\n%q, want\n%q; the program is\n%s", err, o.End, o.Detail, o.Stdout, tt.says, src)
			}
		})
	}
	if _, err := stdTestProgram(filepath.Join(t.TempDir(), "none"), "list"); err == nil {
		t.Error("a package that is not there becomes a program")
	}
}

func TestReadTested(t *testing.T) {
	file := filepath.Join(t.TempDir(), "tested.txt")
	read := func(text string) ([]testedPackage, error) {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return readTested(file)
	}
	list, err := read("# A comment\nm@v1.0.0 m/a\n  TestY it waits long\n\tTestX it is slow\nm@v1.0.0 m/b\n")
	if err != nil || len(list) != 2 || list[0].path != "m/a" || list[0].known["TestY"] != "it waits long" || list[1].module != "m@v1.0.0" {
		t.Fatalf("%+v, %v", list, err)
	}
	if got, want := list[0].skipping(), " -skip ^(TestX|TestY)$"; got != want || list[1].skipping() != "" {
		t.Errorf("skips by %q, want %q; and %q", got, want, list[1].skipping())
	}
	for _, text := range []string{"  TestX too early\n", "m@v1.0.0 m/a\n  TestX\n", "m@v1.0.0\n"} {
		if list, err := read(text); err == nil {
			t.Errorf("%q is read as %+v", text, list)
		}
	}
	if list, err := readTested(testedPath()); err != nil || len(list) < 20 || slices.ContainsFunc(list, func(p testedPackage) bool { return !strings.Contains(p.module, "@v") }) {
		t.Errorf("the list that there is: %d packages, %v", len(list), err)
	}
}

// What of a module's tests is compared: those that pass by go test.
func TestCompareModuleTests(t *testing.T) {
	native := outcomesOf("=== RUN   TestA\n--- PASS: TestA (0.00s)\n    --- FAIL: TestA/sub (0.00s)\n--- PASS: TestB (0.00s)\n--- SKIP: TestC (1.00s)\n" +
		"--- PASS: TestE (0.00s)\n--- PASS: TestD (0.00s)\n--- FAIL: TestF (0.00s)\n")
	here := outcomesOf("--- PASS: TestA (0.00s)\n--- FAIL: TestB (0.00s)\n--- FAIL: TestC (0.00s)\n--- FAIL: TestD (0.00s)\n--- PASS: TestF (0.00s)\n")
	p := testedPackage{known: map[string]string{"TestB": "it is slow"}}
	passed, wanted, differ := p.compare(native, here)
	if passed != 1 || wanted != 4 || !slices.Equal(differ, []string{"TestD: FAIL", "TestE: did not end"}) {
		t.Errorf("%d of %d pass, and these differ: %q", passed, wanted, differ)
	}
}
