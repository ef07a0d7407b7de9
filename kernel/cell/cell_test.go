package cell_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"

	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gosched/gosched/internal/testenv"
	"github.com/gosched/gosched/kernel/cell"
)

var update = flag.Bool("update", false, "write the golden files")

// TestGolden compares what Parse makes of testdata/*.cell with the .golden
// file beside it.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.cell")
	if err != nil || len(files) == 0 {
		t.Fatal("no testdata", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".cell"), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := dump(src)
			golden := strings.TrimSuffix(file, ".cell") + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

// dump prints a cell: a line for each thing it holds, with position and text.
func dump(src []byte) string {
	fset := token.NewFileSet()
	c, err := cell.Parse(fset, "cell 3", src)
	var b strings.Builder
	text := func(n ast.Node) string {
		from, to := fset.Position(n.Pos()).Offset, fset.Position(n.End()).Offset
		if from > to || to > len(src) {
			return "?"
		}
		s := strings.ReplaceAll(string(src[from:to]), "\n", "⏎")
		return strings.ReplaceAll(s, "\t", "")
	}
	line := func(what string, n ast.Node) {
		p := fset.Position(n.Pos())
		fmt.Fprintf(&b, "%-7s %d:%d %s %s\n", what, p.Line, p.Column, strings.TrimPrefix(fmt.Sprintf("%T", n), "*ast."), text(n))
	}
	for _, m := range c.Magics {
		fmt.Fprintf(&b, "magic   %d:%d %s %q %q\n", fset.Position(m.Pos).Line, fset.Position(m.Pos).Column, m.Prefix, m.Name, m.Args)
	}
	for _, s := range c.Imports {
		line("import", s)
	}
	for _, d := range c.Decls {
		line("decl", d)
		if f, ok := d.(*ast.FuncDecl); ok && f.Doc != nil {
			fmt.Fprintf(&b, "        doc %q\n", f.Doc.Text())
		}
		if g, ok := d.(*ast.GenDecl); ok && g.Doc != nil {
			fmt.Fprintf(&b, "        doc %q\n", g.Doc.Text())
		}
	}
	for _, s := range c.Stmts {
		line("stmt", s)
	}
	if c.Final != nil {
		line("final", c.Final)
	}
	fmt.Fprintf(&b, "main    %v\n", c.HasMain)
	for _, n := range c.Declared() {
		fmt.Fprintf(&b, "name    %s %s\n", n.Kind, n.Name)
	}
	fmt.Fprintf(&b, "uses    %s\n", strings.Join(c.Uses(), " "))
	var list cell.ErrorList
	if errors.As(err, &list) {
		for _, e := range list {
			fmt.Fprintf(&b, "error   %v\n", e)
		}
	}
	return b.String()
}

func parse(t testing.TB, src string) (*token.FileSet, *cell.Cell) {
	t.Helper()
	fset := token.NewFileSet()
	c, err := cell.Parse(fset, "cell 3", []byte(src))
	if err != nil {
		t.Fatalf("%v\n%s", err, src)
	}
	return fset, c
}

// everyKind holds at least one of each kind of node that a cell can have,
// with characters of several bytes and tabs before them.
const everyKind = `/* α */ import f "fmt"; import ("os"; _ "strings")
	%magic
type Öre[T any] struct { a, b int ` + "`tag`" + `; *os.File }
type I interface { M(x int, y ...string) (err error); ~int | string }
const ä, ö = 1 + iota, "ö"
var ß, v = map[string][]int{"é": {1, 2}}, 'ß'
// doc
func (r *Öre[T]) Get(n int) (res T) { return }
func max2[T int | string](a, b T) T { if a > b { return a } else { return b } }
func main() {}
start: for i := 0; i < 3; i++ { continue start }
for k, w := range ß { _, _ = k, w; break }
switch x := any(v).(type) { case int, string: _ = x; default: }
switch { case v == 1: fallthrough; case true: }
select { case c <- 1: case y, ok := <-c: _, _ = y, ok; default: }
go func() { defer f.Println() }(); { ; }
a[1:2:3] = -(*p).q; a++; p = &b[0]; goto end; end:
x := []func(chan<- int, <-chan [3]int) struct{}{}
z := Öre[int]{a: 1}.b + max2[int](1, 2) + h[int, string](3, xs...)
struct{ é int }{1}.é % 2
`

// TestPositions checks line, column and offset of every node against the text
// that it came from, for a cell that is not the first in its file set.
func TestPositions(t *testing.T) {
	fset := token.NewFileSet()
	if _, err := cell.Parse(fset, "cell 1", []byte("x := 1")); err != nil {
		t.Fatal(err)
	}
	c, err := cell.Parse(fset, "cell 2", []byte(everyKind))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cell.Parse(fset, "cell 3", []byte("y := 1")); err != nil {
		t.Fatal(err)
	}
	kinds := map[string]bool{}
	for _, n := range roots(c) {
		ast.Inspect(n, func(n ast.Node) bool {
			if n != nil {
				kinds[strings.TrimPrefix(fmt.Sprintf("%T", n), "*ast.")] = true
				checkNode(t, fset, "cell 2", everyKind, n)
			}
			return true
		})
	}
	for _, k := range strings.Fields(`ArrayType AssignStmt BasicLit BinaryExpr BlockStmt BranchStmt
		CallExpr CaseClause ChanType CommClause Comment CommentGroup CompositeLit DeclStmt DeferStmt
		Ellipsis EmptyStmt ExprStmt Field FieldList ForStmt FuncDecl FuncLit FuncType GenDecl GoStmt
		Ident IfStmt ImportSpec IncDecStmt IndexExpr IndexListExpr InterfaceType KeyValueExpr
		LabeledStmt MapType ParenExpr RangeStmt ReturnStmt SelectStmt SelectorExpr SendStmt
		SliceExpr StarExpr StructType SwitchStmt TypeAssertExpr TypeSpec TypeSwitchStmt UnaryExpr ValueSpec`) {
		if !kinds[k] {
			t.Errorf("no %s in the test", k)
		}
	}
}

func roots(c *cell.Cell) []ast.Node {
	var nodes []ast.Node
	for _, s := range c.Imports {
		nodes = append(nodes, s)
	}
	for _, d := range c.Decls {
		nodes = append(nodes, d)
	}
	for _, s := range c.Stmts {
		nodes = append(nodes, s)
	}
	return nodes
}

// checkNode compares what the file set says of each position in n with what
// counting in src says, and the node's text with what it must start with.
func checkNode(t testing.TB, fset *token.FileSet, name, src string, n ast.Node) {
	t.Helper()
	v := reflect.ValueOf(n).Elem()
	for i := range v.NumField() {
		pos, ok := v.Field(i).Interface().(token.Pos)
		if !ok || !pos.IsValid() {
			continue
		}
		p := fset.Position(pos)
		if p.Filename != name || p.Offset < 0 || p.Offset > len(src) {
			t.Errorf("%T.%s is at %v, offset %d", n, v.Type().Field(i).Name, p, p.Offset)
			continue
		}
		line := 1 + strings.Count(src[:p.Offset], "\n")
		column := p.Offset - strings.LastIndexByte(src[:p.Offset], '\n')
		if p.Line != line || p.Column != column {
			t.Errorf("%T.%s at offset %d is %d:%d, want %d:%d", n, v.Type().Field(i).Name, p.Offset, p.Line, p.Column, line, column)
		}
	}
	at := func(pos token.Pos, want string) {
		if off := fset.Position(pos).Offset; !strings.HasPrefix(src[off:], want) {
			t.Errorf("%T at %v is %.10q, want %q", n, fset.Position(pos), src[off:], want)
		}
	}
	switch n := n.(type) {
	case *ast.Ident:
		at(n.Pos(), n.Name)
	case *ast.BasicLit:
		at(n.Pos(), n.Value)
	case *ast.BinaryExpr:
		at(n.OpPos, n.Op.String())
	case *ast.AssignStmt:
		at(n.TokPos, n.Tok.String())
	case *ast.GenDecl:
		at(n.Pos(), n.Tok.String())
	case *ast.FuncDecl:
		at(n.Pos(), "func")
	case *ast.BlockStmt:
		at(n.Lbrace, "{")
		at(n.Rbrace, "}")
	case *ast.CallExpr:
		at(n.Lparen, "(")
		at(n.Rparen, ")")
	case *ast.Comment:
		at(n.Slash, n.Text)
	case *ast.ForStmt:
		at(n.Pos(), "for")
	}
}

// TestReparse checks that a second tree of every root is equal to the first,
// positions included, and shares no node with it.
func TestReparse(t *testing.T) {
	_, c := parse(t, everyKind)
	checkReparse(t, c)
}

func checkReparse(t testing.TB, c *cell.Cell) {
	t.Helper()
	nodes := roots(c)
	if c.Final != nil {
		nodes = append(nodes, c.Final)
	}
	for _, n := range nodes {
		again, err := c.Reparse(n)
		if err != nil {
			t.Errorf("%T: %v", n, err)
			continue
		}
		var first, second bytes.Buffer
		for _, p := range []struct {
			b *bytes.Buffer
			n ast.Node
		}{{&first, n}, {&second, again}} {
			if err := ast.Fprint(p.b, nil, p.n, withoutComments); err != nil {
				t.Fatal(err)
			}
		}
		if first.String() != second.String() {
			t.Errorf("%T is not the same when parsed again:\n%s\n%s", n, first.String(), second.String())
		}
		old := map[ast.Node]bool{}
		ast.Inspect(n, func(n ast.Node) bool { old[n] = true; return true })
		ast.Inspect(again, func(a ast.Node) bool {
			if a != nil && old[a] {
				t.Errorf("%T: the trees share a %T", n, a)
			}
			return true
		})
	}
}

// withoutComments leaves out what Reparse may lose: a comment behind the end.
func withoutComments(name string, _ reflect.Value) bool { return name != "Comment" && name != "Doc" }

func TestReparseKeepsDoc(t *testing.T) {
	_, c := parse(t, "x := 1 // about x\n\n  // F is documented.\n  func F() {}\n\n// V too.\nvar V = 1")
	f, err := c.Reparse(c.Decls[0])
	if err != nil {
		t.Fatal(err)
	}
	if got := f.(*ast.FuncDecl).Doc.Text(); got != "F is documented.\n" {
		t.Errorf("doc of F is %q", got)
	}
	v, err := c.Reparse(c.Stmts[1])
	if err != nil {
		t.Fatal(err)
	}
	if got := v.(*ast.DeclStmt).Decl.(*ast.GenDecl).Doc.Text(); got != "V too.\n" {
		t.Errorf("doc of V is %q", got)
	}
}

func TestReparseRefuses(t *testing.T) {
	fset, c := parse(t, "x := 1")
	other, err := cell.Parse(fset, "cell 4", []byte("yy := 22"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Reparse(other.Stmts[0]); err == nil {
		t.Error("parsed a statement of another cell")
	}
	if _, err := c.Reparse(&ast.FieldList{Opening: c.Stmts[0].Pos()}); err == nil {
		t.Error("parsed a field list")
	}
}

func TestContract1_Final(t *testing.T) {
	tests := []struct {
		src   string
		final bool
	}{
		{"x", true},
		{"x;", false},
		{"x // comment", true},
		{"x; // comment", false},
		{"x /* c */ ; \n", false},
		{"x\n// c\n", true},
		{"x\n%goroutines", true},
		{"f()", true},
		{"<-c", true},
		{"func() int { return 1 }()", true},
		{"x\ntype T int", true}, // types run nothing, so x still comes last
		{"x\nvar y = 1", false},
		{"fmt.Println(1)", true}, // that its value is not shown is known later
		{"x = 1", false},
		{"x++", false},
		{"x := 1", false},
		{"if x {}", false},
		{"", false},
	}
	for _, tt := range tests {
		if _, c := parse(t, tt.src); (c.Final != nil) != tt.final {
			t.Errorf("%q: final %v, want %v", tt.src, c.Final != nil, tt.final)
		}
	}
}

func TestErrors(t *testing.T) {
	deep := strings.Repeat("(", 200_000) + "1" + strings.Repeat(")", 200_000)
	tests := []struct{ name, src, want string }{
		{"string", "x := \"abc\ny := 2", "cell 3:1:6: string literal not terminated"},
		{"raw string", "x := 1\ny := `abc\nfoo(", "cell 3:2:6: raw string literal not terminated"},
		{"comment", "x := 1\n/* y\nz {", "cell 3:2:1: comment not terminated"},
		{"open brace", "x := 1\nfor {\n f()", "(the '{' of line 2, column 5 is not closed)"},
		{"open paren", "f(1, 2", "cell 3:1:7: "},
		{"stray brace", "x := 1\n}\nfunc f() {\n}", "cell 3:2:1: unexpected '}': no '{' is open here"},
		{"stray paren", "x := 1)", "cell 3:1:7: unexpected ')': no '(' is open here"},
		{"case", "case 1: f()\ny := 1", "cell 3:1:1: case outside of a switch or select"},
		{"else", "if x { y() }\nelse { z() }", "cell 3:2:1: expected statement, found 'else' ('else' goes on the line of the '}' before it)"},
		{"func in func", "func f() { func g() {} }", "cell 3:1:17: expected '(', found g"},
		{"two on a line", "x := 1 y := 2", "cell 3:1:8: expected ';', found y"},
		{"curly quotes", "s := “a”", `(use neutral '"')`},
		{"single quotes", "s := ‘a’", `(use "'")`},
		{"full width", "f（1）", `illegal character U+FF08 '（' (full-width; use "(")`},
		{"no-break space", "x\u00a0:= 1", "invisible or not a plain space"},
		{"hash", "# x", "a comment starts with //"},
		{"long rune", "x := 'ab'", "illegal rune literal (strings take double quotes)"},
		{"utf-8", "x := \"\xff\"", "cell 3:1:7: illegal UTF-8 encoding (Go source is UTF-8"},
		{"nul", "x := \x00 1", "cell 3:1:6: illegal character NUL (a byte of value 0"},
		{"byte order mark", "x := 1\n\ufeffy := 2", "cell 3:2:1: illegal byte order mark (an invisible U+FEFF; delete it)"},
		{"deep", deep, "nested too deeply"},
		{"deep unary", "x := " + strings.Repeat("-+", 100_000) + "1", "too long"},
		{"deep binary", "x := 1" + strings.Repeat("+1", 500_000), "too long"},
		{"deep if", strings.Repeat("if x {} else ", 150_000) + "{}", "nested too deeply: split it"},
		{"huge", strings.Repeat(" ", 64<<20+1), "more than 64 MB"},
		{"magic", "x := 1\n%%time", "cell 3:2:1: a line with %% must stand before the Go code of its cell"},
		{"package", "package 1", "cell 3:1:9: expected 'IDENT', found 1"},
		{"import", "import fmt", `cell 3:1:11: missing import path (it takes quotes, as in import "fmt")`},
		{"generic method", "type T interface { M[P any]() }", "must have no type parameters"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := cell.Parse(token.NewFileSet(), "cell 3", []byte(tt.src))
			if c == nil {
				t.Fatal("no cell")
			}
			var list cell.ErrorList
			if !errors.As(err, &list) || len(list) == 0 {
				t.Fatalf("no error, want %q", tt.want)
			}
			if got := list[0].Error(); !strings.Contains(got, tt.want) {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			for _, e := range list {
				if e.Pos.Offset < 0 || e.Pos.Offset > len(tt.src) || e.Pos.Filename != "cell 3" {
					t.Errorf("%v is not in the cell", e)
				}
			}
		})
	}
}

func TestErrorsAreOneALineAndTen(t *testing.T) {
	_, err := cell.Parse(token.NewFileSet(), "cell 3", []byte(strings.Repeat("func f( { x := := 1 }\n\nfunc g() {}\n", 30)))
	var list cell.ErrorList
	if !errors.As(err, &list) || len(list) > cell.MaxErrors {
		t.Fatal(err)
	}
	_, err = cell.Parse(token.NewFileSet(), "cell 3", []byte("func f() { x := := 1 }\nok()\nfunc g() { y := := 2 }\n"))
	if !errors.As(err, &list) || len(list) != 2 || list[0].Pos.Line != 1 || list[1].Pos.Line != 3 {
		t.Errorf("want an error on lines 1 and 3, got %v", list)
	}
}

func TestSourceIsLeftAlone(t *testing.T) {
	for _, src := range []string{"\ufeffx := 1\n%help", "x := \x00 )\n%help", "%a\n%b\n}"} {
		b := []byte(src)
		_, _ = cell.Parse(token.NewFileSet(), "c", b)
		if string(b) != src {
			t.Errorf("%q has become %q", src, b)
		}
	}
}

func TestDeepButFine(t *testing.T) {
	start := cpuTime(t)
	_, c := parse(t, "x := "+strings.Repeat("(", 9_999)+"1"+strings.Repeat(")", 9_999))
	if len(c.Stmts) != 1 {
		t.Error("no statement")
	}
	if d := cpuTime(t) - start; d > 2*time.Second {
		t.Errorf("took %v", d)
	}
}

// TestPathological runs sources that would show a quadratic step: eight times
// as much of them may not take much more than eight times as long.
func TestPathological(t *testing.T) {
	const n = 200_000
	for _, piece := range []string{"}", "]", ";%x", "%x\n", "func({)\n", "func (]\n", "x;", "a(", "case x:\n", "`", "/*", "(}", "func f(){}\n", "L:", "\x00", "“"} {
		took := func(n int) time.Duration {
			src := []byte(strings.Repeat(piece, n/len(piece)))
			if piece == "]" { // closes nothing of very much
				src = append([]byte(strings.Repeat("(", 9_000)), src...)
			}
			start := cpuTime(t)
			_, _ = cell.Parse(token.NewFileSet(), "c", src)
			cell.IsComplete(string(src))
			return cpuTime(t) - start
		}
		less, more := max(took(n/8), 20*time.Millisecond), took(n)
		if more > 40*less {
			t.Errorf("%q: %v for %d bytes, %v for %d", piece, less, n/8, more, n)
		}
	}
}

// cpuTime is what the process has used. It says more than a clock when other
// processes run.
func cpuTime(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano())
}

// TestGoFiles parses files of the standard library as cells and compares with
// what go/parser says of them.
func TestGoFiles(t *testing.T) {
	testenv.FindGo()
	files, _ := filepath.Glob(filepath.Join(build.Default.GOROOT, "src/net/http/*.go"))
	if len(files) == 0 {
		t.Skip("the Go source is not here")
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		compareWithParser(t, filepath.Base(file), src)
	}
}

// compareWithParser parses src, a Go file, both ways: same declarations, same
// positions, same documentation.
func compareWithParser(t testing.TB, name string, src []byte) {
	t.Helper()
	plain := token.NewFileSet()
	f, err := parser.ParseFile(plain, name, src, parser.SkipObjectResolution|parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	var decls []ast.Decl
	for _, d := range f.Decls {
		if g, ok := d.(*ast.GenDecl); !ok || g.Tok != token.IMPORT {
			decls = append(decls, d)
		}
	}
	fset, c := parse(t, string(src))
	if len(c.Decls) != len(decls) || len(c.Imports) != len(f.Imports) {
		t.Fatalf("%s: %d imports and %d declarations, want %d and %d", name, len(c.Imports), len(c.Decls), len(f.Imports), len(decls))
	}
	for i, d := range decls {
		if got, want := flatten(fset, c.Decls[i]), flatten(plain, d); got != want {
			t.Errorf("%s: declaration %d is\n%s\nwant\n%s", name, i, got, want)
		}
	}
}

// flatten lists the nodes of n with their offsets.
func flatten(fset *token.FileSet, n ast.Node) string {
	var b strings.Builder
	ast.Inspect(n, func(n ast.Node) bool {
		if n != nil {
			fmt.Fprintf(&b, "%T %d %d\n", n, fset.PositionFor(n.Pos(), false).Offset, fset.PositionFor(n.End(), false).Offset)
		}
		return true
	})
	return b.String()
}

func FuzzParse(f *testing.F) {
	f.Add(everyKind)
	f.Add("outer: inner:")
	files, _ := filepath.Glob("testdata/*.cell")
	for _, file := range files {
		if src, err := os.ReadFile(file); err == nil {
			f.Add(string(src))
		}
	}
	f.Fuzz(func(t *testing.T, src string) {
		fset := token.NewFileSet()
		c, err := cell.Parse(fset, "cell 3", []byte(src))
		if err != nil {
			for _, e := range err.(cell.ErrorList) {
				if e.Pos.Offset < 0 || e.Pos.Offset > len(src) || e.Pos.Line < 1 {
					t.Errorf("%v is outside of the cell", e)
				}
			}
			if whole, err := parser.ParseFile(token.NewFileSet(), "", src, parser.SkipObjectResolution); err == nil && !strings.HasPrefix(src, "%") {
				t.Errorf("is a Go file with %d declarations, but no cell", len(whole.Decls))
			}
		} else {
			for _, n := range roots(c) {
				ast.Inspect(n, func(n ast.Node) bool {
					if n == nil {
						return true
					}
					if from, to := int(n.Pos())-c.File.Base(), int(n.End())-c.File.Base(); from < 0 || from > to || to > len(src) {
						t.Errorf("%T is at [%d:%d] of %d", n, from, to, len(src))
					}
					return true
				})
			}
			if len(src) < 10_000 {
				checkReparse(t, c)
			}
		}
		switch s := cell.IsComplete(src); s.Status {
		case "complete":
			if err != nil {
				t.Errorf("complete, but %v", err)
			}
		case "incomplete", "invalid":
		default:
			t.Errorf("status %q", s.Status)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	unit := `
// Work does things.
func Work%[1]d(ctx context.Context, jobs <-chan int, results chan<- string) error {
	for job := range jobs {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case results <- fmt.Sprintf("job %%d", job):
		}
	}
	return nil
}
count%[1]d := 0
for i := 0; i < 10; i++ { count%[1]d += i }
`
	for _, size := range []struct {
		name  string
		units int
	}{{"100lines", 6}, {"1MB", 2700}} {
		var src bytes.Buffer
		for i := range size.units {
			fmt.Fprintf(&src, unit, i)
		}
		b.Run(size.name, func(b *testing.B) {
			b.SetBytes(int64(src.Len()))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := cell.Parse(token.NewFileSet(), "cell 3", src.Bytes()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Cells of several subshells are parsed at the same time.
func TestParseConcurrently(t *testing.T) {
	fset := token.NewFileSet()
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 100 {
				name := fmt.Sprintf("cell %d.%d", g, i)
				c, err := cell.Parse(fset, name, []byte("x := 1\ny := x"))
				if err != nil {
					t.Errorf("%s: %v", name, err)
				} else if p := fset.Position(c.Stmts[1].Pos()); p.Filename != name || p.Line != 2 {
					t.Errorf("%s: its second statement is at %v", name, p)
				}
			}
		})
	}
	wg.Wait()
}

// TestMagics tells lines that are commands from Go that looks like them.
func TestMagics(t *testing.T) {
	for _, tt := range []struct{ src, want string }{
		{"%a", "% a "},
		{"  %a  b c \r\nx := 1", "% a b c"},
		{"%%a\n// comment\n\n%%b c\n%d", "%% a |%% b c|% d "},
		{"x := 1\n%%a", "%% a "},
		{"%", "%  "},
		{"%%", "%%  "},
		{"!ls", ""},
		{"!ls -l *.go | wc", "!  ls -l *.go | wc"},
		{"!*go mod tidy", "!  *go mod tidy"},
		{"!*pwd", ""},
		{"$ls -l", "!  ls -l"},
		{"$ ls", "!  ls"},
		{"!", "!  "},
		{"!a &&", ""},
		{"!f(", ""},
		{"x := 1; !cd ..", ""},
		{"if true {\n!cd ..\n}", ""},
		{"!echo \"`", "!  echo \"`"},
		{"x?", "?  x"},
		{"x := 1\nfmt.Println ??\ny := 2", "?  fmt.Println"},
		{"? x", "?  x"},
		{"??%kill", "?  %kill"},
		{"%kill?", "?  %kill"},
		{"%%time??", "?  %%time"},
		{"x := y?", ""},
		{"x +\ny?", ""},
		{"(\ny?", ""},
		{"x ? y : z", ""},
	} {
		c, _ := cell.Parse(token.NewFileSet(), "cell 1", []byte(tt.src))
		var got []string
		for _, m := range c.Magics {
			got = append(got, m.Prefix+" "+m.Name+" "+m.Args)
		}
		if strings.Join(got, "|") != tt.want {
			t.Errorf("%q: %q, want %q", tt.src, strings.Join(got, "|"), tt.want)
		}
	}
}
