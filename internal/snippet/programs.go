package snippet

import (
	"go/build"
	"go/build/constraint"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A Program is one of the project's own test programs, with what it must print in
// the form of [Result.Golden]: what the toolchain's did.
type Program struct{ Name, Src, Want string }

var concurrent = regexp.MustCompile(`\bgo func|\bgo \w+\(|\bselect \{|\.Go\(`)

// Is reports whether got is what the program must print. Lines may come in another
// order from a program with goroutines.
func (p Program) Is(got string) bool {
	sorted := func(text string) []string { return slices.Sorted(strings.Lines(text)) }
	return got == p.Want || concurrent.MatchString(p.Src) && slices.Equal(sorted(got), sorted(p.Want))
}

// needProcess are programs that a process of their own is needed for, and why.
var needProcess = map[string]string{
	"fatal_unlock":      "ends it",
	"exit_log":          "a session says where the standard logger writes to",
	"panic_float":       "a session words the panic",
	"panic_named_value": "a session words the panic",
}

// Programs are the programs of internal/conform, which has them run as cells, too,
// but for those that need a process of their own.
func Programs(t testing.TB) []Program {
	t.Helper()
	dir := filepath.Join(root(t), "internal", "conform", "testdata", "own")
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatalf("no programs in %s", dir)
	}
	var list []Program
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".go")
		if needProcess[name] != "" {
			continue
		}
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(strings.TrimSuffix(file, ".go") + ".out")
		if err != nil {
			t.Fatal(err)
		}
		if !builds(string(src)) {
			continue
		}
		list = append(list, Program{name, string(src), string(want)})
	}
	return list
}

// builds reports whether this release of Go builds source.
func builds(src string) bool {
	for line := range strings.Lines(src) {
		if x, err := constraint.Parse(strings.TrimSpace(line)); err == nil {
			return x.Eval(func(tag string) bool { return slices.Contains(build.Default.ReleaseTags, tag) })
		}
	}
	return true
}

// root is the module's folder: tests run in a folder below it.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("this test does not run inside the module")
		}
		dir = up
	}
}
