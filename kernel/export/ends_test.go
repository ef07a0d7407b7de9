package export

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Cells that are known to fail: what a program does of each.
func TestFailures(t *testing.T) {
	cells := []Cell{
		{Number: 1, Source: "fmt.Println(\"begins\")", Headings: []string{"A lesson", "on failing"}},
		{Number: 2, Source: "func two() int { return 2 }\npanic(two())", Failure: Panics},
		{Number: 3, Source: "<-make(chan int)", Failure: Blocks},
		{Number: 4, Source: "func four() int { return 4 }\nos.Exit(four())", Failure: Ends},
		{Number: 5, Source: "ü := 5 // with a character of two bytes\nfunc five() int { return 5 }", Failure: Unknown},
		{Number: 6, Source: "fmt.Println(two() + four() + five())"},
		{Number: 7, Source: "fmt.Println(secret)", LeftOut: "it is a solution"},
		{Number: 0, Source: "fmt.Println(secret)", LeftOut: "it has no number"},
		{Number: 9, Source: "go func() { fmt.Println(\"in the background\") }()"},
		{Number: 10, Source: "done := true; done"},
	}
	out := t.TempDir()
	m, err := Program(t.Context(), cells, options(t, out))
	if err != nil {
		t.Fatal(err)
	}
	main := string(m.Files["main.go"])
	for _, want := range []string{
		"// A lesson\n", "// on failing\n", "\tmayFail(cell2)\n", "// Cell 2 is expected to panic.\nfunc cell2() {", "// Cell 3 is expected to wait for ever.\nfunc cell3() {",
		"// The statements of cell 4 are not part of the program: it fails in a way that ends a program.\n", "func four() int { return 4 }", "func five() int { return 5 }",
		"// The statements of cell 5 are not part of the program: it is expected to fail, and the notebook does not say how;",
		"// Cell 7 is not part of the program: it is a solution.\n", "// A cell is not part of the program: it has no number.\n", "\tcell9()\n\tpause()\n", "\trest()\n}",
	} {
		if !strings.Contains(main, want) {
			t.Errorf("it does not have %q", want)
		}
	}
	var left []string
	for _, l := range m.Left {
		kind := " all"
		if l.Declarations {
			kind = " but for declarations"
		}
		left = append(left, string(rune('0'+l.Cell))+kind)
	}
	if got := strings.Join(left, ", "); got != "4 but for declarations, 5 but for declarations, 7 all, 0 all" {
		t.Errorf("left out is %s", got)
	}
	if t.Failed() {
		t.Log(main)
	}
}

// What concerns all cells is an error.
func TestNoProgram(t *testing.T) {
	for _, tt := range []struct{ name, goMod, source, want string }{
		{"a broken go.mod", "module m\nnonsense\n", "1", "go.mod"},
		{"a module without a name", "", "%get @v1", "cell 1"},
	} {
		o := options(t, t.TempDir())
		if tt.goMod != "" {
			if err := os.WriteFile(filepath.Join(o.Dir, "go.mod"), []byte(tt.goMod), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := Program(t.Context(), []Cell{{Number: 1, Source: tt.source}}, o); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}

// What somebody else has written stays, and what an export has written and is no part of
// the program any more goes.
func TestWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	program := func(sources ...string) *Module {
		t.Helper()
		var cells []Cell
		for i, src := range sources {
			cells = append(cells, Cell{Number: i + 1, Source: src})
		}
		m, err := Program(t.Context(), cells, options(t, dir))
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	there := func() string {
		t.Helper()
		var names []string
		for _, pattern := range []string{"*", "*/*.go"} {
			found, err := filepath.Glob(filepath.Join(dir, pattern))
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range found {
				if info, err := os.Stat(f); err == nil && info.Mode().IsRegular() {
					names = append(names, filepath.ToSlash(strings.TrimPrefix(f, dir+string(filepath.Separator))))
				}
			}
		}
		return strings.Join(names, " ")
	}
	if err := program("display.HTML(\"<b>x</b>\")", "func TestIt(t *testing.T) {}", "[]int{1}", "go func() {}()").Write(dir); err != nil {
		t.Fatal(err)
	}
	if got := there(); got != "go.mod main.go main_test.go rest.go show.go display/display.go" {
		t.Errorf("written is %s", got)
	}
	if err := os.WriteFile(filepath.Join(dir, "mine.go"), []byte("package main\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := program("1").Write(dir); err != nil {
		t.Fatal(err)
	}
	if got := there(); got != "go.mod main.go mine.go" {
		t.Errorf("written is %s", got)
	}
	for _, name := range []string{"main.go", "go.mod"} {
		path := filepath.Join(dir, name)
		before, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		mine := "// mine\n"
		if err := os.WriteFile(path, []byte(mine), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := program("2").Write(dir); err == nil || !strings.Contains(err.Error(), name+" is there already") {
			t.Errorf("over another %s: %v", name, err)
		}
		if text, err := os.ReadFile(path); err != nil || string(text) != mine {
			t.Errorf("%s is now %q, %v", name, text, err)
		}
		if err := os.WriteFile(path, before, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(filepath.Join(dir, "main.go")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "main.go"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := program("3").Write(dir); err == nil {
		t.Error("it is written in the place of a folder")
	}
}
