package lower

import (
	"go/types"
	"reflect"

	"golang.org/x/tools/go/ssa"
)

// late builds a function of a package whose bodies are checked when they are needed.
// It returns nil for others.
func (p *Program) late(fn *ssa.Function) *ssa.Function {
	obj, ok := fn.Object().(*types.Func)
	if !ok || obj.Pkg() == nil || len(fn.TypeArgs()) > 0 {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	src := p.lazy[obj.Pkg()]
	if src == nil {
		return nil
	}
	if built := p.built[fn]; built != nil {
		return built
	}
	body, err := src.Body(obj)
	if err != nil || body == nil {
		return nil
	}
	pkg := p.SSA.CreatePackage(body.Package, body.Files, body.Info, false)
	pkg.Build()
	built, _ := (*table[map[types.Object]ssa.Member](reflect.ValueOf(pkg), "objects"))[obj].(*ssa.Function)
	delete(*table[map[*types.Package]*ssa.Package](reflect.ValueOf(p.SSA), "packages"), body.Package)
	p.built[fn] = built
	return built
}
