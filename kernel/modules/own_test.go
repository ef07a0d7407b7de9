package modules

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gosched/gosched/kernel/stdlib"
)

// newOwn is a notebook in a module of its own, with a package that has tests.
func newOwn(t *testing.T) *world {
	return newWorld(t,
		"go.mod", "module example.com/own\n\ngo 1.24\n",
		"shapes/shapes.go", "package shapes\n\n// Area is one.\nfunc Area() int { return 1 }\n",
		"shapes/shapes_test.go", "package shapes\n\nimport \"testing\"\n\nfunc TestArea(t *testing.T) {}\n\ntype helper int\n\nfunc (helper) TestNot(t *testing.T) {}\n",
		"shapes/outside_test.go", "package shapes_test\n\nimport (\n\t\"fmt\"\n\n\t\"example.com/own/shapes\"\n)\n\n"+
			"func ExampleArea() {\n\tfmt.Println(shapes.Area())\n\t// Output: 1\n}\n\nfunc ExampleArea_silent() { shapes.Area() }\n",
		"uses/uses.go", "package uses\n\nimport \"example.com/own/shapes\"\n\nvar Area = shapes.Area()\n",
		"broken/broken.go", "package broken\n", "broken/broken_test.go", "package broken\n\nvar x int = \"text\"\n",
		"internal/deep/deep.go", "package deep\n", "program/main.go", "package main\n\nfunc main() {}\n",
		"testdata/left/left.go", "package left\n", "_hidden/hidden.go", "package hidden\n", "other/go.mod", "module example.com/other\n", "other/other.go", "package other\n",
		"text/readme.txt", "no Go\n", "wrong/wrong.go", "no package\n",
	)
}

// The tests of a package are loaded with it, and with its namesake outside.
func TestTests(t *testing.T) {
	w := newOwn(t)
	w.load("example.com/own/uses")
	before := w.load("example.com/own/shapes")
	tests, err := w.l.Tests(t.Context(), "example.com/own/shapes")
	if err != nil {
		t.Fatal(err)
	}
	if tests.Dir != filepath.Join(w.dir, "shapes") || tests.Package == before || tests.Outside.Path != "example.com/own/shapes_test" {
		t.Errorf("the tests of %s are in %s", tests.Outside.Path, tests.Dir)
	}
	var names []string
	for _, f := range tests.Functions() {
		names = append(names, f.Name())
	}
	if want := "Area TestArea ExampleArea ExampleArea_silent"; strings.Join(names, " ") != want {
		t.Errorf("the functions are %q, want %q", names, want)
	}
	if x := tests.Examples(); len(x) != 1 || x["ExampleArea"].Output != "1\n" {
		t.Errorf("the examples are %v", x)
	}
	if w.load("example.com/own/shapes") != tests.Package {
		t.Error("what is imported is not the package with its tests")
	}
	if names := w.l.Names(); names["example.com/own/shapes"] != "shapes" || names["example.com/own/shapes_test"] != "shapes_test" {
		t.Errorf("loaded are %v", names)
	}
	if !w.l.Loaded("example.com/own/shapes") || w.l.Loaded("example.com/own/nowhere") {
		t.Error("what is loaded is not known")
	}
	_, err = w.l.Tests(t.Context(), "example.com/own/uses")
	says(t, err, "has no tests")
	_, err = w.l.Tests(t.Context(), "example.com/own/nowhere")
	says(t, err, "there is no package")
	whole := w.load("example.com/own/broken")
	_, err = w.l.Tests(t.Context(), "example.com/own/broken")
	says(t, err, "broken_test.go:3:13")
	if w.load("example.com/own/broken") != whole {
		t.Error("the package without its tests is gone")
	}
}

