package engine

import (
	"context"
	"sync"

	"github.com/gosched/gosched/kernel/assist"
	"github.com/gosched/gosched/kernel/stdlib"
)

// importable lists what cells can import.
var importable = sync.OnceValue(func() []assist.Package {
	var list []assist.Package
	for _, p := range ownPackageList() {
		list = append(list, assist.Package{Path: p.Path, Name: p.Name})
	}
	for _, path := range stdlib.Packages() {
		list = append(list, assist.Package{Path: path, Name: stdlib.Name(path)})
	}
	return list
})

// importable lists what cells can import from modules. Where they cannot be listed,
// an import says why.
func (m *moduleSet) importable(ctx context.Context) (list []assist.Package) {
	if m.session == nil {
		return nil
	}
	packages, err := m.session.Packages(ctx)
	if err != nil {
		return nil
	}
	for _, p := range packages {
		list = append(list, assist.Package{Path: p.Path, Name: p.Name})
	}
	return list
}

// packageNames lists what the packages that cells can import are called.
func packageNames() []string {
	list := importable()
	names := make([]string, len(list))
	for i, p := range list {
		names[i] = p.Name
	}
	return names
}

// resolve finds the package that a name means which nobody has imported.
func resolve(name string, symbols []string) (path string, ok bool) {
	for _, p := range ownPackageList() {
		if p.Name == name {
			return p.Path, true
		}
	}
	return stdlib.Resolve(name, symbols)
}
