package check

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/gosched/gosched/kernel/cell"
)

// Again says what a unit builds again of the session although nothing about it has
// changed.
type Again int

// What a unit builds again.
const (
	AgainNothing   Again = iota
	AgainFunctions       // functions, but no methods
	AgainAll             // functions, and methods with their types
)

// CheckAgain is [Session.Check] where the unit has declarations of the session
// besides: what can still be built.
func (s *Session) CheckAgain(c *cell.Cell, what Again) (*Unit, error) {
	s.again = what
	defer func() { s.again = AgainNothing }()
	return s.Check(c)
}

// toBuildAgain lists the declarations of [Session.CheckAgain].
func (s *Session) toBuildAgain() (list []*decl) {
	if s.again == AgainNothing {
		return nil
	}
	for _, d := range s.inForce() {
		if s.buildsAgain(d) {
			list = append(list, d)
		}
	}
	return list
}

// buildsAgain reports whether a declaration is among those of [Session.CheckAgain].
func (s *Session) buildsAgain(d *decl) bool {
	_, ok := d.node.(*ast.FuncDecl)
	return ok && (d.recv == "" || s.again == AgainAll)
}

// Unharmed reports whether everything that the unit builds again of the session is
// what it was, so that values and variables of before belong to it.
func (s *Session) Unharmed(u *Unit) bool {
	if u.dropped || len(u.Notes) > 0 {
		return false
	}
	same := map[*types.Named]bool{}
	for _, r := range s.Redeclared(u) {
		same[r.New] = true
	}
	for d := range u.rebuilt {
		if d.kind != token.TYPE {
			continue
		}
		if n, ok := named(d.objs[d.names[0]]); ok && !same[n] {
			return false
		}
	}
	return true
}

// A Rebuilt is a function or method of the session that a unit builds again.
type Rebuilt struct {
	Decl *ast.FuncDecl // in the unit
	Cell *cell.Cell    // in which it is written
	// Old is what is in force before the unit is committed, and New what the unit
	// has, of functions that are no methods.
	Old, New *types.Func
}

// Rebuilt lists them.
func (s *Session) Rebuilt(u *Unit) []Rebuilt {
	at := map[token.Pos]*decl{}
	for d := range u.rebuilt {
		if d.kind == token.FUNC {
			at[d.node.Pos()] = d
		}
	}
	var list []Rebuilt
	for _, x := range u.File.Decls {
		f, ok := x.(*ast.FuncDecl)
		if !ok {
			continue
		}
		d := at[f.Pos()]
		if d == nil || d.names[0] != f.Name.Name {
			continue
		}
		r := Rebuilt{Decl: f, Cell: d.cell}
		if d.recv == "" {
			r.Old, _ = s.Lookup(d.names[0]).(*types.Func)
			r.New, _ = d.objs[d.names[0]].(*types.Func)
		}
		list = append(list, r)
	}
	return list
}
