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

	mu      sync.Mutex
	shadows map[string]*ssa.Function // by instance
}

// New returns an empty program.
func New(fset *token.FileSet, importer *stdlib.Importer) *Program {
	return &Program{
		SSA:      ssa.NewProgram(fset, ssa.InstantiateGenerics|ssa.BareInits|ssa.BuildSerially),
		importer: importer,
		shadows:  map[string]*ssa.Function{},
	}
}

// A Cell is a unit in SSA form.
type Cell struct {
	Package *ssa.Package
	Body    *ssa.Function // runs the statements
	// Sources are packages run from source that this cell is the first to
	// use. Their variables must be initialised before.
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
// than by an error in the SSA builder itself, which is returned.
func (p *Program) Lower(u *check.Unit) (c *Cell, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("this cell cannot be built: %v", r)
		}
	}()
	c = &Cell{}
	for _, pkg := range u.Imported {
		if err := p.provide(pkg, c); err != nil {
			return nil, err
		}
	}
	c.Package = p.SSA.CreatePackage(u.Pkg, []*ast.File{u.File}, u.Info, false)
	c.Package.Build()
	c.Body = c.Package.Func(u.Name)
	return c, nil
}

// provide makes an imported package known. Source packages are built.
func (p *Program) provide(pkg *types.Package, c *Cell) error {
	if p.SSA.Package(pkg) != nil {
		return nil
	}
	var src *stdlib.Source
	if stdlib.Has(pkg.Path()) || pkg.Path() == stdlib.ShadowPath {
		var err error
		if src, err = p.importer.Source(pkg.Path()); err != nil {
			return fmt.Errorf("importing %s: %w", pkg.Path(), err)
		}
	}
	if src == nil {
		p.SSA.CreatePackage(pkg, nil, nil, true)
		return nil
	}
	for _, dep := range pkg.Imports() {
		if err := p.provide(dep, c); err != nil {
			return err
		}
	}
	sp := p.SSA.CreatePackage(pkg, src.Files, src.Info, true)
	sp.Build()
	if c != nil {
		c.Sources = append(c.Sources, sp)
	}
	return nil
}

// MethodValue is [ssa.Program.MethodValue], safe to call while cells are
// being built.
func (p *Program) MethodValue(sel *types.Selection) *ssa.Function {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.SSA.MethodValue(sel)
}
