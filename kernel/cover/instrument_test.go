package cover

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/gosched/gosched/internal/testenv"
)

// bodies are of functions with each way that a block can end.
var bodies = map[string]string{
	"nothing":                           "",
	"straight":                          "n++; n--; return",
	"if":                                "if n > 0 { n++ }; n--",
	"if else":                           "if m := n; m > 0 { n++ } else if m < -1 { n-- } else if f := func() bool { return true }; f() { return } else { n = 1 }; n--",
	"for":                               "for i := 0; i < n; i++ { if i == 2 { continue }; n-- }; n = 0",
	"for ever":                          "for { n++; if n > 9 { break } }",
	"range":                             "for i := range n { n -= i }\nfor range func() []int { return nil }() { n++ }; n--",
	"switch":                            "switch n { case 1: n++; fallthrough\ncase 2, 3: default: return }; n--",
	"no case":                           "switch m := n; m {}; switch {}; switch any(n).(type) {}; switch m := any(n); m.(type) {}; n--",
	"literal in a switch without cases": "switch f := func() int { n++; return n }; f() {}; switch any(func() { n-- }).(type) {}",
	"type":                              "switch x := any(n).(type) { case int: n = x; case nil: }\nswitch m := func() any { return n }(); x := m.(type) { case int: _ = x }",
	"tag":                               "switch func() int { return n }() { case 1: n++ }",
	"select":                            "var c chan int; select { case c <- n: n++; case m, ok := <-c: _, _ = m, ok; default: }; n--",
	"select{}":                          "n++; select {}",
	"panic":                             "n++; panic(n); n--",
	"not panic":                         "panic := func(...int) {}; panic(); panic(n, n); n++",
	"literal":                           "f := func() { n++ }; f(); go func() { n-- }(); defer func() { recover() }(); n = 2",
	"two":                               "n++; func() { n++ }(); call := func(a, b func()) {}; call(func() { n++ }, func() { if n > 0 { n-- } }); n++",
	"braces":                            "n++; { n--; { } }; n++",
	"labels":                            "again: n--; if n > 0 { goto again }; goto end; end: return",
	"label only":                        "n++; end: ; if n == 0 { goto end }",
	"loops":                             "outer: for { inner: for range n { switch { case n > 1: break outer; default: continue inner } } }; n++",
	"label of if":                       "here: if n > 0 { n--; goto here }; there: { n++; if n < 0 { goto there } }",
	"selects":                           "wait: select { default: break wait }; sw: switch { default: break sw }; ts: switch any(n).(type) { default: break ts }; l: for range 2 { break l }",
	"lines":                             "n++\n\n\t// a comment\n\tif n >\n\t\t1 {\n\t\tn--\n\t} else {\n\t\tn++ // two\n\t}\n\treturn\n",
	"go":                                "if f := (func() int { return 1 }); f() > 0 { n++ }; for i := (func() int { return 0 })(); i < 2; i++ { n++ }; for i := 0; i < (func() int { return 1 })(); i++ { }; for i := 0; i < 1; func() { i++ }() { }",
}

