package main

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/gosched/gosched/kernel/stdlib"
)

// goTestFolders are the folders of Go's own test directory that have programs
// of one file.
var goTestFolders = []string{".", "chan", "ken", "interface", "typeparam", "fixedbugs"}

// goTests selects the programs of Go's own test directory that a cell can be
// expected to run: those whose first line is "// run", that need no arguments
// and no other files, and import only public packages of the standard library.
// It also says why the others that begin with "// run" were left out.
func goTests(root string) (selected []program, omitted map[string]string, err error) {
	omitted = map[string]string{}
	if root == "" {
		return nil, nil, fmt.Errorf("no Go toolchain: its test directory is not there")
	}
	for _, dir := range goTestFolders {
		files, err := filepath.Glob(filepath.Join(root, "test", dir, "*.go"))
		if err != nil {
			return nil, nil, err
		}
		for _, file := range files {
			name := path.Join(dir, filepath.Base(file))
			p, err := loadFile(file, "gotest/"+name, goTestGroup(name))
			if err != nil {
				return nil, nil, err
			}
			if first, _, _ := strings.Cut(p.source, "\n"); strings.TrimSpace(first) != "// run" {
				continue
			}
			if p.golden == nil {
				p.golden = new(string) // Go's test driver wants no output
			}
			if why := unfit(name, p.source); why != "" {
				omitted[p.name] = why
				continue
			}
			selected = append(selected, p)
		}
	}
	if len(selected) == 0 {
		return nil, nil, fmt.Errorf("%s has no programs: this toolchain comes without Go's tests", filepath.Join(root, "test"))
	}
	return selected, omitted, nil
}

// unfit says why a program of Go's test directory is none for cells, or "".
func unfit(name, src string) string {
	if why := omittedByName[name]; why != "" {
		return why
	}
	f, err := parser.ParseFile(token.NewFileSet(), name, src, parser.ImportsOnly|parser.ParseComments)
	if err != nil {
		return "does not parse"
	}
	if c := elsewhere(f); c != "" {
		return "is not for this platform: " + c
	}
	for _, spec := range f.Imports {
		imp, err := strconv.Unquote(spec.Path.Value)
		switch {
		case err != nil:
			return "does not parse"
		case imp == "os/exec":
			return "runs other programs, most often the compiler"
		case !stdlib.Has(imp):
			return "imports " + imp + ", which is not public"
		}
	}
	for _, r := range measures {
		if m := r.re.FindString(src); m != "" {
			m, _, _ = strings.Cut(m, "\n")
			return r.why + ": " + m
		}
	}
	return ""
}

// measures are what programs use that look at the compiler's or the runtime's
// doings and not at what the language promises.
var measures = []struct {
	re  *regexp.Regexp
	why string
}{
	{regexp.MustCompile(`//go:linkname\b`), "links to names of the runtime"},
	{regexp.MustCompile(`\b(runtime\.ReadMemStats|runtime\.MemStats|testing\.AllocsPerRun|runtime\.MemProfile|runtime\.MemProfileRate)\b`), "measures memory"},
	{regexp.MustCompile(`(?s)\b(runtime\.SetFinalizer|runtime\.AddCleanup|weak\.Make)\b.*\bruntime\.GC\(|\bruntime\.GC\(.*\b(runtime\.SetFinalizer|runtime\.AddCleanup|weak\.Make)\b`), "watches the garbage collector"},
	{regexp.MustCompile(`\b(runtime\.FuncForPC|runtime\.CallersFrames|runtime\.Callers|runtime\.Caller|runtime\.Stack|debug\.Stack|debug\.PrintStack|pprof\.\w+)\b`), "looks at program counters or stacks"},
	{regexp.MustCompile(`\bos\.(Open|ReadFile|ReadDir|Args)\b`), "needs files or arguments"},
}

// elsewhere returns the build constraint of a file if it does not hold here.
func elsewhere(f *ast.File) string {
	for _, group := range f.Comments {
		for _, c := range group.List {
			if !constraint.IsGoBuild(c.Text) || c.Pos() > f.Package {
				continue
			}
			x, err := constraint.Parse(c.Text)
			if err != nil || !x.Eval(buildTag) {
				return c.Text
			}
		}
	}
	return ""
}

func buildTag(tag string) bool {
	if strings.HasPrefix(tag, "go1.") {
		return slices.Contains(build.Default.ReleaseTags, tag)
	}
	switch tag {
	case runtime.GOOS, runtime.GOARCH, "gc", "goexperiment.regabiargs", "goexperiment.regabiwrappers":
		return true
	case "unix":
		return runtime.GOOS == "linux" || runtime.GOOS == "darwin"
	}
	return false
}

// goTestPrefixes are the groups of Go's tests that lie in the top folder.
var goTestPrefixes = []string{
	"closure", "rangefunc", "range", "defer", "recover", "switch", "typeswitch",
	"method", "map", "string", "const", "iota", "escape", "nil", "func", "label",
	"goto", "loopvar",
}

func goTestGroup(name string) string {
	if dir := path.Dir(name); dir != "." {
		return dir
	}
	for _, p := range goTestPrefixes {
		if strings.HasPrefix(name, p) {
			return p
		}
	}
	return "other"
}
