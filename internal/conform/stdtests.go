package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/build"
	"go/format"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/gosched/gosched/kernel/stdlib"
)

// stdPackages are packages of the standard library that are written in plain
// Go and import public packages only.
var stdPackages = []string{
	"bufio", "compress/bzip2", "compress/flate", "compress/lzw", "container/heap", "container/list", "container/ring",
	"encoding/ascii85", "encoding/base32", "encoding/base64", "encoding/csv", "encoding/hex", "encoding/json", "encoding/pem",
	"encoding/xml", "expvar", "go/ast", "go/constant", "go/doc/comment", "go/scanner", "go/token", "go/version", "hash/adler32",
	"hash/fnv", "html", "html/template", "image", "image/color", "image/draw", "image/gif", "index/suffixarray", "io", "io/fs", "log",
	"math/cmplx", "mime", "mime/multipart", "mime/quotedprintable", "net/mail", "net/textproto", "net/url", "path", "regexp",
	"regexp/syntax", "slices", "maps", "sort", "strconv", "strings", "testing/iotest", "text/scanner", "text/tabwriter",
	"text/template", "text/template/parse", "unicode", "unicode/utf16", "unicode/utf8",
}

// loadStdTests makes a program of each of some packages of the standard
// library and its tests, with a small stand-in for package testing. It is a
// hard trial: much code, and thousands of checks.
func loadStdTests(root string) ([]program, error) {
	var all []program
	for _, path := range stdPackages {
		src, err := stdTestProgram(filepath.Join(root, "src", path), path)
		if err != nil {
			return nil, fmt.Errorf("making a program of %s: %w", path, err)
		}
		if src != "" {
			all = append(all, program{name: "std/" + path, group: "std", source: src})
		}
	}
	return all, nil
}

const testingStandIn = `
// testT stands for testing.T.
type testT struct {
	name    string
	failed  bool
	cleanup []func()
}

type testTB interface {
	Error(args ...any)
	Errorf(format string, args ...any)
	Fatal(args ...any)
	Fatalf(format string, args ...any)
	Log(args ...any)
	Logf(format string, args ...any)
	Helper()
	Fail()
	FailNow()
	Failed() bool
	Name() string
}

type testStop struct{ skipped bool }

func (t *testT) say(s string) {
	if len(s) > 300 {
		s = s[:300]
	}
	testfmt.Println("    ", t.name, s)
}
func (t *testT) Error(args ...any)                 { t.failed = true; t.say(testfmt.Sprintln(args...)) }
func (t *testT) Errorf(format string, args ...any) { t.failed = true; t.say(testfmt.Sprintf(format, args...)) }
func (t *testT) Fatal(args ...any)                 { t.Error(args...); panic(testStop{}) }
func (t *testT) Fatalf(format string, args ...any) { t.Errorf(format, args...); panic(testStop{}) }
func (t *testT) Log(args ...any)                   {}
func (t *testT) Logf(format string, args ...any)   {}
func (t *testT) Helper()                           {}
func (t *testT) Parallel()                         {}
func (t *testT) Fail()                             { t.failed = true }
func (t *testT) FailNow()                          { t.failed = true; panic(testStop{}) }
func (t *testT) Failed() bool                      { return t.failed }
func (t *testT) Name() string                      { return t.name }
func (t *testT) Skip(args ...any)                  { panic(testStop{true}) }
func (t *testT) Skipf(f string, args ...any)       { panic(testStop{true}) }
func (t *testT) SkipNow()                          { panic(testStop{true}) }
func (t *testT) Cleanup(f func())                  { t.cleanup = append(t.cleanup, f) }
func (t *testT) Run(name string, f func(*testT)) bool {
	sub := &testT{name: t.name + "/" + name}
	sub.run(f)
	t.failed = t.failed || sub.failed
	return !sub.failed
}
func (t *testT) run(f func(*testT)) {
	defer func() {
		for i := len(t.cleanup) - 1; i >= 0; i-- {
			t.cleanup[i]()
		}
		switch r := recover().(type) {
		case nil, testStop:
		default:
			t.failed = true
			testfmt.Println("    ", t.name, "panics:", r)
		}
	}()
	f(t)
}

func testRun(name string, f func(*testT)) {
	t := &testT{name: name}
	t.run(f)
	testfmt.Println(name, !t.failed)
}
`