// Blocks are those of Go's cmd/cover, and what counts them stands where it has that.
func TestInstrument(t *testing.T) {
	testenv.Need(t, "go")
	for name, body := range bodies {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			src := "package p\n\nfunc F(n int) {\n\t" + body + "\n}\n"
			fset := token.NewFileSet()
			file, err := parser.ParseFile(fset, "x.go", src, 0)
			if err != nil {
				t.Fatal(err)
			}
			fn := file.Decls[0].(*ast.FuncDecl)
			blocks := Instrument(fn, func(block int) ast.Stmt {
				return &ast.AssignStmt{
					Lhs: []ast.Expr{&ast.IndexExpr{
						X:     &ast.SelectorExpr{X: ast.NewIdent("V"), Sel: ast.NewIdent("Count")},
						Index: &ast.BasicLit{Kind: token.INT, Value: strconv.Itoa(block)},
					}},
					Tok: token.ASSIGN,
					Rhs: []ast.Expr{&ast.BasicLit{Kind: token.INT, Value: "1"}},
				}
			})
			var got []string
			for _, b := range blocks {
				from, to := fset.Position(b.From), fset.Position(b.To)
				got = append(got, fmt.Sprintf("%d:%d-%d:%d %d", from.Line, from.Column, to.Line, to.Column, b.Stmts))
			}
			want, tree := covered(t, src)
			if !countsWhatEnds {
				// Since then it divides blocks further, at blank lines and comments, of
				// which all parts are reached together: only shares can be compared.
				if got, want := statements(got), statements(want); got != want {
					t.Errorf("%s\nhas %d statements, want %d", src, got, want)
				}
				return
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s\nblocks %q\nwant   %q", src, got, want)
			}
			if got := shape(fn); got != tree {
				t.Errorf("%s\nbecame\n%s\nwant\n%s", src, got, tree)
			}
		})
	}
}

// statements counts those of blocks.
func statements(blocks []string) (all int) {
	for _, b := range blocks {
		_, count, _ := strings.Cut(b, " ")
		n, _ := strconv.Atoi(count)
		all += n
	}
	return all
}

var (
	posRE  = regexp.MustCompile(`(?m)^\t\t(\d+), (\d+), 0x([0-9a-f]+), //`)
	stmtRE = regexp.MustCompile(`(?m)^\t\t(\d+), // \d+$`)
)

// covered is what cmd/cover makes of a source: the blocks, and the shape of F.
func covered(t *testing.T, src string) (blocks []string, tree string) {
	name := filepath.Join(t.TempDir(), "x.go")
	if err := os.WriteFile(name, []byte(src), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "go", "tool", "cover", "-mode=set", "-var=V", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	stmts := stmtRE.FindAllSubmatch(out, -1)
	for i, m := range posRE.FindAllSubmatch(out, -1) {
		columns, err := strconv.ParseUint(string(m[3]), 16, 32)
		if err != nil {
			t.Fatal(err)
		}
		blocks = append(blocks, fmt.Sprintf("%s:%d-%s:%d %s", m[1], columns&0xffff, m[2], columns>>16, stmts[i][1]))
	}
	file, err := parser.ParseFile(token.NewFileSet(), name, out, 0)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return blocks, shape(file.Decls[0])
}

// shape is a tree without its positions; what is labelled stands behind its label.
func shape(n ast.Node) string {
	ast.Inspect(n, func(n ast.Node) bool {
		var list *[]ast.Stmt
		switch n := n.(type) {
		case *ast.IfStmt:
			if other, ok := n.Else.(*ast.BlockStmt); ok && len(other.List) == 2 { // cmd/cover adds braces
				if inner, ok := other.List[1].(*ast.BlockStmt); ok {
					other.List = append(other.List[:1], inner.List...)
				}
			}
			return true
		case *ast.BlockStmt:
			list = &n.List
		case *ast.CaseClause:
			list = &n.Body
		case *ast.CommClause:
			list = &n.Body
		default:
			return true
		}
		var flat []ast.Stmt
		for _, st := range *list {
			if label, ok := st.(*ast.LabeledStmt); ok {
				flat = append(flat, &ast.LabeledStmt{Label: label.Label, Stmt: &ast.EmptyStmt{}})
				st = label.Stmt
			}
			if _, empty := st.(*ast.EmptyStmt); !empty {
				flat = append(flat, st)
			}
		}
		*list = flat
		return true
	})
	var b bytes.Buffer
	err := ast.Fprint(&b, nil, n, func(name string, v reflect.Value) bool {
		return v.Type() != reflect.TypeFor[token.Pos]() && name != "Obj" && name != "Implicit" && ast.NotNilFilter(name, v)
	})
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(b.String(), "\n")
	for i, l := range lines {
		lines[i] = l[min(len(l), 8):] // without numbers
	}
	return strings.Join(lines, "\n")
}
