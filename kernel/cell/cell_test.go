package cell_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

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

func TestSourceIsLeftAlone(t *testing.T) {
	for _, src := range []string{"\ufeffx := 1\n%help", "x := \x00 )\n%help", "%a\n%b\n}"} {
		b := []byte(src)
		_, _ = cell.Parse(token.NewFileSet(), "c", b)
		if string(b) != src {
			t.Errorf("%q has become %q", src, b)
		}
	}
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
