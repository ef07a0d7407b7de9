package check

import (
	"go/ast"
	"go/token"
	"slices"

	"github.com/gosched/gosched/kernel/cell"
)

// Body returns the function that holds the cell's statements.
func (u *Unit) Body() *ast.FuncDecl {
	for _, d := range u.File.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name == u.Name {
			return f
		}
	}
	return nil
}

// Cells lists the cells in which the unit's code stands.
func (u *Unit) Cells() []*cell.Cell {
	list := []*cell.Cell{u.cell}
	for _, d := range u.decls {
		if !slices.Contains(list, d.cell) {
			list = append(list, d.cell)
		}
	}
	return list
}

// Own reports whether a position is in the cell itself, not in a declaration
// of an earlier cell that is built again.
func (u *Unit) Own(fset *token.FileSet, pos token.Pos) bool {
	return pos.IsValid() && fset.File(pos) == fset.File(u.File.Name.Pos())
}

// Plain returns a message about the unit in the cell's own words. It reports
// false for one about what is not written in the cell.
func (u *Unit) Plain(msg string) (string, bool) {
	msg = withoutOlder.Replace(msg)
	return msg, !isMadeUp(msg)
}
