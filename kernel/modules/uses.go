package modules

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"sync"

	"github.com/gosched/gosched/kernel/modules/typedata"
	"github.com/gosched/gosched/kernel/stdlib"
)

// A large module imports much of the standard library, and a session that calls a few
// of its functions needs little of that. So a package that is read back refers to what
// its types do not consist of, and that is imported when code is checked that names it.

// A referrer is an importer that has packages of which only the name is known.
type referrer interface {
	Refer(path string) (*types.Package, error)
	Named(pkg *types.Package, name string) (types.Type, error)
}

// others is what a package that is read back refers to others with.
func (l *Loader) others(r *resolver, imports typedata.Importer) typedata.Others {
	others := typedata.Others{Import: imports, Refer: imports, Named: declaredType}
	std, ok := l.std.(referrer)
	if !ok {
		return others
	}
	others.Refer = func(path string) (*types.Package, error) {
		if !r.fromStd(path) {
			return imports(path)
		}
		pkg, err := std.Refer(path)
		if err == nil && stdlib.Waits(path) {
			l.referred.Store(pkg, true)
		}
		return pkg, err
	}
	others.Named = func(pkg *types.Package, name string) (types.Type, error) {
		if _, ok := l.referred.Load(pkg); ok {
			return std.Named(pkg, name)
		}
		return declaredType(pkg, name)
	}
	return others
}

// declaredType is a type that a package declares, which is complete.
func declaredType(pkg *types.Package, name string) (types.Type, error) {
	obj, ok := pkg.Scope().Lookup(name).(*types.TypeName)
	if !ok {
		return nil, fmt.Errorf("there is no type %s.%s", pkg.Path(), name)
	}
	return obj.Type(), nil
}

// uses are the packages that code of one refers to, of those that have been referred
// to only.
type uses struct {
	l   *Loader
	pkg *types.Package

	mu  sync.Mutex
	all []*types.Package
}

// add imports what code names that is about to be checked.
func (u *uses) add(code ast.Node) (err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	var file *types.Scope
	for s := range u.pkg.Scope().Children() {
		if s.Contains(code.Pos()) {
			file = s
		}
	}
	if file == nil {
		return nil
	}
	if !slices.ContainsFunc(file.Names(), func(name string) bool {
		imported, ok := file.Lookup(name).(*types.PkgName)
		return ok && u.waits(imported.Imported())
	}) {
		return nil
	}
	ast.Inspect(code, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return err == nil
		}
		id, ok := sel.X.(*ast.Ident)
		if !ok {
			return err == nil
		}
		name, ok := file.Lookup(id.Name).(*types.PkgName)
		if ok && u.waits(name.Imported()) {
			_, err = u.l.std.Import(name.Imported().Path())
			u.all = append(u.all, name.Imported())
		}
		return err == nil
	})
	return err
}

// waits reports whether a package has been referred to only, and no code that was added
// names it.
func (u *uses) waits(pkg *types.Package) bool {
	_, referred := u.l.referred.Load(pkg)
	return referred && !slices.Contains(u.all, pkg)
}

// check imports what a function names, and checks its body.
func (u *uses) check(decl *ast.FuncDecl, info *types.Info) error {
	if err := u.add(decl); err != nil {
		return err
	}
	return u.l.checkBodyInto(u.pkg, decl, info)
}

func (u *uses) list() []*types.Package {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Clone(u.all)
}
