package stdlib

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"runtime"
	"slices"
	"sync"

	"github.com/gosched/gosched/kernel/stdlib/exportdata"
)

// An Importer gives go/types the packages that cells can import. All packages
// that one importer gives out belong together: each path is one
// *types.Package, however it is reached. It is safe for concurrent use.
type Importer struct {
	fset     *token.FileSet
	packages *exportdata.Packages // complete ones, and those only referred to

	mu          sync.Mutex
	sources     map[string]*Source
	iterStarted bool
}

// A Source is a package that is run from source, type-checked.
type Source struct {
	Package *types.Package
	Files   []*ast.File
	Info    *types.Info
	// Body checks the body of a function that Files have without, and returns it as a
	// package of its own, or nil. It is nil where Files have all.
	Body func(*types.Func) (*Source, error)
	// Late reports whether Body has a body for a function. It is there where Body is.
	Late func(*types.Func) bool
	// Fill puts the body of a generic function that Files have without into Files and
	// Info, and reports whether it did. It must not run while either is read.
	Fill func(*types.Func) (bool, error)
	// Uses lists the compiled packages that code of Files refers to. Others that the
	// package imports need not have been read. It is nil where that is to be found out
	// from what the package imports.
	Uses func() []*types.Package
}

// NewImporter returns an importer that has nothing imported yet. Positions in
// source packages are recorded in fset; compiled packages have none.
func NewImporter(fset *token.FileSet) *Importer {
	return &Importer{
		fset:     fset,
		packages: exportdata.New(exportData),
		sources:  make(map[string]*Source),
	}
}

// Import implements [types.Importer]. Its error says what can be imported.
func (imp *Importer) Import(path string) (*types.Package, error) {
	if !Has(path) && !IsShadow(path) {
		return nil, &UnknownPackageError{Path: path}
	}
	imp.mu.Lock()
	defer imp.mu.Unlock()
	return imp.load(path)
}

// Compiled reports whether a package is compiled into this program, with its type data
// beside it.
func Compiled(path string) bool { return Has(path) && entries()[typesEntry+path] != nil }

// Waits reports whether a package may be imported, and run, when code that names it is:
// compiled ones, and those from source that have nothing to initialise.
func Waits(path string) bool { return Compiled(path) || slices.Contains(idle, path) }

// idle are packages run from source without variables, which import such packages and
// compiled ones.
var idle = []string{"cmp", "iter", "maps", "slices"}

// Refer returns the package that Import does. Of one that [Waits] no more need be known
// than its name until somebody imports it.
func (imp *Importer) Refer(path string) (*types.Package, error) {
	if !Waits(path) {
		return imp.Import(path)
	}
	return imp.packages.Refer(path, Name(path)), nil
}

// Named returns a type of a package that Refer has returned, by its name. It is neither
// an alias nor generic. Of a compiled package nothing is read before somebody asks what
// it is.
func (imp *Importer) Named(pkg *types.Package, name string) (types.Type, error) {
	if !Compiled(pkg.Path()) {
		if _, err := imp.Import(pkg.Path()); err != nil {
			return nil, err
		}
		obj := pkg.Scope().Lookup(name)
		if obj == nil {
			return nil, fmt.Errorf("there is no type %s.%s", pkg.Path(), name)
		}
		return obj.Type(), nil
	}
	return imp.packages.Named(pkg, name)
}

// ImportFrom implements [types.ImporterFrom]. What can be imported does not
// depend on the folder.
func (imp *Importer) ImportFrom(path, _ string, _ types.ImportMode) (*types.Package, error) {
	return imp.Import(path)
}

// Source returns a package that is run from source: the same *types.Package
// that Import returns for it, with its syntax. It is nil with no error for a
// package that is compiled.
func (imp *Importer) Source(path string) (*Source, error) {
	if _, err := imp.Import(path); err != nil {
		return nil, err
	}
	imp.mu.Lock()
	defer imp.mu.Unlock()
	return imp.sources[path], nil
}

