package modules

import (
	"context"
	"fmt"
	"go/token"
	"go/types"
	"sync"
	"sync/atomic"

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
	few     int          // fewKept, but in tests

	referred sync.Map // *types.Package → true, see refers

	mu       sync.Mutex
	packages map[string]*Package
	failed   map[string]error // until something changes
	lost     map[string]*lost // packages that have been loaded, and not since they changed
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
	odd        bool    // it has what cannot be kept
	outline    bool    // no more is known than what it imports
	apart      *aparts // like aside, of a package that has been kept
}

// NewLoader returns a loader that has loaded nothing. Packages that are not in
// modules come from std.
func NewLoader(fset *token.FileSet, s *Session, std types.Importer) *Loader {
	return &Loader{fset: fset, session: s, std: std, few: fewKept, packages: map[string]*Package{}, failed: map[string]error{}, lost: map[string]*lost{}}
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
