package lower

import (
	"go/ast"
	"go/types"
	"reflect"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/stdlib"
	"github.com/gosched/gosched/kernel/stdlib/instantiate"
)

// Late reports whether a function is one whose body is checked and built when
// [Program.Body] is asked for it.
func (p *Program) Late(fn *ssa.Function) bool {
	obj, ok := fn.Object().(*types.Func)
	if !ok || fn.Blocks != nil || obj.Pkg() == nil || len(fn.TypeArgs()) > 0 {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	src := p.lazy[obj.Pkg()]
	return src != nil && src.Late(obj)
}

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
	if p.provideUses(body) != nil {
		return nil
	}
	p.built[fn] = p.buildApart(body, obj)
	return p.built[fn]
}

// buildApart builds a function in a package of its own, which nobody sees.
func (p *Program) buildApart(src *stdlib.Source, fn *types.Func) *ssa.Function {
	pkg := p.SSA.CreatePackage(src.Package, src.Files, src.Info, false)
	pkg.Build()
	built, _ := (*table[map[types.Object]ssa.Member](reflect.ValueOf(pkg), "objects"))[fn].(*ssa.Function)
	delete(*table[map[*types.Package]*ssa.Package](reflect.ValueOf(p.SSA), "packages"), src.Package)
	return built
}

// lateInstance builds an instance of a generic function whose body is checked when
// the first one is needed. It returns nil for others.
func (p *Program) lateInstance(fn *ssa.Function) *ssa.Function {
	origin := fn.Origin()
	if origin == nil || fn.Blocks != nil {
		return nil
	}
	obj, ok := origin.Object().(*types.Func)
	if !ok || obj.Pkg() == nil || len(fn.TypeArgs()) == 0 || obj.Signature().Recv() != nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if built := p.built[fn]; built != nil {
		return built
	}
	if p.fills[obj.Pkg()] == nil || p.fill(obj) != nil {
		return nil
	}
	built, err := instantiate.Function(p.SSA, obj, fn.TypeArgs())
	if err != nil {
		return nil
	}
	p.built[fn] = built
	return built
}

// fill completes a generic function. Instances that were made of it without its body
// are forgotten: who has one asks for another with [Program.Body].
func (p *Program) fill(fn *types.Func) error {
	src := p.fills[fn.Pkg()]
	if src == nil {
		return nil
	}
	filled, err := src.Fill(fn)
	if !filled {
		return err
	}
	if err := p.provideUses(src); err != nil {
		return err
	}
	origin := p.SSA.FuncValue(fn)
	field(field(reflect.ValueOf(origin), "generic").Elem(), "instances").Elem().SetZero()
	decl, ok := origin.Syntax().(*ast.FuncDecl)
	if !ok || !hasLiteral(decl.Body) {
		return nil
	}
	// The literals of an instance have their origins in those of the generic function,
	// which was built without.
	info := *src.Info
	info.InitOrder = nil
	file := &ast.File{Name: decl.Name, Decls: []ast.Decl{decl}}
	for _, f := range src.Files {
		if f.FileStart <= decl.Name.Pos() && decl.Name.Pos() < f.FileEnd {
			src.Info.FileVersions[file] = src.Info.FileVersions[f]
		}
	}
	built := p.buildApart(&stdlib.Source{Package: types.NewPackage(fn.Pkg().Path(), fn.Pkg().Name()), Files: []*ast.File{file}, Info: &info}, fn)
	delete(src.Info.FileVersions, file)
	origin.AnonFuncs = built.AnonFuncs
	return nil
}

func hasLiteral(body *ast.BlockStmt) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		_, literal := n.(*ast.FuncLit)
		found = found || literal
		return !found
	})
	return found
}
