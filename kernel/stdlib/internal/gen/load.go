package main

import (
	"errors"
	"fmt"
	"go/types"
	"os"
	"os/exec"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// nativePath is the package of native helpers that sources of generic code
// call. It is bound like the others, but cells cannot import it.
const nativePath = "github.com/gosched/gosched/kernel/stdlib/native"

// fromSource are the standard packages that are run from source. The generic
// ones have to be. The others cannot be linked: plugin changes how the whole
// program is linked, runtime/cgo needs a C compiler.
var fromSource = []string{"cmp", "iter", "maps", "plugin", "runtime/cgo", "slices"}

// A world is every bound package as one platform sees it.
type world struct {
	platform platform
	// packages by import path. All have types, for binding or from source.
	packages map[string]*packages.Package
	// std are the paths of the standard library's packages.
	std []string
	// source has the packages that are run from source.
	source map[string]bool
}

// paths returns the import paths of all bound packages, sorted.
func (w *world) paths() []string { return sortedKeys(w.packages) }

func goTool(args ...string) (string, error) {
	out, err := exec.Command("go", args...).Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			return "", fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, exit.Stderr)
		}
		return "", fmt.Errorf("go %s: %w", strings.Join(args, " "), err)
	}
	return string(out), nil
}

// standardPackages lists what a program may import of the standard library of
// the release in use, on any of the platforms; unsafe is no table. syscall/js is
// left out: the page around the kernel is not the program's.
func standardPackages() ([]string, error) {
	seen := make(map[string]bool)
	for _, p := range platforms {
		cmd := exec.Command("go", "list", "std")
		cmd.Env = append(os.Environ(), "GOOS="+p.os, "GOARCH="+p.arch, "CGO_ENABLED=1")
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil {
			return nil, fmt.Errorf("go list std for %s: %w", p, err)
		}
		for path := range strings.FieldsSeq(string(out)) {
			elems := strings.Split(path, "/")
			if path == "unsafe" || path == "syscall/js" || elems[0] == "vendor" || elems[0] == "cmd" || slices.Contains(elems, "internal") {
				continue
			}
			seen[path] = true
		}
	}
	return sortedKeys(seen), nil
}

// loadWorld type-checks all packages from source for one platform.
func loadWorld(p platform, std, extra []string) (*world, error) {
	cfg := &packages.Config{
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports |
			packages.NeedDeps | packages.NeedTypes | packages.NeedTypesSizes | packages.NeedSyntax | packages.NeedModule,
		// Type data must not depend on a C compiler being there.
		Env: append(os.Environ(), "GOOS="+p.os, "GOARCH="+p.arch, "CGO_ENABLED=0", "GOEXPERIMENT="),
	}
	loaded, err := packages.Load(cfg, slices.Concat(std, extra, []string{nativePath})...)
	if err != nil {
		return nil, err
	}
	w := &world{platform: p, packages: make(map[string]*packages.Package), std: std}
	for _, pkg := range loaded {
		for _, e := range pkg.Errors {
			return nil, fmt.Errorf("package %s: %w", pkg.PkgPath, e)
		}
		w.packages[pkg.PkgPath] = pkg
	}
	return w, w.decideSources()
}

// isGeneric reports whether obj is a generic function or type, a name of an
// instance's origin, or a constraint that no variable can have: none of them
// exists at run time.
func isGeneric(obj types.Object) bool {
	switch obj := obj.(type) {
	case *types.Func:
		return obj.Signature().TypeParams().Len() > 0
	case *types.TypeName:
		switch t := obj.Type().(type) {
		case *types.Named:
			if t.TypeParams().Len() > 0 {
				return true
			}
		case *types.Alias:
			if t.TypeParams().Len() > 0 {
				return true
			}
		}
		i, ok := obj.Type().Underlying().(*types.Interface)
		return ok && !i.IsMethodSet()
	}
	return false
}

// isInternal reports whether cells, and the generated tables, cannot import
// path.
func isInternal(path string) bool {
	return slices.Contains(strings.Split(path, "/"), "internal")
}
