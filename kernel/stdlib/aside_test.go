package stdlib

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path"
	"slices"
	"testing"
)

// fillAll completes all functions of a package, and returns how many there were to be.
func fillAll(t *testing.T, src *Source) int {
	t.Helper()
	n := 0
	for _, name := range src.Package.Scope().Names() {
		fn, ok := src.Package.Scope().Lookup(name).(*types.Func)
		if !ok || src.Fill == nil {
			continue
		}
		filled, err := src.Fill(fn)
		if err != nil {
			t.Error(err)
		}
		if again, _ := src.Fill(fn); again {
			t.Errorf("%s is completed twice", fn.FullName())
		}
		if filled {
			n++
		}
	}
	return n
}

// Completed, the functions of a package that is run from source are those of its
// files, with every part at the place where it is there.
func TestFill(t *testing.T) {
	for pkgPath, least := range map[string]int{"slices": 70, "maps": 10, "cmp": 3, "iter": 2, ShadowPath: 20, "golang.org/x/sync/errgroup": 0} {
		fset := token.NewFileSet()
		imp := NewImporter(fset)
		src, err := imp.Source(pkgPath)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range src.Files {
			for _, d := range f.Decls {
				if fd, ok := d.(*ast.FuncDecl); ok && fd.Body != nil && len(fd.Body.List) == 1 {
					if _, ok := fd.Body.List[0].(*ast.ForStmt); ok {
						t.Errorf("%s.%s is still one without end", pkgPath, fd.Name.Name)
					}
				}
			}
		}
		if n := fillAll(t, src); n < least {
			t.Errorf("of %s %d functions were completed, want %d at least", pkgPath, n, least)
		}
		got := map[string][]string{}
		for _, f := range src.Files {
			places(fset, f, got)
		}
		want := map[string][]string{}
		for name, text := range Sources(pkgPath) {
			if path.Ext(name) != ".go" {
				continue
			}
			f, err := parser.ParseFile(fset, pkgPath+"/"+displayName(name), text, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			places(fset, f, want)
		}
		if len(got) != len(want) {
			t.Errorf("%s has %d functions, want %d", pkgPath, len(got), len(want))
		}
		for name, places := range want {
			if !slices.Equal(got[name], places) {
				t.Errorf("%s.%s is\n%v\nwant\n%v", pkgPath, name, got[name], places)
			}
		}
	}
}

// places lists where the parts of functions are, and what kind they are of.
func places(fset *token.FileSet, f *ast.File, into map[string][]string) {
	for _, d := range f.Decls {
		fd, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		name := fd.Name.Name
		if fd.Recv != nil {
			name = types.ExprString(fd.Recv.List[0].Type) + "." + name
		}
		for _, part := range []ast.Node{fd.Type.Params, fd.Body} {
			ast.Inspect(part, func(n ast.Node) bool {
				if n != nil {
					text := fset.Position(n.Pos()).String()
					if id, ok := n.(*ast.Ident); ok {
						text += id.Name
					}
					into[name] = append(into[name], text)
				}
				return true
			})
		}
	}
}
