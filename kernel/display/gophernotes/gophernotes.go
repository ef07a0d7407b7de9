// Package gophernotes reads cells that were written for gophernotes, a kernel that
// has a function Display where this one has package display.
package gophernotes

import (
	"bytes"
	"go/ast"
	"go/token"
	"slices"

	"github.com/gosched/gosched/kernel/cell"
	"github.com/gosched/gosched/kernel/display"
)

// function is what gophernotes calls the function that shows a value.
const function = "Display"

// Rewrite writes display.Show(v) for the calls Display(v) of a cell, and
// display.HTML(s), which shows itself, for Display(display.HTML(s)). A Display that is
// declared, in the cell or where known says, is left alone. It returns nil where there
// is nothing to do.
func Rewrite(c *cell.Cell, known func(name string) bool) []byte {
	if !bytes.Contains(c.Source, []byte(function+"(")) || known(function) {
		return nil
	}
	var calls []*ast.CallExpr
	declared := false
	look := func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if id, ok := n.Fun.(*ast.Ident); ok && id.Name == function && len(n.Args) == 1 {
				calls = append(calls, n)
			}
		case *ast.FuncDecl:
			declared = declared || n.Name.Name == function
		case *ast.TypeSpec:
			declared = declared || n.Name.Name == function
		case *ast.ValueSpec:
			for _, id := range n.Names {
				declared = declared || id.Name == function
			}
		case *ast.Field:
			for _, id := range n.Names {
				declared = declared || id.Name == function
			}
		case *ast.AssignStmt:
			for _, x := range n.Lhs {
				id, ok := x.(*ast.Ident)
				declared = declared || ok && n.Tok == token.DEFINE && id.Name == function
			}
		}
		return true
	}
	for _, d := range c.Decls {
		ast.Inspect(d, look)
	}
	for _, s := range c.Stmts {
		ast.Inspect(s, look)
	}
	if declared || len(calls) == 0 {
		return nil
	}
	src := slices.Clone(c.Source)
	// From the last to the first, so that those before stay where they are.
	slices.SortFunc(calls, func(a, b *ast.CallExpr) int { return int(b.Pos() - a.Pos()) })
	for _, call := range calls {
		at, end := c.File.Offset(call.Pos()), c.File.Offset(call.Lparen)
		if inner, ok := call.Args[0].(*ast.CallExpr); ok && showsItself(inner) {
			src = slices.Replace(src, at, end, []byte("       ")...) // columns stay
			continue
		}
		src = slices.Replace(src, at, end, []byte(display.Name+".Show")...)
	}
	return src
}

// showsItself reports whether a call is one of package display that shows what it is
// given.
func showsItself(call *ast.CallExpr) bool {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	id, ok := sel.X.(*ast.Ident)
	return ok && id.Name == display.Name && sel.Sel.Name != "NewChart" && sel.Sel.Name != "Live" && sel.Sel.Name != "Progress"
}