// stdTestProgram puts the files of a package and its tests into one. The
// result is empty if that cannot be done.
func stdTestProgram(dir, path string) (string, error) {
	pkg, err := build.Default.ImportDir(dir, 0)
	if err != nil {
		return "", err
	}
	names := slices.Concat(pkg.GoFiles, pkg.TestGoFiles)
	m := &merger{fset: token.NewFileSet(), imports: map[string]string{"testfmt": "fmt"}, inits: map[string]bool{}}
	for _, name := range names {
		if strings.HasPrefix(name, "fuzz") || strings.HasPrefix(name, "example") {
			continue
		}
		f, err := parser.ParseFile(m.fset, filepath.Join(dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return "", err
		}
		if !m.add(f) {
			return "", nil
		}
	}
	if len(m.tests) == 0 {
		return "", nil
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "package main\n\nimport (\n")
	for name, p := range m.imports {
		fmt.Fprintf(&b, "\t%s %q\n", name, p)
	}
	fmt.Fprintf(&b, ")\n%s\n", testingStandIn)
	for _, d := range m.decls {
		if err := format.Node(&b, m.fset, d); err != nil {
			return "", err
		}
		b.WriteString("\n\n")
	}
	b.WriteString("func main() {\n")
	for _, t := range m.tests {
		fmt.Fprintf(&b, "\ttestRun(%q, %s)\n", t, t)
	}
	b.WriteString("}\n")
	_ = path
	return b.String(), nil
}

// A merger makes one file of several.
type merger struct {
	fset    *token.FileSet
	imports map[string]string // path by name
	inits   map[string]bool
	decls   []ast.Decl
	tests   []string
}

// add takes over a file's declarations. It reports whether that can be done:
// only public packages are imported, and names mean the same in each file.
func (m *merger) add(f *ast.File) bool {
	for _, s := range f.Imports {
		p, err := strconv.Unquote(s.Path.Value)
		if err != nil {
			return false
		}
		if p == "testing" {
			continue
		}
		if !stdlib.Has(p) || p == "unsafe" || p == "os/exec" {
			return false
		}
		name := p[strings.LastIndexByte(p, '/')+1:]
		if p == "math/rand/v2" {
			name = "rand"
		}
		if s.Name != nil {
			name = s.Name.Name
		}
		if name == "_" {
			continue
		}
		if have, ok := m.imports[name]; ok && have != p {
			return false
		}
		m.imports[name] = p
	}
	for _, d := range f.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT {
			continue
		}
		if !m.standIn(d) {
			continue
		}
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil {
			if fn.Body == nil {
				return false
			}
			if fn.Name.Name == "main" || fn.Name.Name == "TestMain" {
				continue
			}
			if strings.HasPrefix(fn.Name.Name, "Test") && len(fn.Type.Params.List) == 1 {
				m.tests = append(m.tests, fn.Name.Name)
			}
		}
		m.decls = append(m.decls, d)
	}
	return true
}

// standIn replaces what a declaration uses of package testing. It reports
// whether the declaration can be kept.
func (m *merger) standIn(d ast.Decl) bool {
	ok := true
	replace := func(x ast.Expr) ast.Expr {
		sel, is := x.(*ast.SelectorExpr)
		if !is {
			return x
		}
		if id, is := sel.X.(*ast.Ident); !is || id.Name != "testing" {
			return x
		}
		switch sel.Sel.Name {
		case "T":
			return &ast.Ident{NamePos: x.Pos(), Name: "testT"}
		case "TB":
			return &ast.Ident{NamePos: x.Pos(), Name: "testTB"}
		}
		ok = false
		return x
	}
	ast.Inspect(d, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.StarExpr:
			n.X = replace(n.X)
		case *ast.Field:
			n.Type = replace(n.Type)
		case *ast.CallExpr:
			if sel, is := n.Fun.(*ast.SelectorExpr); is {
				if id, is := sel.X.(*ast.Ident); is && id.Name == "testing" {
					switch sel.Sel.Name {
					case "Short":
						n.Fun = &ast.FuncLit{
							Type: &ast.FuncType{Params: &ast.FieldList{}, Results: &ast.FieldList{List: []*ast.Field{{Type: &ast.Ident{Name: "bool"}}}}},
							Body: &ast.BlockStmt{List: []ast.Stmt{&ast.ReturnStmt{Results: []ast.Expr{&ast.Ident{Name: "true"}}}}},
						}
					default:
						ok = false
					}
				}
			}
		case *ast.SelectorExpr:
			if id, is := n.X.(*ast.Ident); is && id.Name == "testing" && n.Sel.Name != "T" && n.Sel.Name != "TB" {
				ok = false
			}
		}
		return ok
	})
	return ok
}
