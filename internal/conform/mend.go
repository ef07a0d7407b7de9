package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"sort"
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
	var offsets []int
	for o := range inserts {
		offsets = append(offsets, o)
	}
	sort.Sort(sort.Reverse(sort.IntSlice(offsets)))
	for _, o := range offsets {
		src = src[:o] + inserts[o] + src[o:]
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
