package modules

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/mod/module"
	"golang.org/x/sync/errgroup"

	"github.com/gosched/gosched/kernel/stdlib"
)

// A found is a package's place.
type found struct {
	path   string
	dir    string
	module module.Version // without a version for main modules
	root   string         // the module's folder
	goVer  string         // of the module's go.mod
	local  bool           // its files may change: it belongs to a main module or a folder that replaces one
	hash   string         // of a module that has been downloaded, or empty
}

// A resolver finds packages in the modules of a build list.
type resolver struct {
	s     *Session
	w     *workspace
	g     *graph
	fetch bool // download modules that are not there
	tests bool // of packages that are asked for, what their tests import counts

	selected map[string]string

	mu     sync.Mutex
	infos  map[string]*info // by import path
	from   map[module.Version]bool
	places map[module.Version]*place // see lookOnce
}

// reset begins anew with another build list.
func (r *resolver) reset(selected map[string]string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.selected, r.infos, r.from = selected, map[string]*info{}, map[module.Version]bool{}
}

// used lists the modules that packages came from, but for main modules.
func (r *resolver) used() []module.Version {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := slices.Collect(maps.Keys(r.from))
	module.Sort(list)
	return list
}

// A NotGotError says that a package is in no module that the session has.
type NotGotError struct {
	Path   string
	Module module.Version // that is required and would have it, if it is known
}

func (e *NotGotError) Error() string {
	wrong, words, item := e.Fix()
	return wrong + "\n\t" + words + " " + item
}

// Fix is the error in two parts: what is wrong, and the line to write.
func (e *NotGotError) Fix() (wrong, words, item string) {
	return e.wrong(), "put this line before the imports: %get", e.Path
}

func (e *NotGotError) wrong() string {
	if e.Module.Path != "" {
		return fmt.Sprintf("package %q is in module %s, which has not been downloaded", e.Path, e.Module)
	}
	hint := ""
	if near := stdlib.NearModule(e.Path); near != "" {
		hint = fmt.Sprintf("; did you mean %q?", near)
	}
	return fmt.Sprintf("package %q is in no module that this session has%s", e.Path, hint)
}

// find returns where a package is, which is not one of the standard library.
func (r *resolver) find(ctx context.Context, pkgPath string) (*found, error) {
	for _, m := range r.w.mains {
		if rel, ok := under(pkgPath, m.path); ok {
			if _, inside, ok := strings.Cut("/"+rel, "/vendor/"); ok {
				return nil, fmt.Errorf("package %q is imported as %q, the path that it has by itself", pkgPath, inside)
			}
			dir := filepath.Join(m.dir, filepath.FromSlash(rel))
			if hasPackage(dir) && !otherModule(m.dir, dir) {
				return &found{path: pkgPath, dir: dir, module: module.Version{Path: m.path}, root: m.dir, goVer: goVersionOf(m.file), local: true}, nil
			}
		}
	}
	if r.w.vendor != nil {
		return r.w.vendor.find(pkgPath)
	}
	var missing module.Version
	var belongs string // the module that should have it
	for p := pkgPath; p != "." && p != "/"; p = path.Dir(p) {
		v, ok := r.selected[p]
		if !ok {
			continue
		}
		m := module.Version{Path: p, Version: v}
		f, err := r.in(ctx, m, pkgPath)
		if err != nil {
			return nil, err
		}
		if f == nil {
			missing = m
			break
		}
		if hasPackage(f.dir) && !otherModule(f.root, f.dir) {
			return r.withVersion(ctx, f)
		}
		if belongs == "" {
			belongs = m.String()
		}
	}
	if missing.Path != "" {
		return nil, &NotGotError{pkgPath, missing}
	}
	for _, m := range r.w.mains {
		if _, ok := under(pkgPath, m.path); ok {
			return nil, fmt.Errorf("there is no package %q: the module %s, in %s, has no folder of that name with Go files", pkgPath, m.path, m.dir)
		}
	}
	if belongs != "" {
		return nil, fmt.Errorf("there is no package %q in %s, the version in use\n\tif it is in a newer one, put this line before the imports: %%get %s@latest", pkgPath, belongs, pkgPath)
	}
	return nil, &NotGotError{Path: pkgPath}
}

