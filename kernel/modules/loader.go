package modules

import (
	"context"
	"errors"
	"fmt"
	"go/token"
	"go/types"
	"maps"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/gosched/gosched/kernel/modules/typedata"
	"github.com/gosched/gosched/kernel/stdlib"
)

// A Loader type-checks packages of a session's modules from source. Each is
// loaded once, with what it imports, until its files or its version change. It is safe for
// concurrent use.
type Loader struct {
	fset    *token.FileSet
	session *Session
	std     types.Importer
	late    bool         // see CheckLate
	store   *store       // see Keep
	checked atomic.Int32 // packages, from their sources

	mu       sync.Mutex
	packages map[string]*Package
	failed   map[string]error // until something changes
	res      *resolver
	selected map[string]string // for which packages were loaded

	known sync.Map // import path → true, of packages ever loaded
}

// A Package is one that is run from source, type-checked.
type Package struct {
	stdlib.Source
	Path   string
	Dir    string
	Module string // path@version, or the path of a main module
	Local  bool   // its files may change
	// What is in variables before the package is initialised.
	Embeds  []Embed
	Statics []Static

	tests   bool // the package's own test files are part of it
	info    *info
	imports []string            // those that are loaded from source, too
	stamp   string              // of its files, where they may change
	aside   map[token.Pos]aside // functions by the place of their names, see setAside

	// Of what is kept from session to session, see Keep.
	source     string // its key
	key        string // of its types
	allImports []string
	odd        bool                // it has what cannot be kept
	outline    bool                // no more is known than what it imports
	apart      map[token.Pos]apart // like aside, of a package that has been kept
}

// NewLoader returns a loader that has loaded nothing. Packages that are not in
// modules come from std.
func NewLoader(fset *token.FileSet, s *Session, std types.Importer) *Loader {
	return &Loader{fset: fset, session: s, std: std, packages: map[string]*Package{}, failed: map[string]error{}}
}

// Has reports whether a package is the loader's to import: whether its path is
// that of a module, and not one of the kernel's own packages that no module of
// the session has.
func (l *Loader) Has(ctx context.Context, pkgPath string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	r, err := l.resolver(ctx)
	if err != nil {
		return !isStd(pkgPath)
	}
	return !r.fromStd(pkgPath)
}

// Loaded reports whether a package of a path has ever been loaded from a module.
func (l *Loader) Loaded(pkgPath string) bool {
	_, ok := l.known.Load(pkgPath)
	return ok
}

// resolver finds packages in the build list as it is now. Where that has
// changed, packages are forgotten that would be others now. Mu is held.
func (l *Loader) resolver(ctx context.Context) (*resolver, error) {
	selected, err := l.session.list(ctx)
	if err != nil {
		return nil, err
	}
	l.session.mu.Lock()
	w, g := l.session.work, l.session.graph
	l.session.mu.Unlock()
	if l.res != nil && l.res.w == w && maps.Equal(selected, l.selected) {
		return l.res, nil
	}
	l.res = &resolver{s: l.session, w: w, g: g}
	l.res.reset(selected)
	l.selected = maps.Clone(selected)
	clear(l.failed)
	l.forget(func(p *Package) bool {
		f, err := l.res.find(ctx, p.Path)
		return err != nil || f.dir != p.Dir || !f.local && f.module.String() != p.Module
	})
	return l.res, nil
}

// forget drops packages and those that import them, and returns their paths.
func (l *Loader) forget(stale func(*Package) bool) []string {
	gone := map[string]bool{}
	for path, p := range l.packages {
		if stale(p) {
			gone[path] = true
		}
	}
	for n := -1; n != len(gone); {
		n = len(gone)
		for path, p := range l.packages {
			if slices.ContainsFunc(p.imports, func(i string) bool { return gone[i] }) {
				gone[path] = true
			}
		}
	}
	for path := range gone {
		delete(l.packages, path)
	}
	return slices.Sorted(maps.Keys(gone))
}

