package lower

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"sync"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/check"
	"github.com/gosched/gosched/kernel/stdlib"
)

// A Program is the SSA form of everything in a session. It is safe for
// concurrent use.
type Program struct {
	SSA *ssa.Program

	importer *stdlib.Importer
	modules  func(*types.Package) *stdlib.Source

	closed error // why LetGo does nothing, or nil

	mu       sync.Mutex                        // of SSA, too
	shadows  map[string]*ssa.Function          // by instance
	lazy     map[*types.Package]*stdlib.Source // whose bodies are built late
	built    map[*ssa.Function]*ssa.Function   // that were
	fills    map[*types.Package]*stdlib.Source // whose generic functions are completed late
	generics map[*ssa.Package][]*ssa.Function  // of packages that are no cells
}

// New returns an empty program. Modules returns the source of a package that is
// not the importer's, or nil; it may be nil itself.
func New(fset *token.FileSet, importer *stdlib.Importer, modules func(*types.Package) *stdlib.Source) *Program {
	return &Program{
		SSA:      ssa.NewProgram(fset, ssa.InstantiateGenerics|ssa.BareInits|ssa.BuildSerially),
		importer: importer,
		closed:   checkTables(),
		modules:  modules,
		shadows:  map[string]*ssa.Function{},
		lazy:     map[*types.Package]*stdlib.Source{},
		built:    map[*ssa.Function]*ssa.Function{},
		fills:    map[*types.Package]*stdlib.Source{},
		generics: map[*ssa.Package][]*ssa.Function{},
	}
}

// KeepsAll says why [Program.LetGo] does nothing, or returns nil.
func (p *Program) KeepsAll() error { return p.closed }

// A Cell is a unit in SSA form.
type Cell struct {
	Package *ssa.Package
	Body    *ssa.Function // runs the statements
	// Sources are packages run from source that this cell is the first to
	// use, in the order in which their variables must be initialised before.
	Sources []*ssa.Package
}

// Global returns the SSA form of a session variable that the cell declares.
func (c *Cell) Global(v *types.Var) *ssa.Global { return c.Package.Var(v.Name()) }

// Functions lists the functions and methods that the cell declares.
func (c *Cell) Functions() []*ssa.Function {
	var fns []*ssa.Function
	for _, m := range c.Package.Members {
		if fn, ok := m.(*ssa.Function); ok && fn.Blocks != nil && fn.TypeParams() == nil {
			fns = append(fns, fn)
		}
	}
	return fns
}

// Lower builds a unit. It cannot fail on what has passed the checker, other
// than by an error in the SSA builder itself, which is returned. The cell's Sources are valid then,
// too.
func (p *Program) Lower(u *check.Unit) (c *Cell, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("this cell cannot be built: %v", r)
		}
	}()
	c = &Cell{}
	if err := p.provideAll(u.Imported, c); err != nil {
		return c, err
	}
	c.Package = p.SSA.CreatePackage(u.Pkg, []*ast.File{u.File}, u.Info, false)
	c.Package.Build()
	c.Body = c.Package.Func(u.Name)
	return c, nil
}

// MethodValue is [ssa.Program.MethodValue], safe to call while cells are
// being built.
func (p *Program) MethodValue(sel *types.Selection) *ssa.Function {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.SSA.MethodValue(sel)
}

// Method returns what implements a method of an interface for a type that is
// none, or nil.
func (p *Program) Method(t types.Type, method *types.Func) *ssa.Function {
	p.mu.Lock()
	defer p.mu.Unlock()
	sel := p.SSA.MethodSets.MethodSet(t).Lookup(method.Pkg(), method.Name())
	if sel == nil {
		return nil
	}
	return p.SSA.MethodValue(sel)
}

// Function returns the SSA form of a function or method that is declared
// somewhere in the program, or nil.
func (p *Program) Function(fn *types.Func) *ssa.Function {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.SSA.FuncValue(fn)
}
