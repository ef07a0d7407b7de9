package main

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/gosched/gosched/internal/testenv"

	"github.com/gosched/gosched/kernel/engine"
)

func TestLoadMarkdown(t *testing.T) {
	path := filepath.Join(t.TempDir(), "text.md")
	text := "# Title\n" +
		"```go title=\"b.go\" linenums=\"1\"\npackage main\n\nfunc main() {}\n```\n" +
		"```go\npackage main // no title\n```\n" +
		"!!! note\n    ```go title=\"a.go\"\n    package main\n\n    func main() {\n    \tprintln()\n    }\n    ```\n" +
		"```go title=\"part.go\"\nx := 1\n```\n"
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	programs, err := loadMarkdown(path, "g")
	if err != nil {
		t.Fatal(err)
	}
	want := []program{
		{name: "g/a.go", group: "g", source: "package main\n\nfunc main() {\n\tprintln()\n}\n"},
		{name: "g/b.go", group: "g", source: "package main\n\nfunc main() {}\n"},
	}
	if len(programs) != len(want) {
		t.Fatalf("%d programs: %v", len(programs), programs)
	}
	for i := range want {
		if !reflect.DeepEqual(programs[i], want[i]) {
			t.Errorf("program %d is %+v, want %+v", i, programs[i], want[i])
		}
	}
	if err := os.WriteFile(path, []byte("```go title=\"x.go\"\npackage main\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := loadMarkdown(path, "g"); err == nil {
		t.Error("a block without an end was accepted")
	}
}

func TestUnfit(t *testing.T) {
	for src, fit := range map[string]bool{
		"package main\nimport \"fmt\"\n":                          true,
		"package main\nimport \"unsafe\"\n":                       true,
		"package main\nimport \"internal/abi\"\n":                 false,
		"package main\nimport \"./a\"\n":                          false,
		"package main\nimport \"os/exec\"\n":                      false,
		"//go:build js\n\npackage main\n":                         false,
		"//go:build !js\n\npackage main\n":                        true,
		"package main\nfunc f() { runtime.ReadMemStats(nil) }\n":  false,
		"package main\nfunc f() { x := runtime.GOMAXPROCS(2) }\n": true,
		"package main\n//go:linkname f runtime.f\nfunc f()\n":     false,
	} {
		if why := unfit("x.go", src); (why == "") != fit {
			t.Errorf("%q: %q", src, why)
		}
	}
}

// What the engine's process tells even if it dies.
func TestRunEngine(t *testing.T) {
	for _, tt := range []struct {
		name  string
		cells []string
		want  outcome
	}{
		{"prints", []string{`fmt.Print("a")`, `println("b")`}, outcome{Stdout: "a", Stderr: "b\n", End: ending{endExit, "0"}}},
		{"exits", []string{`fmt.Print("a")`, `os.Exit(4)`, `fmt.Print("c")`}, outcome{Stdout: "a", End: ending{endExit, "4"}}},
		{"panics", []string{`panic("p")`}, outcome{End: ending{endPanic, "p"}}},
		{"panics behind", []string{`go func() { time.Sleep(time.Millisecond); panic("late") }()`, `select {}`}, outcome{End: ending{endPanic, "late"}}},
		{"blocks", []string{`<-make(chan int)`}, outcome{End: ending{endFatal, "all goroutines are asleep - deadlock!"}}},
		{"spins", []string{`fmt.Println("x")`, `for {}`}, outcome{Stdout: "x\n", End: ending{endTimeout, ""}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			timeout := time.Minute
			if tt.want.End.Kind == endTimeout {
				timeout = 2 * time.Second
			}
			got, err := runEngine(t.Context(), engine.Direct, tt.cells, timeout)
			if err != nil {
				t.Fatal(err)
			}
			got.Detail, got.PartsOut, got.PartsErr = "", nil, nil
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("%+v, want %+v", got, tt.want)
			}
		})
	}
}

// Cells can run tests although package testing's flags, which are this binary's, are
// none of the program's.
func TestRunEngine_Tests(t *testing.T) {
	cells := []string{`func TestX(t *testing.T) { fmt.Println("ran") }`, `%test`, `flag.VisitAll(func(f *flag.Flag) { fmt.Println(f.Name) })`}
	got, err := runEngine(t.Context(), engine.Direct, cells, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Split(got.Stdout, "\n"); len(lines) != 3 || lines[0] != "ran" || !strings.HasPrefix(lines[1], "ok: 1 test") {
		t.Errorf("%+v", got)
	}
}

// A program that does not do natively what a cell does is found out.
func TestSuiteFindsDifferences(t *testing.T) {
	testenv.Need(t, "go")
	if testing.Short() {
		t.Skip("builds programs")
	}
	s := &suite{modes: []mode{modeCell}, timeout: time.Minute, parallel: 1}
	// In which process the program runs shows in its executable's name.
	programs := []program{
		{name: "same.go", source: "package main\n\nfunc main() { println(6 * 7) }\n"},
		{name: "other.go", source: "package main\n\nimport (\n\t\"os\"\n\t\"path/filepath\"\n)\n\nfunc main() { path, _ := os.Executable(); println(filepath.Base(path)) }\n"},
		{name: "place.go", source: "package main\n\nimport (\n\t\"fmt\"\n\t\"os\"\n)\n\nfunc main() { files, err := os.ReadDir(\".\"); fmt.Println(os.Args[0], len(files), err) }\n"},
		{name: "open.go", source: "package main\n\nimport \"math/rand\"\n\nfunc main() { for range 20 { println(string(rune(0x4e00 + rand.Intn(20000)))) } }\n"},
		{name: "broken.go", source: "package main\n\nfunc main() { undefined() }\n"},
	}
	results, err := s.run(t.Context(), programs)
	if err != nil {
		t.Fatal(err)
	}
	if c := results[0].cause[modeCell]; c != "" {
		t.Errorf("same.go: %s", c)
	}
	if c := results[1].cause[modeCell]; c == "" {
		t.Error("other.go passes")
	}
	if c := results[2].cause[modeCell]; c != "" {
		t.Errorf("place.go: %s", c)
	}
	if !strings.Contains(results[3].open, "nothing in common on stderr") {
		t.Errorf("open.go: %q", results[3].open)
	}
	if results[4].skipped == "" {
		t.Error("broken.go was compared")
	}
}