// Refresh looks for changes of go.mod and of the files of packages that are not
// in the module cache. It returns the paths of loaded packages that will be
// loaded anew: those whose own files have changed, and those that import them.
func (l *Loader) Refresh(ctx context.Context) (changed, dependent []string) {
	l.session.Refresh()
	l.mu.Lock()
	defer l.mu.Unlock()
	before := slices.Collect(maps.Keys(l.packages))
	own := map[string]bool{}
	stale := l.forget(func(p *Package) bool {
		own[p.Path] = p.Local && folderStamp(p.Dir) != p.stamp
		return own[p.Path]
	})
	clear(l.failed)
	if l.res != nil {
		l.res.mu.Lock()
		for path, i := range l.res.infos {
			if i.local {
				delete(l.res.infos, path)
			}
		}
		l.res.mu.Unlock()
	}
	_, _ = l.resolver(ctx) // what is wrong is told when something is imported
	for _, path := range stale {
		if own[path] {
			changed = append(changed, path)
		}
	}
	for _, path := range before {
		if l.packages[path] == nil && !own[path] {
			dependent = append(dependent, path)
		}
	}
	slices.Sort(dependent)
	return changed, dependent
}

// Of returns the package whose types these are, or nil. One that has been
// loaded anew since is another.
func (l *Loader) Of(pkg *types.Package) *Package {
	l.mu.Lock()
	defer l.mu.Unlock()
	if p := l.packages[pkg.Path()]; p != nil && p.Package == pkg {
		return p
	}
	return nil
}

// Names lists the packages that are loaded: their names by import path.
func (l *Loader) Names() map[string]string {
	l.mu.Lock()
	defer l.mu.Unlock()
	names := map[string]string{}
	for path, p := range l.packages {
		names[path] = p.Package.Name()
	}
	return names
}

// Import loads a package for a cell. Its error says what to do.
func (l *Loader) Import(ctx context.Context, pkgPath string) (*types.Package, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.mayImport(pkgPath); err != nil {
		return nil, err
	}
	p, err := l.load(ctx, pkgPath)
	if err != nil {
		return nil, err
	}
	if p.Package.Name() == "main" {
		return nil, fmt.Errorf("package %q is a program, which cannot be imported", pkgPath)
	}
	return p.Package, nil
}

// mayImport holds a cell to the rule of internal packages: a cell is as if it lay
// in the notebook's folder.
func (l *Loader) mayImport(pkgPath string) error {
	return internalTo(l.session.cellPath(), pkgPath)
}

// cellPath is the import path that the notebook's folder has.
func (s *Session) cellPath() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.work.mains) == 0 {
		return "main"
	}
	m := s.nearest()
	rel, err := filepath.Rel(m.dir, s.dir)
	if err != nil || rel == "." {
		return m.path
	}
	return m.path + "/" + filepath.ToSlash(rel)
}

// internalTo refuses an import of an internal package from outside of the folder
// in which it is internal.
func internalTo(importer, pkgPath string) error {
	elems := strings.Split(pkgPath, "/")
	i := len(elems) - 1
	for ; i >= 0 && elems[i] != "internal"; i-- {
	}
	if i < 0 {
		return nil
	}
	parent := strings.Join(elems[:i], "/")
	if _, ok := under(importer, parent); ok || parent == "" {
		return nil
	}
	return fmt.Errorf("package %q is internal: only packages in %s can import it", pkgPath, parent)
}

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
			return fmt.Errorf("import cycle: %s", strings.Join(stack[i:], " imports "))
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

// check type-checks packages, several at a time.
func (l *Loader) check(ctx context.Context, r *resolver, todo map[string]*Package, order []*Package) error {
	done := map[string]chan struct{}{}
	for path := range todo {
		done[path] = make(chan struct{})
	}
	group, gctx := errgroup.WithContext(ctx)
	slots := make(chan struct{}, max(2, runtime.GOMAXPROCS(0)))
	for _, p := range order {
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

type importerFunc func(path string) (*types.Package, error)

func (f importerFunc) Import(path string) (*types.Package, error) { return f(path) }

// checkOne checks a package whose imports have been, unless what it declares has
// been kept.
func (l *Loader) checkOne(ctx context.Context, r *resolver, p *Package, todo map[string]*Package) error {
	imports := l.imports(r, p, todo)
	p.key = l.typesKey(r, p, todo)
	if p.outline {
		if l.restore(p, imports) == nil {
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
		p.Body = func(fn *types.Func) (*stdlib.Source, error) { return l.body(p, fn) }
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
