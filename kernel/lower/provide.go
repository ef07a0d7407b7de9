package lower

import (
	"fmt"
	"go/types"
	"reflect"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"
	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/stdlib"
)

// provideAll makes imported packages known, with what they import. Those that
// are run from source are built, several at a time, and listed in the cell, if
// there is one.
func (p *Program) provideAll(pkgs []*types.Package, c *Cell) error {
	var fresh []*ssa.Package
	for _, pkg := range pkgs {
		if err := p.provide(pkg, &fresh); err != nil {
			return err
		}
	}
	if err := build(fresh); err != nil {
		return err
	}
	if c != nil {
		c.Sources = append(c.Sources, initialisationOrder(fresh)...)
	}
	return nil
}

// Provide makes packages known that no cell imports, and returns those of them, and
// of what they import, that are to be initialised, in that order.
func (p *Program) Provide(pkgs []*types.Package) (fresh []*ssa.Package, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := &Cell{}
	err = p.provideAll(pkgs, c)
	return c.Sources, err
}

// provide makes an imported package known. One from source is added to fresh,
// after those that it imports.
func (p *Program) provide(pkg *types.Package, fresh *[]*ssa.Package) error {
	if p.SSA.Package(pkg) != nil {
		return nil
	}
	src, err := p.source(pkg)
	if err != nil {
		return fmt.Errorf("importing %s: %w", pkg.Path(), err)
	}
	if src == nil {
		p.createCompiled(pkg)
		return nil
	}
	for _, dep := range pkg.Imports() {
		if src.Uses != nil && p.waits(dep) {
			continue
		}
		if err := p.provide(dep, fresh); err != nil {
			return err
		}
	}
	if err := p.provideUses(src); err != nil {
		return err
	}
	if src.Body != nil {
		p.lazy[pkg] = src
	}
	if src.Fill != nil {
		p.fills[pkg] = src
	}
	*fresh = append(*fresh, p.SSA.CreatePackage(pkg, src.Files, src.Info, true))
	return nil
}

// createCompiled makes a compiled package known with its functions and variables. Package
// ssa makes methods when code refers to them; to make all, each type would have to be read.
func (p *Program) createCompiled(pkg *types.Package) {
	if p.closed != nil || pkg == types.Unsafe {
		p.SSA.CreatePackage(pkg, nil, nil, true)
		return
	}
	part := types.NewPackage(pkg.Path(), pkg.Name())
	for _, name := range pkg.Scope().Names() {
		switch obj := pkg.Scope().Lookup(name).(type) {
		case *types.Func, *types.Var:
			part.Scope().Insert(obj)
		}
	}
	created := p.SSA.CreatePackage(part, nil, nil, true)
	created.Pkg = pkg
	packages := *table[map[*types.Package]*ssa.Package](reflect.ValueOf(p.SSA), "packages")
	delete(packages, part)
	packages[pkg] = created
}

// provideUses makes the packages known that the code of a package refers to, of those
// that can wait for it.
func (p *Program) provideUses(src *stdlib.Source) error {
	if src.Uses == nil {
		return nil
	}
	var fresh []*ssa.Package
	for _, pkg := range src.Uses() {
		if err := p.provide(pkg, &fresh); err != nil {
			return err
		}
	}
	return build(fresh)
}

// waits reports whether a package need not be known before code refers to it.
func (p *Program) waits(pkg *types.Package) bool {
	return (p.modules == nil || p.modules(pkg) == nil) && stdlib.Waits(pkg.Path())
}

// source returns the source of a package, or nil if it is compiled.
func (p *Program) source(pkg *types.Package) (*stdlib.Source, error) {
	if p.modules != nil {
		if src := p.modules(pkg); src != nil {
			return src, nil
		}
	}
	if stdlib.Has(pkg.Path()) || stdlib.IsShadow(pkg.Path()) {
		return p.importer.Source(pkg.Path())
	}
	return nil, nil
}

// build builds packages, which are all there by now.
func build(pkgs []*ssa.Package) error {
	var group errgroup.Group
	group.SetLimit(max(2, runtime.GOMAXPROCS(0)))
	for _, pkg := range pkgs {
		group.Go(func() (err error) {
			defer func() {
				if r := recover(); r != nil {
					err = fmt.Errorf("package %s cannot be built: %v", pkg.Pkg.Path(), r)
				}
			}()
			pkg.Build()
			return nil
		})
	}
	return group.Wait()
}

// initialisationOrder sorts packages as Go initialises them: sorted by path, the
// first one next of which all that it imports has been.
func initialisationOrder(pkgs []*ssa.Package) []*ssa.Package {
	waits := map[*types.Package]bool{}
	for _, pkg := range pkgs {
		waits[pkg.Pkg] = true
	}
	rest := slices.Clone(pkgs)
	slices.SortStableFunc(rest, func(a, b *ssa.Package) int { return strings.Compare(a.Pkg.Path(), b.Pkg.Path()) })
	var order []*ssa.Package
	for len(rest) > 0 {
		i := slices.IndexFunc(rest, func(pkg *ssa.Package) bool {
			return !slices.ContainsFunc(pkg.Pkg.Imports(), func(dep *types.Package) bool { return waits[dep] })
		})
		next := rest[max(i, 0)]
		order = append(order, next)
		delete(waits, next.Pkg)
		rest = slices.Delete(rest, max(i, 0), max(i, 0)+1)
	}
	return order
}
