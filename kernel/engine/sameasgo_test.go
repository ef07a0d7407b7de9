package engine

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/gosched/gosched/kernel/cell"
	"github.com/gosched/gosched/kernel/check"
	"github.com/gosched/gosched/kernel/stdlib"
)

// TestContract5_SameAsGo compares the errors of a cell with those that the
// type checker has for the same code as a program, in which the cell's
// statements are the body of main.
func TestContract5_SameAsGo(t *testing.T) {
	for _, name := range []string{"calls", "control", "types", "hints", "names"} {
		text, err := os.ReadFile(filepath.Join("testdata", "errors", name+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(string(text), cellLine)
		for part := range strings.SplitSeq(rest, cellLine) {
			src, _, _ := strings.Cut(part, givesLine)
			nb := open(t)
			c, err := cell.Parse(nb.e.fset, "cell 1", []byte(src))
			if err != nil {
				continue
			}
			program, ok := asProgram(c)
			if !ok {
				continue
			}
			_, err = nb.e.session.Check(c)
			list, _ := err.(check.ErrorList)
			var got []string
			for _, e := range list {
				got = append(got, anywhere(e.Msg))
			}
			want := programErrors(t, nb, program)
			if !strings.Contains(src, "_ = ") { // only the program has that, of its own making
				for i := range want {
					want[i] = strings.Replace(want[i], " in assignment to _ identifier", "", 1)
				}
			}
			slices.Sort(got)
			slices.Sort(want)
			got, want = slices.Compact(got), slices.Compact(want)
			if !slices.Equal(got, want) {
				t.Errorf("%s:\n%s\ngives\n  %s\nand as a program\n  %s", name, src, strings.Join(got, "\n  "), strings.Join(want, "\n  "))
			}
		}
	}
}

var place = regexp.MustCompile(`(cell 1|program):\d+:\d+`)

// anywhere is the message without places, what explains it, and hints.
func anywhere(msg string) string {
	msg, _, _ = strings.Cut(msg, "\n")
	return place.ReplaceAllString(msg, "HERE")
}

// asProgram puts a cell's statements into main. It reports false if the cell
// says something that a program cannot.
func asProgram(c *cell.Cell) (string, bool) {
	if len(c.Imports) > 0 {
		return "", false
	}
	text := func(n ast.Node) string {
		return string(c.Source[c.File.Offset(n.Pos()):c.File.Offset(n.End())])
	}
	var decls, stmts strings.Builder
	used := map[string][]string{}
	declared := map[string]bool{}
	look := func(n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				if id, ok := n.X.(*ast.Ident); ok {
					used[id.Name] = append(used[id.Name], n.Sel.Name)
				}
			case *ast.AssignStmt:
				for _, x := range n.Lhs {
					if id, ok := x.(*ast.Ident); ok && n.Tok == token.DEFINE {
						declared[id.Name] = true
					}
				}
			case *ast.ValueSpec:
				for _, id := range n.Names {
					declared[id.Name] = true
				}
			case *ast.Field:
				for _, id := range n.Names {
					declared[id.Name] = true
				}
			}
			return true
		})
	}
	for _, d := range c.Decls {
		look(d)
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.VAR {
			continue
		}
		decls.WriteString(text(d) + "\n")
	}
	for _, s := range c.Stmts {
		look(s)
		if x, ok := s.(*ast.ExprStmt); ok && x.X == c.Final {
			if _, call := c.Final.(*ast.CallExpr); !call {
				stmts.WriteString("_ = ") // it is shown, and so used
			}
		}
		stmts.WriteString(text(s) + "\n")
	}
	imports := ""
	for name, symbols := range used {
		if path, ok := stdlib.Resolve(name, symbols); ok && !declared[name] {
			imports += "import " + strconv.Quote(path) + "\n"
		}
	}
	return "package main\n" + imports + decls.String() + "func main() {\n" + stmts.String() + "}\n", true
}

// programErrors type-checks a program. What does not stop a cell is left out.
func programErrors(t *testing.T, nb *notebook, src string) []string {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "program", src, parser.SkipObjectResolution)
	if err != nil {
		t.Errorf("%s\n%v", src, err)
		return nil
	}
	var list []string
	conf := types.Config{GoVersion: stdlib.GoVersion, Importer: nb.e.importer, Error: func(err error) {
		e := err.(types.Error)
		unused := strings.Contains(e.Msg, "declared and not used") && !strings.HasPrefix(e.Msg, "label ") || strings.HasSuffix(e.Msg, "imported and not used")
		if !unused && !strings.HasPrefix(e.Msg, "\t") {
			list = append(list, anywhere(e.Msg))
		}
	}}
	_, _ = conf.Check("main", fset, []*ast.File{f}, nil) // errors have gone to conf.Error
	return list
}
