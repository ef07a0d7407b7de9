package cell_test

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gosched/gosched/internal/testenv"
)

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
