package modules

import (
	"fmt"
	"go/version"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// goVersionOf is the version of the language that a go.mod file asks for.
func goVersionOf(f *modfile.File) string {
	if f.Go == nil {
		return "1.16" // which the go command takes where nothing is said
	}
	return f.Go.Version
}

// prunes reports whether module graphs are pruned below a module that asks for
// a version of Go.
func prunes(goVersion string) bool { return semver.Compare("v"+majorMinor(goVersion), "v1.17") >= 0 }

// majorMinor is "1.21" of "1.21.3" and of "1.21rc2".
func majorMinor(v string) string {
	major, rest, _ := strings.Cut(v, ".")
	minor := rest
	if i := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' }); i >= 0 {
		minor = rest[:i]
	}
	return major + "." + minor
}

// tooNew says that the kernel is too old for what asks for a version of Go. Patch
// releases add nothing to the language or the library, so they make no difference.
func (w *workspace) tooNew(goVersion string) error {
	if version.Compare("go"+majorMinor(goVersion), "go"+majorMinor(w.own)) <= 0 {
		return nil
	}
	return fmt.Errorf("asks for Go %s, and this kernel has Go %s", goVersion, w.own)
}

// tooNewModule says so of a module, and how to get an older version of it.
func (g *graph) tooNewModule(m module.Version, goVersion string) error {
	err := g.w.tooNew(goVersion)
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %w: ask for an older version, such as %%get %s@<%s, or install a gosched that is built with it", m, err, m.Path, m.Version)
}

// strict reports whether a version of Go is one since which go.mod files are held
// to the go lines of the modules that they require.
func strict(goVersion string) bool { return version.Compare("go"+goVersion, "go1.21") >= 0 }

// release is the first release with a version of the language, which itself counts
// as older than any of its releases.
func release(v string) string { return majorMinor(v) + ".0" }

// raiseGo has a go.mod file ask for a version of Go that suffices for all modules
// of a build list, as the go command demands (https://go.dev/ref/mod#go-mod-file-go).
func (g *graph) raiseGo(f *modfile.File, selected map[string]string) error {
	needed := goVersionOf(f)
	g.mu.Lock()
	for path, v := range selected {
		if s := g.summaries[module.Version{Path: path, Version: v}]; s != nil && strict(s.goVer) && version.Compare("go"+s.goVer, "go"+needed) > 0 {
			needed = s.goVer
		}
	}
	g.mu.Unlock()
	if needed == goVersionOf(f) {
		return nil
	}
	if f.Toolchain != nil && version.Compare(f.Toolchain.Name, "go"+needed) < 0 {
		f.DropToolchainStmt()
	}
	return f.AddGoStmt(needed)
}
