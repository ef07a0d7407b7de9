package modules

import (
	"path"
	"runtime/debug"
	"strings"
	"sync"

	"golang.org/x/mod/module"

	"github.com/gosched/gosched/kernel/stdlib"
)

// isStd reports whether a path is for the standard library to answer: its first
// element has no dot.
func isStd(pkgPath string) bool {
	first, _, _ := strings.Cut(pkgPath, "/")
	return !strings.Contains(first, ".")
}

// fromStd reports whether a package that is imported is that of the kernel: of
// the standard library, or one of the few beside it that no module of the
// session has.
func (r *resolver) fromStd(pkgPath string) bool {
	if r.ofMain(pkgPath) {
		return false
	}
	if isStd(pkgPath) {
		return true
	}
	return stdlib.Has(pkgPath) && !r.other(pkgPath)
}

// ofMain reports whether a package belongs to a module that is worked on; its
// path need not have a dot.
func (r *resolver) ofMain(pkgPath string) bool {
	for _, m := range r.w.mains {
		if _, ok := under(pkgPath, m.path); ok && (!isStd(pkgPath) || !stdlib.Has(pkgPath)) {
			return true
		}
	}
	return false
}

// other reports whether the build list has another version than the kernel of the
// module that has a package.
func (r *resolver) other(pkgPath string) bool {
	for p := pkgPath; p != "." && p != "/"; p = path.Dir(p) {
		if v, ok := r.selected[p]; ok {
			_, replaced := r.w.replaced(module.Version{Path: p, Version: v})
			return replaced || kernelVersions()[p] != "" && kernelVersions()[p] != v
		}
	}
	return false
}

// kernelVersions are the modules that this program has been built with.
var kernelVersions = sync.OnceValue(func() map[string]string {
	versions := map[string]string{}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, d := range info.Deps {
			versions[d.Path] = d.Version
		}
	}
	return versions
})
