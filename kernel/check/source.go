package check

import (
	"go/ast"
	"go/token"
	"go/types"
)

// A Function is a function of the session.
type Function struct {
	Name string
	Type *types.Signature
	// Text is how it was declared, and Pos where: of two, the one that was
	// declared later has the larger one. Cell is what the cell is called.
	Text string
	Pos  token.Pos
	Cell string
}

// Functions lists the functions that can be called by their name, in the order in
// which they were declared.
func (s *Session) Functions() []Function {
	var list []Function
	for _, d := range s.inForce() {
		f, ok := d.node.(*ast.FuncDecl)
		if !ok || d.recv != "" {
			continue
		}
		fn, ok := s.Lookup(d.names[0]).(*types.Func)
		if !ok {
			continue
		}
		x := Function{Name: d.names[0], Type: fn.Signature(), Pos: f.Pos(), Cell: d.cell.Name}
		if file := d.cell.File; file != nil && file.Base() <= int(f.Pos()) && int(f.End()) <= file.Base()+file.Size() {
			x.Text = string(d.cell.Source[file.Offset(f.Pos()):file.Offset(f.End())])
		}
		list = append(list, x)
	}
	return list
}
