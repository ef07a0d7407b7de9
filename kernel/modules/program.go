package modules

import (
	"context"
	"go/version"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

// ModuleOf returns go.mod and go.sum of a program that is written to a folder
// and imports some of what the session does, with the versions that are in use
// here. The header is a comment at its top. The modules in which the notebook lies
// are replaced by their folders.
func (s *Session) ModuleOf(ctx context.Context, modPath, header, out string, imports []string) (goMod, goSum []byte, err error) {
	selected, err := s.list(ctx)
	if err != nil {
		return nil, nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r := &resolver{s: s, w: s.work, g: s.graph, selected: selected}
	roots := map[string]string{}
	local := map[string]string{}
	outside := false
	var needed []string // packages that are run from source
	for _, imp := range imports {
		switch _, ofItself := under(imp, modPath); {
		case ofItself:
		case r.ofMain(imp):
			for _, m := range s.work.mains {
				if _, ok := under(imp, m.path); ok {
					local[m.path], outside = m.dir, true
				}
			}
		case r.fromStd(imp) && isStd(imp):
		default:
			outside = true
			if mod, v := kernelModule(imp); mod != "" && r.fromStd(imp) {
				if selected[mod] != "" {
					v = selected[mod]
				}
				roots[mod] = v
				continue
			}
			needed = append(needed, imp)
		}
	}
	f := new(modfile.File)
	f.AddComment("// " + header + ".")
	if err := f.AddModuleStmt(modPath); err != nil {
		return nil, nil, err
	}
	if !outside {
		if err := f.AddGoStmt(release(s.own)); err != nil {
			return nil, nil, err
		}
		f.Cleanup()
		goMod, err = f.Format()
		return goMod, nil, err
	}
	direct := maps.Clone(roots)
	if len(local) > 0 {
		maps.Copy(roots, s.roots)
	}
	r.reset(selected)
	if err := r.closure(ctx, needed); err != nil {
		return nil, nil, err
	}
	for _, m := range r.used() {
		roots[m.Path] = m.Version
	}
	all, roots, err := s.graph.choose(ctx, roots)
	if err != nil {
		return nil, nil, err
	}
	goVersion := laterGo(release(s.own), s.work.goVer)
	for mod, v := range all {
		// The go command wants no less than what the modules say.
		if summary, err := s.graph.summary(ctx, module.Version{Path: mod, Version: v}); err == nil {
			goVersion = laterGo(goVersion, summary.goVer)
		}
	}
	if err := f.AddGoStmt(goVersion); err != nil {
		return nil, nil, err
	}
	for mod := range direct {
		// Its checksum belongs into go.sum. Without a network, `go mod tidy` adds it.
		_, _ = s.d.fetch(ctx, s.work.source(module.Version{Path: mod, Version: roots[mod]}))
	}
	var list []*modfile.Require
	for _, mod := range slices.Sorted(maps.Keys(roots)) {
		used := slices.ContainsFunc(imports, func(imp string) bool { _, ok := under(imp, mod); return ok })
		list = append(list, &modfile.Require{Mod: module.Version{Path: mod, Version: roots[mod]}, Indirect: !used})
	}
	for _, mod := range slices.Sorted(maps.Keys(local)) {
		list = append(list, &modfile.Require{Mod: module.Version{Path: mod, Version: "v0.0.0"}})
	}
	f.SetRequireSeparateIndirect(list)
	for _, mod := range slices.Sorted(maps.Keys(local)) {
		if err := f.AddReplace(mod, "", pathFrom(out, local[mod]), ""); err != nil {
			return nil, nil, err
		}
	}
	for from, by := range s.work.replaces {
		to := by.by
		if to.Version == "" {
			to.Path = pathFrom(out, to.Path)
		}
		if err := f.AddReplace(from.Path, from.Version, to.Path, to.Version); err != nil {
			return nil, nil, err
		}
	}
	f.SortBlocks()
	f.Cleanup()
	if goMod, err = f.Format(); err != nil {
		return nil, nil, err
	}
	use := map[module.Version]bool{}
	for mod, v := range all {
		use[s.work.source(module.Version{Path: mod, Version: v})] = true
	}
	return goMod, s.d.sums.lines(use, nil), nil
}

// laterGo is the later of two versions of Go, as go.mod has them.
func laterGo(a, b string) string {
	if version.Compare("go"+a, "go"+b) < 0 {
		return b
	}
	return a
}

// kernelModule is the module that a package which is compiled in comes from.
func kernelModule(pkgPath string) (mod, version string) {
	for p := pkgPath; p != "." && p != "/"; p = path.Dir(p) {
		if v := kernelVersions()[p]; v != "" {
			return p, v
		}
	}
	return "", ""
}

// pathFrom is a folder as a replace directive has it: seen from another one if it
// is near.
func pathFrom(from, dir string) string {
	rel, err := filepath.Rel(from, dir)
	if err != nil || strings.Count(rel, "..") > 4 {
		return dir
	}
	if rel = filepath.ToSlash(rel); !strings.HasPrefix(rel, ".") {
		rel = "./" + rel
	}
	return rel
}