// in is where a package is in a module if that has it; nil if the module is not there.
func (r *resolver) in(ctx context.Context, m module.Version, pkgPath string) (*found, error) {
	at, err := r.place(ctx, m)
	if err != nil || at.dir == "" {
		return nil, err
	}
	rel, _ := under(pkgPath, m.Path)
	dir := filepath.Join(at.dir, filepath.FromSlash(rel))
	return &found{path: pkgPath, dir: dir, module: m, root: at.dir, local: at.local, hash: at.hash}, nil
}

func (r *resolver) withVersion(ctx context.Context, f *found) (*found, error) {
	s, err := r.g.summary(ctx, f.module)
	if err != nil {
		return nil, err
	}
	f.goVer = s.goVer
	return f, nil
}

// likely is where find would look for a package first, in a module that never changes;
// nil where that is no such module.
func (r *resolver) likely(ctx context.Context, pkgPath string) *found {
	for _, m := range r.w.mains {
		if _, ok := under(pkgPath, m.path); ok {
			return nil
		}
	}
	if r.w.vendor != nil {
		return nil
	}
	for p := pkgPath; p != "." && p != "/"; p = path.Dir(p) {
		if v, ok := r.selected[p]; ok {
			f, err := r.in(ctx, module.Version{Path: p, Version: v}, pkgPath)
			if err != nil || f == nil || f.local {
				return nil
			}
			if f, err = r.withVersion(ctx, f); err != nil {
				return nil
			}
			return f
		}
	}
	return nil
}

// under reports whether a package belongs to a module by its path, and where in
// it.
func under(pkgPath, modPath string) (rel string, ok bool) {
	rest, ok := strings.CutPrefix(pkgPath, modPath)
	if !ok || rest != "" && rest[0] != '/' {
		return "", false
	}
	return strings.TrimPrefix(rest, "/"), true
}

// hasPackage reports whether a folder has Go files.
func hasPackage(dir string) bool {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		return strings.HasSuffix(e.Name(), ".go") && !e.IsDir()
	})
}

// otherModule reports whether a folder belongs to a module of its own inside of
// another.
func otherModule(root, dir string) bool {
	for ; dir != root && len(dir) > len(root); dir = filepath.Dir(dir) {
		if exists(filepath.Join(dir, "go.mod")) {
			return true
		}
	}
	return false
}

// closure finds packages and what they import, directly or not.
func (r *resolver) closure(ctx context.Context, paths []string) error {
	seen := map[string]bool{}
	tests := r.tests
	for len(paths) > 0 {
		infos := make([]*info, len(paths))
		group, gctx := errgroup.WithContext(ctx)
		group.SetLimit(atOnce)
		for i, p := range paths {
			seen[p] = true
			group.Go(func() (err error) {
				infos[i], err = r.info(gctx, p)
				return err
			})
		}
		if err := group.Wait(); err != nil {
			return err
		}
		paths = nil
		first := tests
		tests = false
		for _, i := range infos {
			imports := i.Imports
			if first {
				imports = slices.Concat(imports, i.TestImports, i.XTestImports)
			}
			for _, imp := range imports {
				if imp == "C" || r.fromStd(imp) || seen[imp] {
					continue
				}
				seen[imp] = true
				paths = append(paths, imp)
			}
		}
	}
	return nil
}

// packages lists the packages that asking for a target means: the one whose path
// was written, or, where that is a module's, all that can be imported from it.
func (r *resolver) packages(ctx context.Context, t target) ([]string, error) {
	m := module.Version{Path: t.module, Version: r.selected[t.module]}
	at, err := r.place(ctx, m)
	if err != nil {
		return nil, err
	}
	root := at.dir
	r.mu.Lock()
	r.from[m] = true
	r.mu.Unlock()
	if t.path != t.module {
		return []string{t.path}, nil
	}
	var list []string
	err = filepath.WalkDir(root, func(dir string, e fs.DirEntry, err error) error {
		if err != nil || !e.IsDir() {
			return err
		}
		rel, err := filepath.Rel(root, dir)
		if err != nil {
			return err
		}
		name := e.Name()
		if rel != "." && (strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") ||
			name == "testdata" || name == "vendor" || name == "internal" || exists(filepath.Join(dir, "go.mod"))) {
			return filepath.SkipDir
		}
		if hasPackage(dir) {
			bp, err := buildContext(&r.s.env, t.module).ImportDir(dir, 0)
			if err == nil && bp.Name != "main" {
				list = append(list, path.Join(t.module, filepath.ToSlash(rel)))
			}
		}
		return nil
	})
	return list, err
}
