package cell_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/token"
	"reflect"
	"strings"
	"testing"

	"github.com/gosched/gosched/kernel/cell"
)

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
