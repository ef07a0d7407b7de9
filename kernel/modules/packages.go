package modules

import (
	"context"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// An Importable is a package that cells can import.
type Importable struct{ Path, Name string }

// mostPackages is how many packages are listed of one module.
const mostPackages = 1000

// Packages lists the packages that the session has: those of the modules in which
// the notebook lies, internal ones too, and those of the modules that have been
// downloaded. It downloads nothing.
func (s *Session) Packages(ctx context.Context) ([]Importable, error) {
	var all []Importable
	s.mu.Lock()
	s.current()
	if s.err == nil && s.selected == nil && len(s.roots) > 0 {
		// To know the build list, the network may be needed.
		for _, m := range s.work.mains {
			all = append(all, packagesIn(m.path, m.dir, true)...)
		}
		s.mu.Unlock()
		return all, nil
	}
	s.mu.Unlock()
	list, err := s.Modules(ctx)
	if err != nil {
		return nil, err
	}
	for _, m := range list {
		if m.Dir == "" {
			continue
		}
		if m.Main {
			all = append(all, packagesIn(m.Path, m.Dir, true)...) // they change
			continue
		}
		key := m.Path + "@" + m.Version + " " + m.Dir
		s.mu.Lock()
		packages, ok := s.packages[key]
		s.mu.Unlock()
		if !ok {
			packages = packagesIn(m.Path, m.Dir, false)
			s.mu.Lock()
			if s.packages == nil {
				s.packages = map[string][]Importable{}
			}
			s.packages[key] = packages
			s.mu.Unlock()
		}
		all = append(all, packages...)
	}
	return all, nil
}

// packagesIn lists the packages of a module in a folder. What cannot be read is
// left out.
func packagesIn(modPath, root string, internal bool) (list []Importable) {
	_ = filepath.WalkDir(root, func(dir string, e fs.DirEntry, err error) error {
		switch {
		case len(list) == mostPackages:
			return fs.SkipAll
		case err != nil && e != nil && e.IsDir():
			return fs.SkipDir
		case err != nil:
			return nil
		case !e.IsDir():
			return nil
		}
		name := e.Name()
		if dir != root && (strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || name == "testdata" || name == "vendor" ||
			name == "internal" && !internal || exists(filepath.Join(dir, "go.mod"))) {
			return filepath.SkipDir
		}
		rel, err := filepath.Rel(root, dir)
		if err != nil {
			return err
		}
		if p := packageName(dir); p != "" && p != "main" {
			list = append(list, Importable{path.Join(modPath, filepath.ToSlash(rel)), p})
		}
		return nil
	})
	return list
}

// packageName is what the package in a folder calls itself; empty if there is none.
func packageName(dir string) string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return ""
	}
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "_") || strings.HasPrefix(name, ".") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, name), nil, parser.PackageClauseOnly)
		if err == nil && f.Name.Name != "documentation" {
			return f.Name.Name
		}
	}
	return ""
}
