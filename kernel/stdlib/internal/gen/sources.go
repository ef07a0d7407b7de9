package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// replaced names the declarations of standard packages that cannot be run
// from source, by package. Files of our own under source/ declare them anew;
// the rest of each file is copied as it is.
var replaced = map[string][]string{
	// Coroutines of the runtime.
	"iter": {"coro", "newcoro", "coroswitch", "Pull", "Pull2", "goexitPanicValue"},
	// A function of the runtime, linked by name.
	"maps": {"clone", "Clone"},
}

// leftOut are files that are not copied: they are glue to cgo's runtime.
func leftOut(path, file string) bool {
	return path == "runtime/cgo" && file != "handle.go" || file == "doc.go"
}

// writeSources copies the sources of the packages that are run from source:
// those of the standard library as files below source/, so that they are
// compiled and tested like any package, those of modules into the archive.
func writeSources(out content, w *world) error {
	goroot, err := goTool("env", "GOROOT")
	if err != nil {
		return err
	}
	licence, err := os.ReadFile(filepath.Join(strings.TrimSpace(goroot), "LICENSE"))
	if err != nil {
		return fmt.Errorf("the licence of the copied sources: %w", err)
	}
	out.files["source/LICENSE"] = licence
	for _, path := range fromSource {
		for _, name := range w.packages[path].CompiledGoFiles {
			src, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			file := filepath.Base(name)
			if leftOut(path, file) {
				continue
			}
			src, err = withoutDecls(file, src, replaced[path])
			if err != nil {
				return fmt.Errorf("package %s: %w", path, err)
			}
			out.files["source/"+path+"/zz_"+file] = src
		}
	}
	return writeModuleSources(out, w)
}

// withoutDecls returns src without the named top-level declarations, imports
// that nothing uses any more, and build constraints: which files make a
// package was settled when they were chosen.
func withoutDecls(name string, src []byte, drop []string) ([]byte, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, name, src, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	var cuts [][2]token.Pos
	keep := make(map[string]bool) // package names used by what stays
	for _, decl := range f.Decls {
		if d, ok := decl.(*ast.GenDecl); ok && d.Tok == token.IMPORT {
			continue
		}
		if n, doc := declared(decl); slices.Contains(drop, n) {
			start := decl.Pos()
			if doc != nil {
				start = doc.Pos()
			}
			cuts = append(cuts, [2]token.Pos{start, decl.End()})
			continue
		}
		ast.Inspect(decl, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := sel.X.(*ast.Ident); ok {
					keep[x.Name] = true
				}
			}
			return true
		})
	}
	for _, spec := range f.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		if len(drop) > 0 && spec.Name != nil && spec.Name.Name == "_" && path == "unsafe" {
			// It was there for go:linkname, which was in what is cut.
			cuts = append(cuts, [2]token.Pos{spec.Pos(), spec.End()})
		}
		if spec.Name == nil && !keep[path[strings.LastIndex(path, "/")+1:]] {
			cuts = append(cuts, [2]token.Pos{spec.Pos(), spec.End()})
		}
	}
	for _, group := range f.Comments {
		for _, c := range group.List {
			if strings.HasPrefix(c.Text, "//go:build ") && c.Pos() < f.Package {
				cuts = append(cuts, [2]token.Pos{c.Pos(), c.End()})
			}
		}
	}
	slices.SortFunc(cuts, func(a, b [2]token.Pos) int { return int(b[0] - a[0]) })
	file := fset.File(f.Pos())
	for _, c := range cuts {
		src = slices.Concat(src[:file.Offset(c[0])], src[file.Offset(c[1]):])
	}
	src = emptyImport.ReplaceAll(src, nil)
	out := newContent()
	// The licence header stays the first thing in the file.
	head, rest, ok := bytes.Cut(src, []byte("\n\n"))
	if !ok {
		return nil, fmt.Errorf("%s has no licence header", name)
	}
	rest = append([]byte("//lint:file-ignore SA4006 copied as it is\n\n"), rest...)
	if err := out.goFile(name, string(rest)); err != nil {
		return nil, err
	}
	return slices.Concat(head, []byte("\n\n"), out.files[name]), nil
}

var emptyImport = regexp.MustCompile(`(?m)^import \(\s*\)\n`)

// declared returns the name that a declaration declares, for declarations of
// one name, and its comment.
func declared(decl ast.Decl) (string, *ast.CommentGroup) {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			return d.Name.Name, d.Doc
		}
	case *ast.GenDecl:
		if len(d.Specs) != 1 {
			break
		}
		switch s := d.Specs[0].(type) {
		case *ast.TypeSpec:
			return s.Name.Name, d.Doc
		case *ast.ValueSpec:
			if len(s.Names) == 1 {
				return s.Names[0].Name, d.Doc
			}
		}
	}
	return "", nil
}
