package modules

import (
	"context"
	"errors"
	"fmt"
	"go/build"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/mod/module"
)

// moduleTags are build tags that a module has for code that reaches into the
// runtime to be left out. A tag that means more elsewhere is set for it alone.
var moduleTags = map[string][]string{
	"gonum.org/v1/gonum": {"safe"},
}

// buildContext is how packages are built: for this platform, without cgo and
// without assembly.
func buildContext(env *Env, modPath string) *build.Context {
	c := build.Default
	c.CgoEnabled = false
	c.GOOS, c.GOARCH = runtime.GOOS, runtime.GOARCH
	c.Compiler = "gc"
	c.InstallSuffix = ""
	c.GOPATH = ""
	c.BuildTags = slices.Concat([]string{"purego", "noasm"}, moduleTags[modPath], env.Tags)
	return &c
}

// An info is what is known of a package without its syntax.
type info struct {
	*found
	*build.Package
}

// info reads a package's folder.
func (r *resolver) info(ctx context.Context, pkgPath string) (*info, error) {
	r.mu.Lock()
	i := r.infos[pkgPath]
	r.mu.Unlock()
	if i != nil {
		return i, nil
	}
	f, err := r.find(ctx, pkgPath)
	if err != nil {
		return nil, err
	}
	bp, err := buildContext(&r.s.env, f.module.Path).ImportDir(f.dir, 0)
	if err != nil {
		return nil, unbuildable(f, bp, err)
	}
	i = &info{f, bp}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.infos == nil {
		r.infos, r.from = map[string]*info{}, map[module.Version]bool{}
	}
	r.infos[pkgPath] = i
	if f.module.Version != "" {
		r.from[f.module] = true
	}
	return i, nil
}

// unbuildable says why a folder is no package that can be built here.
func unbuildable(f *found, bp *build.Package, err error) error {
	var none *build.NoGoError
	var multiple *build.MultiplePackageError
	switch {
	case errors.As(err, &none) && bp != nil && usesCgo(bp):
		return fmt.Errorf("package %q cannot be used here: it needs cgo (%s), and cells are run without a C compiler", f.path, strings.Join(cgoFiles(bp), ", "))
	case errors.As(err, &none) && bp != nil && len(bp.IgnoredGoFiles) > 0:
		return fmt.Errorf("package %q has no Go files for %s/%s: build constraints exclude all of them", f.path, runtime.GOOS, runtime.GOARCH)
	case errors.As(err, &none):
		return fmt.Errorf("package %q has no Go files but tests", f.path)
	case errors.As(err, &multiple):
		return fmt.Errorf("%s holds files of two packages, %s and %s: %s and %s", f.dir,
			multiple.Packages[0], multiple.Packages[1], multiple.Files[0], multiple.Files[1])
	}
	return fmt.Errorf("package %q: %w", f.path, err)
}

func usesCgo(bp *build.Package) bool { return len(cgoFiles(bp)) > 0 }

// cgoFiles lists a package's files that import "C".
func cgoFiles(bp *build.Package) []string {
	var list []string
	for _, name := range bp.IgnoredGoFiles {
		data, err := os.ReadFile(filepath.Join(bp.Dir, name))
		if err == nil && strings.Contains(string(data), `import "C"`) {
			list = append(list, name)
		}
	}
	return list
}
