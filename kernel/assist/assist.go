package assist

import (
	"go/token"
	"go/types"

	"github.com/gosched/gosched/kernel/cell"
	"github.com/gosched/gosched/kernel/session"
)

// A Checker type-checks source as if it were the next cell of a session.
type Checker interface {
	// CheckLenient checks src, goes on after errors, and keeps nothing of it.
	// It returns nil if there is nothing that can be said about src.
	CheckLenient(src []byte) *Checked
}

// Checked is what is known of a cell that has been checked.
type Checked struct {
	Fset *token.FileSet
	// Cell is the parsed cell; its nodes are those that Info knows.
	Cell *cell.Cell
	// Info needs Types, Defs, Uses and Scopes.
	Info *types.Info
	// Package is the one that the cell's names belong to.
	Package *types.Package
	// Scope is the scope of the cell's top level; it and its parents hold the
	// names of the session.
	Scope *types.Scope
}

// Env is what there is beside the cell's own types. Functions may be nil.
type Env struct {
	Checker Checker
	// Packages can be imported.
	Packages []Package
	// Importer imports them.
	Importer types.Importer
	// Doc returns the documentation of a name of a package: "Name" or
	// "Type.Name", or of the package itself for the empty name. It is asked
	// for session names too, with the path of Checked.Package.
	Doc func(pkgPath, name string) string
	// Value returns the value that a session variable has now, as text.
	Value func(name string) (string, bool)
	// Magics are the commands that start with %.
	Magics []Magic
}

// A Package is one that can be imported.
type Package struct{ Path, Name string }

// A Magic is a command of the kernel.
type Magic struct {
	Name string // without %
	// Line and Cell say whether it can stand in a line of its own, %name, and
	// at the head of a cell, %%name.
	Line, Cell bool
	Brief      string        // what it does, in one line
	Help       func() string // how it is used
	// Arguments offers what may stand in the place of the last, partial word,
	// after the words before it. It may be nil.
	Arguments func(before []string, partial string) []session.Match
}

// titles are the name with the percent signs that it can have.
func (m *Magic) titles() []string {
	var list []string
	if m.Line {
		list = append(list, "%"+m.Name)
	}
	if m.Cell {
		list = append(list, "%%"+m.Name)
	}
	return list
}

func (e *Env) doc(pkgPath, name string) string {
	if e.Doc == nil {
		return ""
	}
	return e.Doc(pkgPath, name)
}

// importPath returns the path of the package that a name stands for when
// nothing has imported it: one of the standard library before others, and of
// those the shortest path.
func (e *Env) importPath(name string) string {
	best := ""
	for _, p := range e.Packages {
		if p.Name == name && (best == "" || rank(p.Path) < rank(best)) {
			best = p.Path
		}
	}
	return best
}

// importByName imports the package that name stands for, if there is one.
func (e *Env) importByName(name string) *types.Package {
	path := e.importPath(name)
	if path == "" || e.Importer == nil {
		return nil
	}
	pkg, err := e.Importer.Import(path)
	if err != nil {
		return nil
	}
	return pkg
}
