package modules

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"
)

// load finds, parses and checks a package with what it imports. Mu is held.
func (l *Loader) load(ctx context.Context, pkgPath string) (p *Package, err error) {
	r, err := l.resolver(ctx)
	if err != nil {
		return nil, err
	}
	if p := l.packages[pkgPath]; p != nil {
		return p, nil
	}
	if err := l.failed[pkgPath]; err != nil {
		return nil, err
	}
	defer func() {
		if err != nil && ctx.Err() == nil {
			l.failed[pkgPath] = err
		}
	}()
	if err := l.loadAll(ctx, r, pkgPath, map[string]*Package{}); err != nil {
		return nil, err
	}
	return l.packages[pkgPath], nil
}

// loadAll loads a package and what it imports. Todo may have the package already,
// parsed.
func (l *Loader) loadAll(ctx context.Context, r *resolver, pkgPath string, todo map[string]*Package) error {
	defer r.lookOnce()()
	level := []string{pkgPath}
	if p := todo[pkgPath]; p != nil {
		level = nil
		for _, path := range p.imports {
			if l.packages[path] == nil {
				level = append(level, path)
			}
		}
	}
	if err := l.discover(ctx, r, level, todo); err != nil {
		return err
	}
	order, err := sorted(todo)
	if err != nil {
		return err
	}
	if err := l.check(ctx, r, todo, order); err != nil {
		return err
	}
	for path, p := range todo {
		l.packages[path] = p
		l.known.Store(path, true)
	}
	return nil
}

// discover parses packages and, level by level, what they import and what is not
// loaded yet.
func (l *Loader) discover(ctx context.Context, r *resolver, level []string, todo map[string]*Package) error {
	importer := map[string]string{}
	for len(level) > 0 {
		list := make([]*Package, len(level))
		group, gctx := errgroup.WithContext(ctx)
		group.SetLimit(max(2, runtime.GOMAXPROCS(0)))
		for i, path := range level {
			if len(level) <= l.few {
				if list[i], _ = l.outlined(ctx, r, path); list[i] != nil {
					continue
				}
			}
			group.Go(func() (err error) {
				list[i], err = l.parse(gctx, r, path)
				if by := importer[path]; err != nil && by != "" && gctx.Err() == nil {
					err = imported(err, path, by)
				}
				return err
			})
		}
		if err := group.Wait(); err != nil {
			return err
		}
		level = nil
		for _, p := range list {
			todo[p.Path] = p
		}
		for _, p := range list {
			for _, path := range p.imports {
				if l.packages[path] == nil && todo[path] == nil && importer[path] == "" {
					importer[path] = p.Path
					level = append(level, path)
				}
			}
		}
	}
	return nil
}

// imported says who imports what could not be had.
func imported(err error, path, by string) error {
	var not *NotGotError
	if errors.As(err, &not) {
		return fmt.Errorf("package %q imports %q, which is not there\n\tput this line before the imports: %%get %s", by, path, path)
	}
	return fmt.Errorf("package %q imports %q: %w", by, path, err)
}

// sorted puts packages into an order in which each comes after those that it
// imports.
func sorted(todo map[string]*Package) ([]*Package, error) {
	var order []*Package
	state := map[string]int{}
	var stack []string
	var visit func(path string) error
	visit = func(path string) error {
		p := todo[path]
		if p == nil || state[path] == 2 {
			return nil
		}
		stack = append(stack, path)
		defer func() { stack = stack[:len(stack)-1] }()
		if state[path] == 1 {
			i := slices.Index(stack, path)
			return fmt.Errorf("import cycle: %s; one of these imports must go", strings.Join(stack[i:], " imports "))
		}
		state[path] = 1
		for _, imp := range p.imports {
			if err := visit(imp); err != nil {
				return err
			}
		}
		state[path] = 2
		order = append(order, p)
		return nil
	}
	for _, path := range slices.Sorted(maps.Keys(todo)) {
		if err := visit(path); err != nil {
			return nil, err
		}
	}
	return order, nil
}
