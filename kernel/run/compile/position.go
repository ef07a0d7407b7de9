package compile

import (
	"go/ast"
	"go/token"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/run/frame"
)

// firstPosition is the first place in the source that a block names.
func firstPosition(b *ssa.BasicBlock) token.Pos {
	for _, in := range b.Instrs {
		if p := in.Pos(); p.IsValid() {
			return p
		}
	}
	return token.NoPos
}

// runDefers generates the deferred calls of a function that returns.
func (c *compiler) runDefers(in *ssa.RunDefers) {
	c.curPos = c.deferPosition(in.Block())
	c.emit(func(fr *frame.Frame) { fr.NormalDefers() })
}

// deferPosition is where tracebacks see a function that makes its deferred
// calls: at its return statement where Go compiles the calls in place, and
// else, as where there is no statement, at the brace that closes it.
func (c *compiler) deferPosition(b *ssa.BasicBlock) token.Pos {
	body := functionBody(c.ssa.Syntax())
	if body == nil {
		return c.curPos
	}
	if ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return); ok && ret.Pos().IsValid() && openCoded(body) {
		return ret.Pos()
	}
	return body.Rbrace
}

func functionBody(syntax ast.Node) *ast.BlockStmt {
	switch n := syntax.(type) {
	case *ast.FuncDecl:
		return n.Body
	case *ast.FuncLit:
		return n.Body
	}
	return nil
}

// openCoded reports whether the Go compiler makes the deferred calls of a
// function at each return: ssagen.buildssa's conditions in cmd/compile.
func openCoded(body *ast.BlockStmt) bool {
	const mostDefers, mostCopies = 8, 15
	defers, returns, looped := 0, 0, false
	var look func(n ast.Node, loop bool)
	look = func(n ast.Node, loop bool) {
		ast.Inspect(n, func(m ast.Node) bool {
			switch m := m.(type) {
			case *ast.FuncLit:
				return false
			case *ast.ForStmt:
				if m != n {
					look(m, true)
					return false
				}
			case *ast.RangeStmt:
				if m != n {
					look(m, true)
					return false
				}
			case *ast.ReturnStmt:
				returns++
			case *ast.DeferStmt:
				defers++
				looped = looped || loop
			}
			return true
		})
	}
	look(body, false)
	return !looped && defers <= mostDefers && defers*returns <= mostCopies
}
