package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"

	"github.com/gosched/gosched/kernel/stdlib"
)

// mend returns a program with its unused imports and variables put to use, so
// that it builds natively, where they are errors. Cells let them pass.
func mend(src string) string {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "program.go", src, parser.SkipObjectResolution)
	if err != nil {
		return src
	}
	inserts := map[int]string{} // text to insert, by offset
	conf := types.Config{
		Importer: stdlib.NewImporter(fset),
		Error: func(err error) {
			e, ok := err.(types.Error)
			if !ok || !e.Soft {
				return
			}
			if name, ok := strings.CutPrefix(e.Msg, "declared and not used: "); ok {
				if pos := afterDeclaration(file, e.Pos); pos.IsValid() {
					inserts[fset.Position(pos).Offset] += "; _ = " + name + ";"
				}
			} else if strings.HasSuffix(e.Msg, "imported and not used") {
				inserts[fset.Position(e.Pos).Offset] += "_ "
			}
		},
	}
	_, _ = conf.Check("main", fset, []*ast.File{file}, nil)
	return inserted(src, inserts)
}

// inserted puts texts into a source at offsets.
func inserted(src string, inserts map[int]string) string {
	for _, o := range slices.Backward(slices.Sorted(maps.Keys(inserts))) {
		src = src[:o] + inserts[o] + src[o:]
	}
	return src
}

// withTime inserts text that uses package time as conformTime, if there is any.
func withTime(src string, fset *token.FileSet, file *ast.File, inserts map[int]string) string {
	if len(inserts) == 0 {
		return src
	}
	inserts[fset.Position(file.Name.End()).Offset] = "; import conformTime \"time\""
	return inserted(src, inserts)
}

// delayed returns a program that waits a moment after each go statement.
func delayed(src string) string {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "program.go", src, parser.SkipObjectResolution)
	if err != nil {
		return src
	}
	inserts := map[int]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		if g, ok := n.(*ast.GoStmt); ok {
			inserts[fset.Position(g.End()).Offset] = "; conformTime.Sleep(2 * conformTime.Millisecond)"
		}
		return true
	})
	return withTime(src, fset, file, inserts)
}

// late returns a program in which goroutines wait a moment before they begin, so that
// not always the last one that was started is the first to run.
func late(src string) string {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "program.go", src, parser.SkipObjectResolution)
	if err != nil {
		return src
	}
	inserts := map[int]string{}
	started := map[string]bool{} // functions
	begins := func(fn ast.Expr) {
		switch fn := fn.(type) {
		case *ast.FuncLit:
			inserts[fset.Position(fn.Body.Lbrace).Offset+len("{")] = " conformTime.Sleep(conformTime.Millisecond);"
		case *ast.Ident:
			started[fn.Name] = true
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			begins(n.Call.Fun)
		case *ast.CallExpr:
			if sel, ok := n.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "Go" && len(n.Args) == 1 {
				begins(n.Args[0])
			}
		}
		return true
	})
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Body != nil && started[f.Name.Name] {
			begins(&ast.FuncLit{Body: f.Body})
		}
	}
	return withTime(src, fset, file, inserts)
}

// lingering returns a program that waits a moment before main returns, so
// that goroutines come to print that may or may not while the program ends.
func lingering(src string) string {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "program.go", src, parser.SkipObjectResolution)
	if err != nil || !strings.Contains(src, "go ") {
		return src
	}
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Recv != nil || f.Name.Name != "main" || f.Body == nil {
			continue
		}
		return withTime(src, fset, file, map[int]string{
			fset.Position(f.Body.Lbrace).Offset + len("{"): " defer conformTime.Sleep(100 * conformTime.Millisecond);",
		})
	}
	return src
}

// afterDeclaration is where a statement can use a variable that is declared
// at pos: after the statement that declares it, or at the start of its body.
func afterDeclaration(file *ast.File, pos token.Pos) (after token.Pos) {
	ast.Inspect(file, func(n ast.Node) bool {
		if n == nil || pos < n.Pos() || n.End() <= pos {
			return false
		}
		var body *ast.BlockStmt
		switch n := n.(type) {
		case *ast.AssignStmt, *ast.DeclStmt:
			if !after.IsValid() || n.Pos() > after {
				after = n.End()
			}
			return true
		case *ast.RangeStmt:
			body = n.Body
		case *ast.ForStmt:
			body = n.Body
		case *ast.IfStmt:
			body = n.Body
		case *ast.BlockStmt:
			after = token.NoPos
			return true
		default:
			return true
		}
		if pos < body.Pos() {
			after = body.Pos() + 1
			return false
		}
		return true
	})
	return after
}
