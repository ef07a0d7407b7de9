package lower

import (
	"fmt"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/stdlib"
	"github.com/gosched/gosched/kernel/stdlib/instantiate"
)

// Body returns the function to run for an instance of a generic function or
// method of a compiled package, or nil if fn is compiled itself.
func (p *Program) Body(fn *ssa.Function) *ssa.Function {
	if late := p.late(fn); late != nil {
		return late
	}
	if late := p.lateInstance(fn); late != nil {
		return late
	}
	origin := fn.Origin()
	if origin == nil || len(fn.TypeArgs()) == 0 {
		return nil
	}
	obj, ok := origin.Object().(*types.Func)
	if !ok {
		return nil
	}
	name, ok := stdlib.Shadow(obj.FullName())
	if !ok {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	key := fn.String()
	if s := p.shadows[key]; s != nil && identicalArgs(s.TypeArgs(), fn.TypeArgs()) {
		return s
	}
	s, err := p.instantiate(name, fn.TypeArgs())
	if err != nil {
		return nil
	}
	p.shadows[key] = s
	return s
}

func identicalArgs(a, b []types.Type) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !types.Identical(a[i], b[i]) {
			return false
		}
	}
	return true
}

// instantiate makes an instance of a function of the shadow package.
func (p *Program) instantiate(name string, targs []types.Type) (*ssa.Function, error) {
	shadow, err := p.importer.Import(stdlib.ShadowPackage(name))
	if err != nil {
		return nil, err
	}
	if err := p.provideAll([]*types.Package{shadow}, nil); err != nil {
		return nil, err
	}
	generic, ok := shadow.Scope().Lookup(name).(*types.Func)
	if !ok {
		return nil, fmt.Errorf("no %s in %s", name, shadow.Path())
	}
	if err := p.fill(generic); err != nil {
		return nil, err
	}
	return instantiate.Function(p.SSA, generic, targs)
}
