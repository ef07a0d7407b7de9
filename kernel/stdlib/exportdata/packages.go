package exportdata

import (
	"fmt"
	"go/types"
	"slices"
	"strings"
	"sync"
)

// Packages are packages that belong together: each path is one *types.Package. They are
// safe for concurrent use.
type Packages struct {
	open func(path string) ([]byte, error)

	// While mu is held, no type is asked what it is: that reads it, which takes mu.
	mu       sync.Mutex
	packages map[string]*types.Package
	archives map[string]*archive
	later    []func()
	known    []types.Type // that have a number each
}

// New returns packages of which open returns the export data by their path.
func New(open func(path string) ([]byte, error)) *Packages {
	return &Packages{
		open: open, packages: map[string]*types.Package{"unsafe": types.Unsafe}, archives: map[string]*archive{}, known: predeclared(),
	}
}

// Get returns a package that is known, or nil.
func (p *Packages) Get(path string) *types.Package {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.packages[path]
}

// Refer returns the package of a path, of which no more than its name need be known.
func (p *Packages) Refer(path, name string) *types.Package {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.refer(path, name)
}

func (p *Packages) refer(path, name string) *types.Package {
	pkg := p.packages[path]
	if pkg == nil {
		pkg = types.NewPackage(path, name)
		p.packages[path] = pkg
	}
	return pkg
}

// Read makes a package complete. One package is read at a time.
func (p *Packages) Read(path string) (pkg *types.Package, err error) {
	defer func() {
		if r := recover(); r != nil {
			pkg, err = nil, fmt.Errorf("export data cannot be read: %v", r)
		}
	}()
	p.undisturbed(func() {
		a := p.archive(path)
		pkg = a.packages[0].Package
		if pkg.Complete() {
			return
		}
		for name, at := range a.names(pkg) {
			if !strings.Contains(name, ".") { // a type parameter
				a.declareAt(pkg, name, at)
			}
		}
		var imports []*types.Package
		for _, q := range a.packages[1:] {
			imports = append(imports, q.Package)
		}
		slices.SortFunc(imports, func(a, b *types.Package) int { return strings.Compare(a.Path(), b.Path()) })
		pkg.SetImports(imports)
	})
	pkg.MarkComplete()
	return pkg, nil
}

// Named returns a type of a package by its name, without reading anything. It is
// neither an alias nor generic.
func (p *Packages) Named(pkg *types.Package, name string) (t types.Type, err error) {
	defer func() {
		if r := recover(); r != nil {
			t, err = nil, fmt.Errorf("export data of package %q cannot be read: %v", pkg.Path(), r)
		}
	}()
	p.undisturbed(func() {
		obj := pkg.Scope().Lookup(name)
		if obj == nil {
			obj = p.named(pkg, name, func() *decoder {
				a := p.archive(pkg.Path())
				at, ok := a.find(pkg, name)
				if !ok {
					panic(fmt.Sprintf("there is no type %s.%s", pkg.Path(), name))
				}
				d := a.declaration(at)
				d.tag()
				return d
			})
		}
		t = obj.Type()
	})
	return t, nil
}

// undisturbed reads, and then does what has to ask types what they are.
func (p *Packages) undisturbed(read func()) {
	for _, do := range p.reading(read) {
		do()
	}
}

func (p *Packages) reading(read func()) (later []func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer func() { later, p.later = p.later, nil }()
	read()
	return nil
}

// predeclared are types by the numbers that they have in export data.
func predeclared() []types.Type {
	universe := func(name string) types.Type { return types.Universe.Lookup(name).Type() }
	var list []types.Type
	for kind := types.Bool; kind <= types.Complex128; kind++ {
		list = append(list, types.Typ[kind])
	}
	list = append(list, types.Typ[types.String], universe("byte"), universe("rune"), universe("error"))
	for kind := types.UntypedBool; kind <= types.UntypedNil; kind++ {
		list = append(list, types.Typ[kind])
	}
	return append(list, types.Typ[types.UnsafePointer], types.Typ[types.Invalid], nil, universe("comparable"), universe("any"))
}
