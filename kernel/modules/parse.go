package modules

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// parse reads a package's files, unless it is kept what it imports.
func (l *Loader) parse(ctx context.Context, r *resolver, pkgPath string) (*Package, error) {
	p, key := l.outlined(ctx, r, pkgPath)
	if p != nil {
		return p, nil
	}
	p, err := l.parseSource(ctx, r, pkgPath)
	if err == nil {
		p.source = key
	}
	return p, err
}

func (l *Loader) parseSource(ctx context.Context, r *resolver, pkgPath string) (*Package, error) {
	i, err := r.info(ctx, pkgPath)
	if err != nil {
		return nil, err
	}
	return l.parseFiles(ctx, r, pkgPath, i, i.GoFiles)
}

// parseFiles reads files of a package's folder as the package of a path.
func (l *Loader) parseFiles(ctx context.Context, r *resolver, pkgPath string, i *info, names []string) (*Package, error) {
	p := &Package{Path: pkgPath, Dir: i.dir, Module: i.module.String(), Local: i.local, info: i}
	if p.Local {
		p.Module = i.module.Path
		p.stamp = folderStamp(i.dir, nil) // before anything is read
	}
	stands, err := standInsFor(pkgPath)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		file := filepath.Join(i.dir, name)
		src, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		f, err := parser.ParseFile(l.fset, file, src, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, l.syntaxError(p, err)
		}
		p.Files = append(p.Files, f)
		p.odd = p.odd || bytes.Contains(src, []byte("//line ")) || bytes.Contains(src, []byte("/*line "))
	}
	more, err := l.bodies(p, stands)
	if err != nil {
		return nil, err
	}
	p.Files = append(p.Files, more...)
	if p.Embeds, err = l.embeds(p); err != nil {
		return nil, err
	}
	if p.Local {
		p.stamp += embedStamp(p.Embeds)
	} else {
		p.Statics = statics(p.Files)
		if l.late && !slices.ContainsFunc(names, func(n string) bool { return strings.HasSuffix(n, "_test.go") }) {
			setAside(p)
		}
	}
	for _, f := range p.Files {
		for _, spec := range f.Imports {
			path := importPath(spec)
			p.odd = p.odd || spec.Name != nil && spec.Name.Name == "."
			if path == "C" {
				return nil, fmt.Errorf("package %q cannot be used here: it needs cgo, and cells are run without a C compiler", pkgPath)
			}
			if !slices.Contains(p.allImports, path) {
				p.allImports = append(p.allImports, path)
			}
			if !r.fromStd(path) && !slices.Contains(p.imports, path) {
				p.imports = append(p.imports, path)
			}
		}
	}
	slices.Sort(p.imports)
	slices.Sort(p.allImports)
	return p, nil
}

func importPath(s *ast.ImportSpec) string { return strings.Trim(s.Path.Value, "\"`") }

func (l *Loader) syntaxError(p *Package, err error) error {
	var list scanner.ErrorList
	if errors.As(err, &list) && len(list) > 0 {
		e := list[0]
		return fmt.Errorf("package %q does not compile:\n\t%s:%d:%d: syntax error: %s", p.Path, l.session.short(e.Pos.Filename), e.Pos.Line, e.Pos.Column, e.Msg)
	}
	return fmt.Errorf("package %q: %w", p.Path, err)
}

// folderStamp changes when one of the Go files in a folder does, or one that is
// embedded, or what files there are.
func folderStamp(dir string, embeds []Embed) string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err.Error()
	}
	var files []string
	for _, e := range entries {
		if !e.IsDir() && !strings.HasSuffix(e.Name(), "_test.go") && (strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), ".s")) {
			files = append(files, filepath.Join(dir, e.Name()))
		}
	}
	return stampOf(files) + embedStamp(embeds)
}

func embedStamp(embeds []Embed) string {
	var files []string
	for _, e := range embeds {
		for _, f := range e.Files {
			files = append(files, filepath.Join(e.dir, filepath.FromSlash(f)))
		}
	}
	return stampOf(files)
}
