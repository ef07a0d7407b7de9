// Package instantiate makes instances of generic SSA functions that no source
// mentions: a call of a generic function of a compiled package is known by
// name and type arguments only, and its body is that of a shadow function.
package instantiate

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// Path is the path of the packages that [Function] makes in a program. Nothing
// refers to them afterwards.
const Path = "instantiate"

// Function returns the instance of the generic function fn with the given
// type arguments, built. The program must be in mode
// [ssa.InstantiateGenerics] and have fn's package, with its source. Equal
// arguments give the same function. It must not run at the same time as other
// uses of the program.
func Function(prog *ssa.Program, fn *types.Func, targs []types.Type) (*ssa.Function, error) {
	if prog.FuncValue(fn) == nil {
		return nil, fmt.Errorf("instantiating %s: its package is not part of the program", fn.FullName())
	}
	// SSA makes instances of what a package mentions, so type-check and build
	// one that mentions this. Its names stand for objects that may have no
	// name that could be written there.
	pkg := types.NewPackage(Path, "instantiate")
	args := make([]string, len(targs))
	for i, t := range targs {
		args[i] = fmt.Sprintf("T%d", i)
		pkg.Scope().Insert(types.NewTypeName(token.NoPos, pkg, args[i], t))
	}
	pkg.Scope().Insert(fn)
	src := fmt.Sprintf("package instantiate\nvar instance = %s[%s]\n", fn.Name(), strings.Join(args, ", "))
	file, err := parser.ParseFile(prog.Fset, "instantiate.go", src, parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("instantiating %s: %w", fn.FullName(), err)
	}
	defer prog.Fset.RemoveFile(prog.Fset.File(file.FileStart))
	info := &types.Info{
		Types:        make(map[ast.Expr]types.TypeAndValue),
		Defs:         make(map[*ast.Ident]types.Object),
		Uses:         make(map[*ast.Ident]types.Object),
		Implicits:    make(map[ast.Node]types.Object),
		Instances:    make(map[*ast.Ident]types.Instance),
		Scopes:       make(map[ast.Node]*types.Scope),
		Selections:   make(map[*ast.SelectorExpr]*types.Selection),
		FileVersions: make(map[*ast.File]string),
	}
	if err := types.NewChecker(&types.Config{}, prog.Fset, pkg, info).Files([]*ast.File{file}); err != nil {
		return nil, fmt.Errorf("instantiating %s: %w", fn.FullName(), err)
	}
	built := prog.CreatePackage(pkg, []*ast.File{file}, info, false)
	built.Build()
	for _, block := range built.Func("init").Blocks {
		for _, instr := range block.Instrs {
			store, ok := instr.(*ssa.Store)
			if !ok {
				continue
			}
			if f, ok := store.Val.(*ssa.Function); ok && f.Origin() == prog.FuncValue(fn) {
				return f, nil
			}
		}
	}
	return nil, fmt.Errorf("instantiating %s: %w", fn.FullName(), errors.ErrUnsupported)
}