// Packages are those of the notebook's module, and of modules that are here.
func TestPackages(t *testing.T) {
	w := newOwn(t)
	listed := func() string {
		t.Helper()
		list, err := w.s.Packages(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var words []string
		for _, p := range list {
			words = append(words, p.Path+"="+p.Name)
		}
		slices.Sort(words)
		return strings.Join(words, " ")
	}
	const own = "example.com/own/broken=broken example.com/own/internal/deep=deep example.com/own/shapes=shapes example.com/own/uses=uses"
	if got := listed(); got != own {
		t.Errorf("the packages are\n%s, want\n%s", got, own)
	}
	w.get("example.com/leaf@v1.0.0")
	for range 2 { // they are remembered
		if got := listed(); got != "example.com/leaf/sub=sub example.com/leaf=leaf "+own {
			t.Errorf("the packages are\n%s", got)
		}
	}
	w.reopen() // with requirements, of which nothing has been looked up yet
	if got := listed(); !strings.Contains(got, own) {
		t.Errorf("the packages are\n%s", got)
	}
}

func TestPackagePath(t *testing.T) {
	w := newOwn(t)
	for word, want := range map[string]string{
		"fmt": "fmt", "example.com/x": "example.com/x", ".": "example.com/own", "./shapes": "example.com/own/shapes",
		"./shapes/../uses": "example.com/own/uses", "./a//b/.": "example.com/own/a/b", "../sibling": "example.com/sibling",
	} {
		if got := w.s.PackagePath(word); got != want {
			t.Errorf("%s is %s, want %s", word, got, want)
		}
	}
}

// The go.mod of a program has what its imports need, and no more.
func TestModuleOf(t *testing.T) {
	w := newOwn(t)
	w.get("example.com/mid@v1.0.0")
	out := filepath.Join(w.dir, "out")
	for _, tt := range []struct {
		name    string
		imports []string
		want    []string
		without []string
		sums    bool
	}{
		{"the standard library", []string{"fmt", "net/http", "example.com/program/display"}, []string{"// A program.\n", "module example.com/program\n", "go " + strings.TrimPrefix(release(stdlib.GoVersion), "go")}, []string{"require", "replace"}, false},
		{"a module", []string{"fmt", "example.com/mid"}, []string{"example.com/mid v1.0.0\n", "example.com/leaf v1."}, []string{"replace", "example.com/mid v1.0.0 // indirect"}, true},
		{"the notebook's own", []string{"example.com/own/shapes"}, []string{"example.com/own v0.0.0\n", "replace example.com/own => ..\n"}, nil, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			goMod, goSum, err := w.s.ModuleOf(t.Context(), "example.com/program", "A program", out, tt.imports)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range tt.want {
				if !strings.Contains(string(goMod), want) {
					t.Errorf("no %q in\n%s", want, goMod)
				}
			}
			for _, other := range tt.without {
				if strings.Contains(string(goMod), other) {
					t.Errorf("%q in\n%s", other, goMod)
				}
			}
			if tt.sums != (len(goSum) > 0) {
				t.Errorf("go.sum is %q", goSum)
			}
		})
	}
	if _, _, err := w.s.ModuleOf(t.Context(), "example.com/program", "A program", out, []string{"example.com/nowhere/x"}); err == nil {
		t.Error("a program has a package that nobody has")
	}
}

func TestPathFrom(t *testing.T) {
	for _, tt := range [][3]string{
		{"/a/b/out", "/a/b", ".."}, {"/a/b", "/a/b/c", "./c"}, {"/a/b", "/a/x/y", "../x/y"}, {"/a/b/c/d/e/f", "/x", "/x"},
	} {
		if got := pathFrom(tt[0], tt[1]); got != tt[2] {
			t.Errorf("from %s, %s is %s, want %s", tt[0], tt[1], got, tt[2])
		}
	}
	for _, tt := range [][3]string{{"1.24", "1.25", "1.25"}, {"1.26.1", "1.26", "1.26.1"}, {"1.9", "1.10", "1.10"}} {
		if got := laterGo(tt[0], tt[1]); got != tt[2] {
			t.Errorf("of %s and %s, %s is later", tt[0], tt[1], got)
		}
	}
}
