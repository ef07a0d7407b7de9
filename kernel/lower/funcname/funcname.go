// Package funcname names functions in SSA form as people know them, for whichever engine
// runs them. It knows what the checker and package ssa make up, and nothing of engines.
package funcname

import (
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/check"
)

// Of is the function's name as Go's tracebacks print it. Functions that hold a cell's
// statements are called main.
func Of(fn *ssa.Function) string {
	if fn.Parent() != nil {
		// f$1 is Go's f.func1
		name := fn.Name()
		if i := strings.LastIndexByte(name, '$'); i >= 0 {
			return Of(fn.Parent()) + ".func" + name[i+1:]
		}
		return Of(fn.Parent()) + "." + name
	}
	if method, ok := fn.Object().(*types.Func); ok && strings.HasSuffix(fn.Name(), "$bound") { // shop.pack, as a value
		name := receiver(method.Signature().Recv()) + method.Name() + "-fm"
		if method.Pkg() != nil { // nil for error's
			name = method.Pkg().Name() + "." + name
		}
		return name
	}
	pkg := ""
	if fn.Pkg != nil {
		pkg = fn.Pkg.Pkg.Name() + "."
	} else if o := fn.Origin(); o != nil && o.Pkg != nil {
		pkg = o.Pkg.Pkg.Name() + "."
	}
	if obj := fn.Object(); pkg == "" && fn.Synthetic == onDemand && obj.Pkg() != nil {
		pkg = obj.Pkg().Name() + "."
	}
	name := fn.Name()
	if i := strings.IndexByte(name, '['); i >= 0 {
		name = name[:i] + "[...]"
	}
	if recv := fn.Signature.Recv(); recv != nil {
		name = receiver(recv) + name
	}
	if pkg == "main." && strings.HasPrefix(fn.Name(), check.CellFunction) {
		return "main"
	}
	return pkg + name
}

// Wrapper reports whether a function is none of the source's: package ssa has made it, as
// it makes wrappers of methods.
func Wrapper(fn *ssa.Function) bool {
	return fn.Synthetic != "" && fn.Syntax() == nil && fn.Synthetic != onDemand
}

// Package is the package that a function belongs to, or nil.
func Package(fn *ssa.Function) *types.Package {
	for fn.Parent() != nil {
		fn = fn.Parent()
	}
	if o := fn.Origin(); o != nil {
		fn = o
	}
	if fn.Pkg != nil {
		return fn.Pkg.Pkg
	}
	if obj := fn.Object(); obj != nil && fn.Synthetic == onDemand {
		return obj.Pkg()
	}
	return nil
}

// onDemand is how package ssa describes a method that it was not given with its package.
const onDemand = "from type information (on demand)"

// receiver is what stands before a method's name: "T.", or "(*T)." for a pointer.
func receiver(recv *types.Var) string {
	r := recv.Type().String()
	ptr := strings.HasPrefix(r, "*")
	r = strings.TrimPrefix(r, "*")
	args := ""
	if i := strings.IndexByte(r, '['); i >= 0 {
		r, args = r[:i], "[...]"
	}
	r = r[strings.LastIndexByte(r, '.')+1:] + args
	if ptr {
		r = "(*" + r + ")"
	}
	return r + "."
}

// Full is the name of a declared function with the path of its package, as
// [types.Func.FullName] has it, or "".
func Full(fn *ssa.Function) string {
	if obj, ok := fn.Object().(*types.Func); ok {
		return obj.FullName()
	}
	return ""
}
