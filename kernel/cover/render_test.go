package cover

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"
)

// profileOf is a profile of functions of a source of which the blocks with such
// numbers were reached.
func profileOf(t *testing.T, src string, reached ...int) *Profile {
	t.Helper()
	fset := token.NewFileSet()
	const head = "package p\n"
	file, err := parser.ParseFile(fset, "x.go", head+src, 0)
	if err != nil {
		t.Fatal(err)
	}
	p := &Profile{}
	n := 0
	for _, d := range file.Decls {
		fn := d.(*ast.FuncDecl)
		base := token.Pos(fset.File(fn.Pos()).Base())
		f := &Function{Name: fn.Name.Name, Where: "cell 1", Line: fset.Position(fn.Pos()).Line - 1, From: fn.Pos()}
		f.Source = (head + src)[fn.Pos()-base : fn.End()-base]
		f.Blocks = Instrument(fn, func(int) ast.Stmt { return &ast.EmptyStmt{} })
		for i := range f.Blocks {
			for _, r := range reached {
				f.Blocks[i].Reached = f.Blocks[i].Reached || r == n
			}
			n++
		}
		p.Functions = append(p.Functions, f)
	}
	return p
}

func TestMarks(t *testing.T) {
	const src = "func F(n int) string {\n\tif n < 0 { return \"-\" } // why\n\ts := `a\nb`\n\tfor range n { // nothing\n\t}\n\n\t// a comment\n\treturn s +\n\t\ts\n}"
	for _, tt := range []struct {
		reached []int
		want    string
	}{
		{nil, " ✗✗✗✗   ✗✗ "},
		{[]int{0}, " ~✗✗✗   ✗✗ "},
		{[]int{0, 3}, " ✓✗✗✗   ✗✗ "},
		{[]int{0, 1}, " ~✓✓✓   ✗✗ "},
		{[]int{0, 1, 2, 3}, " ✓✓✓✓   ✓✓ "},
	} {
		f := profileOf(t, src, tt.reached...).Functions[0]
		got := ""
		for _, m := range f.Lines() {
			got += m.Sign()
		}
		if got != tt.want {
			t.Errorf("with %v it is marked %q, want %q\n%v", tt.reached, got, tt.want, f.Blocks)
		}
	}
}

func TestProfile(t *testing.T) {
	p := profileOf(t, "func A() int { return 1 }\nfunc B() {}\nfunc C(a, b int) bool { return a < b }", 0)
	p.Notes = []string{"a < b"}
	if got := p.Summary(); got != "coverage: 50.0% of statements" {
		t.Error(got)
	}
	text, markup := p.Text(), p.HTML()
	if !strings.Contains(text, "✓    1 | func A() int { return 1 }") || strings.Contains(text, "| func C") || !strings.HasSuffix(text, "note: a < b") {
		t.Error(text)
	}
	for _, want := range []string{"<details open><summary>A, cell 1: 100.0%</summary>", "<details><summary>C, cell 1: 0.0%</summary>", `title="not reached">✗    3  func C(a, b int) bool { return a &lt; b }`, "note: a &lt; b"} {
		if !strings.Contains(markup, want) {
			t.Errorf("no %s in\n%s", want, markup)
		}
	}
	if got := (&Profile{}).Summary(); got != "coverage: [no statements]" {
		t.Error(got)
	}
}