// load imports path. The lock is held.
func (imp *Importer) load(path string) (*types.Package, error) {
	if pkg := imp.packages.Get(path); pkg != nil && pkg.Complete() {
		return pkg, nil
	}
	has := entries()[typesEntry+path] != nil
	if !has && Sources(path) == nil {
		f, err := entry(typesEntry + path)
		if err != nil {
			return nil, fmt.Errorf("package %q: %w", path, err)
		}
		has = f != nil
	}
	if !has {
		imp.iterStarted = imp.iterStarted || path == "iter"
		return imp.check(path)
	}
	// Export data of compiled packages refers to the types of iter. They must
	// be the ones from source, so those have to be there first; what iter
	// itself imports cannot refer to it.
	if !imp.iterStarted {
		imp.iterStarted = true
		if _, err := imp.load("iter"); err != nil {
			return nil, err
		}
	}
	pkg, err := imp.packages.Read(path)
	if err != nil {
		return nil, fmt.Errorf("type data of package %q: %w", path, err)
	}
	return pkg, nil
}

// exportData is the type data of a compiled package.
func exportData(path string) ([]byte, error) {
	f, err := entry(typesEntry + path)
	if err != nil {
		return nil, err
	}
	if f == nil {
		return nil, &UnknownPackageError{Path: path}
	}
	return readEntry(f)
}

// NewInfo is empty, and has all that building SSA from what is checked needs, and the
// scopes.
func NewInfo() *types.Info {
	info := NewInfoOf(0)
	info.Scopes = make(map[ast.Node]*types.Scope)
	return info
}

// NewInfoOf is without scopes, and has room for what is said of so many bytes of
// statements: there is an expression in every eight bytes or so, and a name in twelve.
func NewInfoOf(size int) *types.Info {
	return &types.Info{
		Types:        make(map[ast.Expr]types.TypeAndValue, size/8),
		Defs:         make(map[*ast.Ident]types.Object),
		Uses:         make(map[*ast.Ident]types.Object, size/12),
		Implicits:    make(map[ast.Node]types.Object),
		Instances:    make(map[*ast.Ident]types.Instance),
		Selections:   make(map[*ast.SelectorExpr]*types.Selection),
		FileVersions: make(map[*ast.File]string),
	}
}

// check type-checks a package that is run from source. The lock is held.
func (imp *Importer) check(path string) (*types.Package, error) {
	sources := Sources(path)
	if sources == nil {
		return nil, &UnknownPackageError{Path: path}
	}
	src := &Source{Info: NewInfo()}
	asides := map[string]*aside{}
	for _, name := range slices.Sorted(maps.Keys(sources)) {
		shown := path + "/" + displayName(name)
		f, err := parser.ParseFile(imp.fset, shown, setAside(shown, sources[name], asides), parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("source of package %q: %w", path, err)
		}
		src.Files = append(src.Files, f)
	}
	var first firstError
	conf := types.Config{
		GoVersion: languageVersion(path),
		Importer:  loader{imp},
		Sizes:     types.SizesFor("gc", runtime.GOARCH),
		Error:     first.add,
	}
	pkg := imp.packages.Refer(path, src.Files[0].Name.Name)
	_ = types.NewChecker(&conf, imp.fset, pkg, src.Info).Files(src.Files) // its error is told to first
	if first.err != nil {
		return nil, fmt.Errorf("source of package %q: %w", path, first.err)
	}
	src.Package = pkg
	if len(asides) > 0 {
		declare(src.Files, asides)
		src.Fill = func(fn *types.Func) (bool, error) { return imp.fill(src, asides, fn) }
	}
	imp.sources[path] = src
	return pkg, nil
}

// loader imports for source packages, while the lock is held. They may import
// what cells may not.
type loader struct{ imp *Importer }

func (l loader) Import(path string) (*types.Package, error) { return l.imp.load(path) }
