package modules

import (
	"context"
	"fmt"
	"go/ast"
	"go/doc"
	"go/types"
	"maps"
	"slices"
	"strings"
)

// Tests are the test files of a package, type-checked.
type Tests struct {
	Package *Package // with its own test files
	Outside *Package // of the package whose name ends in _test; may be nil
	Dir     string   // in which the tests are to be run
}

// Tests loads a package together with its tests. From then on the package that is
// imported is the one with its tests in it; those that import it are loaded anew.
func (l *Loader) Tests(ctx context.Context, pkgPath string) (*Tests, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r, err := l.resolver(ctx)
	if err != nil {
		return nil, err
	}
	i, err := r.info(ctx, pkgPath)
	if err != nil {
		return nil, err
	}
	if len(i.TestGoFiles)+len(i.XTestGoFiles) == 0 {
		return nil, fmt.Errorf("package %q has no tests", pkgPath)
	}
	outsidePath := pkgPath + "_test"
	had := maps.Clone(l.packages)
	l.forget(func(p *Package) bool { return p.Path == pkgPath || p.Path == outsidePath })
	clear(l.failed)
	t := &Tests{Dir: i.dir}
	err = func() error {
		p, err := l.parseFiles(ctx, r, pkgPath, i, slices.Concat(i.GoFiles, i.TestGoFiles))
		if err != nil {
			return err
		}
		p.tests = true
		if err := l.loadAll(ctx, r, pkgPath, map[string]*Package{pkgPath: p}); err != nil {
			return err
		}
		t.Package = p
		if len(i.XTestGoFiles) == 0 {
			return nil
		}
		x, err := l.parseFiles(ctx, r, outsidePath, i, i.XTestGoFiles)
		if err != nil {
			return err
		}
		t.Outside = x
		return l.loadAll(ctx, r, outsidePath, map[string]*Package{outsidePath: x})
	}()
	if err != nil {
		l.packages = had
		return nil, err
	}
	return t, nil
}

// Functions lists the functions of both packages that have no receiver, in the
// order of their files.
func (t *Tests) Functions() []*types.Func {
	var list []*types.Func
	for _, p := range []*Package{t.Package, t.Outside} {
		if p == nil {
			continue
		}
		for _, f := range p.Files {
			for _, d := range f.Decls {
				if fd, ok := d.(*ast.FuncDecl); ok && fd.Recv == nil {
					if fn, ok := p.Info.Defs[fd.Name].(*types.Func); ok {
						list = append(list, fn)
					}
				}
			}
		}
	}
	return list
}

// Examples are those that say what they print, by the name of their function.
func (t *Tests) Examples() map[string]*doc.Example {
	list := map[string]*doc.Example{}
	for _, p := range []*Package{t.Package, t.Outside} {
		if p == nil {
			continue
		}
		for _, x := range doc.Examples(p.Files...) {
			if x.Output != "" || x.EmptyOutput {
				list["Example"+x.Name] = x
			}
		}
	}
	return list
}

// PackagePath is the import path that a word means: a path, or a folder below the
// notebook's such as ./shapes.
func (s *Session) PackagePath(word string) string {
	if word != "." && !strings.HasPrefix(word, "./") && !strings.HasPrefix(word, "../") {
		return word
	}
	base := s.cellPath()
	for elem := range strings.SplitSeq(word, "/") {
		switch elem {
		case ".", "":
		case "..":
			base = base[:max(0, strings.LastIndexByte(base, '/'))]
		default:
			base += "/" + elem
		}
	}
	return base
}
