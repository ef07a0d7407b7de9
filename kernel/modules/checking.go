package modules

import (
	"context"
	"errors"
	"fmt"
	"go/types"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/gosched/gosched/kernel/modules/typedata"
	"github.com/gosched/gosched/kernel/stdlib"
)

// check type-checks packages, several at a time.
func (l *Loader) check(ctx context.Context, r *resolver, todo map[string]*Package, order []*Package) error {
	restored := l.restoreFew(ctx, r, todo, order)
	done := map[string]chan struct{}{}
	for path := range todo {
		if !restored[path] {
			done[path] = make(chan struct{})
		}
	}
	group, gctx := errgroup.WithContext(ctx)
	slots := make(chan struct{}, max(2, runtime.GOMAXPROCS(0)))
	for _, p := range order {
		if restored[p.Path] {
			continue
		}
		group.Go(func() error {
			for _, imp := range p.imports {
				if c := done[imp]; c != nil {
					select {
					case <-c:
					case <-gctx.Done():
						return gctx.Err()
					}
				}
			}
			slots <- struct{}{}
			defer func() { <-slots }()
			if gctx.Err() != nil {
				return gctx.Err()
			}
			if err := l.checkOne(gctx, r, p, todo); err != nil {
				return err
			}
			close(done[p.Path])
			return nil
		})
	}
	return group.Wait()
}

// fewKept is how many packages that have been kept are not worth other goroutines: to wake
// a processor takes as long as to read several back.
const fewKept = 16

// restoreFew makes packages of what is kept of them, if they are few, and returns which it
// has made.
func (l *Loader) restoreFew(ctx context.Context, r *resolver, todo map[string]*Package, order []*Package) map[string]bool {
	kept := 0
	for _, p := range order {
		if p.outline {
			kept++
		}
	}
	restored := map[string]bool{}
	if kept > l.few {
		return restored
	}
	for _, p := range order {
		waits := slices.ContainsFunc(p.imports, func(path string) bool { return todo[path] != nil && !restored[path] })
		if !p.outline || waits || ctx.Err() != nil {
			continue
		}
		p.key = l.typesKey(r, p, todo)
		if l.restore(p, l.others(r, l.imports(r, p, todo))) == nil {
			restored[p.Path] = true
		}
	}
	return restored
}

type importerFunc func(path string) (*types.Package, error)

func (f importerFunc) Import(path string) (*types.Package, error) { return f(path) }

// checkOne checks a package whose imports have been, unless what it declares has
// been kept.
func (l *Loader) checkOne(ctx context.Context, r *resolver, p *Package, todo map[string]*Package) error {
	imports := l.imports(r, p, todo)
	p.key = l.typesKey(r, p, todo)
	if p.outline {
		if l.restore(p, l.others(r, imports)) == nil {
			return nil
		}
		key, source := p.key, p.source
		parsed, err := l.parseSource(ctx, r, p.Path)
		if err != nil {
			return err
		}
		*p = *parsed
		p.key, p.source = key, source
	}
	if err := l.checkSource(p, imports); err != nil {
		return err
	}
	if p.key != "" {
		_ = l.keep(p, imports) // else the next session checks it as well
	}
	return nil
}

// imports is what a package imports others with.
func (l *Loader) imports(r *resolver, p *Package, todo map[string]*Package) typedata.Importer {
	return func(path string) (*types.Package, error) {
		if r.fromStd(path) {
			return l.std.Import(path)
		}
		if err := internalTo(strings.TrimSuffix(p.Path, "_test"), path); err != nil && slices.Contains(p.imports, path) {
			return nil, err
		}
		q := todo[path]
		if q == nil {
			q = l.packages[path]
		}
		if q == nil || q.Package == nil {
			return nil, fmt.Errorf("package %q has not been loaded", path)
		}
		if q.Package.Name() == "main" {
			return nil, fmt.Errorf("%q is a program, not an importable package", path)
		}
		return q.Package, nil
	}
}

func (l *Loader) checkSource(p *Package, imports typedata.Importer) error {
	l.checked.Add(1)
	p.Info = stdlib.NewInfo()
	if p.aside != nil {
		p.setLate(l)
	}
	var errs []types.Error
	conf := types.Config{
		GoVersion: "go" + p.info.goVer,
		Sizes:     types.SizesFor("gc", runtime.GOARCH),
		Importer:  importerFunc(imports),
		Error: func(err error) {
			var e types.Error
			if errors.As(err, &e) && !e.Soft {
				errs = append(errs, e)
			} else if errors.As(err, &e) && p.Local {
				errs = append(errs, e)
			}
		},
	}
	pkg, err := conf.Check(p.Path, l.fset, p.Files, p.Info)
	if len(errs) > 0 {
		return l.checkError(p, errs)
	}
	var soft types.Error
	if err != nil && (!errors.As(err, &soft) || !soft.Soft) {
		return err
	}
	p.Package = pkg
	return l.writeStatics(p)
}

// checkError words compile errors of a package: all of an own one's, the first
// of another's.
func (l *Loader) checkError(p *Package, errs []types.Error) error {
	const most = 10
	var b strings.Builder
	if !p.Local {
		e := errs[0]
		return fmt.Errorf("package %q of %s does not compile here: %s: %s", p.Path, p.Module, l.fset.Position(e.Pos), e.Msg)
	}
	fmt.Fprintf(&b, "package %q does not compile:", p.Path)
	for i, e := range errs {
		if i == most {
			fmt.Fprintf(&b, "\n\tand %d errors more", len(errs)-most)
			break
		}
		pos := l.fset.Position(e.Pos)
		fmt.Fprintf(&b, "\n\t%s:%d:%d: %s", l.session.short(pos.Filename), pos.Line, pos.Column, e.Msg)
	}
	return errors.New(b.String())
}

// short is a file's name as seen from the notebook, if it is near.
func (s *Session) short(file string) string {
	rel, err := filepath.Rel(s.dir, file)
	if err != nil || strings.HasPrefix(rel, filepath.Join("..", "..")) {
		return file
	}
	return rel
}
