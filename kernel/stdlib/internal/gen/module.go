package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

const packageListHeader = `# Packages beyond the standard library that cells can import, one a line.
# Add a module with: go run ./kernel/stdlib/internal/gen -module path@version
`

// readPackageList reads packages.txt: import paths, one a line, # comments.
func readPackageList(name string) ([]string, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var paths []string
	for line := range strings.Lines(string(text)) {
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line != "" {
			paths = append(paths, line)
		}
	}
	return paths, nil
}

// addModule makes a module, given as path@version, a requirement of this one
// and puts all its importable packages on the list.
func addModule(dir, module string) error {
	path, version, ok := strings.Cut(module, "@")
	if !ok || path == "" || version == "" {
		return errors.New("write it as path@version, for example github.com/google/go-cmp@v0.7.0 or path@latest")
	}
	if _, err := goTool("get", module); err != nil {
		return err
	}
	out, err := goTool("list", "-f", "{{if .GoFiles}}{{.ImportPath}} {{.Name}}{{end}}", path+"/...")
	if err != nil {
		return err
	}
	var found []string
	for line := range strings.Lines(out) {
		p, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		if p != "" && name != "main" && !isInternal(p) {
			found = append(found, p)
		}
	}
	if len(found) == 0 {
		return errors.New("it has no package that could be imported")
	}
	file := filepath.Join(dir, "packages.txt")
	list, err := readPackageList(file)
	if err != nil {
		return err
	}
	list = append(list, found...)
	slices.Sort(list)
	text := packageListHeader + strings.Join(slices.Compact(list), "\n") + "\n"
	return os.WriteFile(file, []byte(text), 0o644)
}

// waiting are packages of modules that wait for goroutines or start them. They
// are run from source too: what waits in compiled code can neither be stopped
// nor be part of a deadlock that is found.
var waiting = []string{
	"golang.org/x/sync/errgroup",
	"golang.org/x/sync/semaphore",
	"golang.org/x/sync/singleflight",
	"golang.org/x/time/rate",
}

// decideSources chooses the packages that are run from source, and adds to
// the world what they import.
//
// A module's package that exports generic code has to be run from source. So
// have those that import it, for they would be linked to another copy of it,
// with types of its own; and the internal packages that it imports, because
// the kernel cannot.
func (w *world) decideSources() error {
	w.source = make(map[string]bool)
	for _, path := range fromSource {
		w.source[path] = true
	}
	for _, path := range waiting {
		if w.packages[path] != nil {
			w.source[path] = true
		}
	}
	std := make(map[string]bool)
	for _, path := range w.std {
		std[path] = true
	}
	isModule := func(path string) bool {
		first, _, _ := strings.Cut(path, "/")
		return strings.Contains(first, ".") && path != nativePath
	}
	for changed := true; changed; {
		changed = false
		for _, path := range w.paths() {
			if !isModule(path) {
				continue
			}
			pkg := w.packages[path]
			if !w.source[path] && (exportsGenerics(pkg.Types) || w.importsModuleSource(pkg, isModule)) {
				w.source[path], changed = true, true
			}
			if !w.source[path] {
				continue
			}
			if err := runnable(pkg); err != nil {
				return fmt.Errorf("package %s has to be run from source, because it is generic or belongs to generic code: %w", path, err)
			}
			for q, imported := range pkg.Imports {
				if !isModule(q) {
					continue
				}
				if w.packages[q] == nil {
					w.packages[q], changed = imported, true
				}
				if isInternal(q) && !w.source[q] {
					w.source[q], changed = true, true
				}
			}
		}
	}
	return nil
}

func (w *world) importsModuleSource(pkg *packages.Package, isModule func(string) bool) bool {
	for q := range pkg.Imports {
		if isModule(q) && w.source[q] {
			return true
		}
	}
	return false
}

func exportsGenerics(pkg *types.Package) bool {
	for _, name := range pkg.Scope().Names() {
		obj := pkg.Scope().Lookup(name)
		if !obj.Exported() {
			continue
		}
		switch obj := obj.(type) {
		case *types.Func:
			if obj.Signature().TypeParams() != nil {
				return true
			}
		case *types.TypeName:
			if isGeneric(obj) && !isConstraint(obj) {
				return true
			}
		}
	}
	return false
}

// isConstraint reports whether obj is an interface without type parameters:
// nothing of it is run.
func isConstraint(obj *types.TypeName) bool {
	named, ok := obj.Type().(*types.Named)
	return ok && named.TypeParams() == nil && types.IsInterface(named)
}

// runnable says what in a package cannot be run from source.
func runnable(pkg *packages.Package) error {
	for _, name := range pkg.OtherFiles {
		return fmt.Errorf("%s is not Go", filepath.Base(name))
	}
	for _, f := range pkg.Syntax {
		for _, imp := range f.Imports {
			if imp.Path.Value == `"C"` {
				return errors.New("it uses cgo")
			}
		}
		for _, group := range f.Comments {
			for _, c := range group.List {
				for _, directive := range []string{"//go:linkname ", "//go:embed "} {
					if strings.HasPrefix(c.Text, directive) {
						return fmt.Errorf("it uses %s", strings.TrimSpace(directive[2:]))
					}
				}
			}
		}
		for _, decl := range f.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Body == nil {
				return fmt.Errorf("function %s has no body", fn.Name.Name)
			}
		}
	}
	return nil
}

// writeModuleSources adds the files of modules' packages that are run from
// source, named by import path and file name.
func writeModuleSources(out content, w *world) error {
	for path := range w.source {
		if slices.Contains(fromSource, path) {
			continue
		}
		for _, name := range w.packages[path].CompiledGoFiles {
			src, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			out.data[sourceEntry+path+"/"+filepath.Base(name)] = src
		}
		if m := w.packages[path].Module; m != nil && m.GoVersion != "" {
			// The language version changes what loops mean.
			out.data[sourceEntry+path+"/goversion"] = []byte("go" + m.GoVersion)
		}
	}
	return nil
}
