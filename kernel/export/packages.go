package export

import (
	"context"
	"errors"
	"fmt"
	"go/token"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	check "github.com/gosched/gosched/kernel/checks"
	"github.com/gosched/gosched/kernel/display"
	"github.com/gosched/gosched/kernel/facade"
	"github.com/gosched/gosched/kernel/modules"
	"github.com/gosched/gosched/kernel/stdlib"
	"github.com/gosched/gosched/kernel/widgets"
)

// packages is what cells can import.
type packages struct {
	fset    *token.FileSet // of packages that are run from source
	std     *stdlib.Importer
	session *modules.Session
	loader  *modules.Loader
	own     map[string]*facade.Package // there in notebooks only
	made    map[string]*types.Package
	ctx     context.Context
}

func openPackages(o Options) (*packages, error) {
	env, err := modules.ReadEnv()
	if err != nil {
		return nil, err
	}
	fset := token.NewFileSet()
	p := &packages{fset: fset, std: stdlib.NewImporter(fset), ctx: context.Background(), own: map[string]*facade.Package{}, made: map[string]*types.Package{}}
	for _, own := range []*facade.Package{display.Package(), widgets.Package(), check.Package()} {
		p.own[own.Path] = own
	}
	p.session = modules.Open(o.Dir, stdlib.GoVersion, env)
	p.loader = modules.NewLoader(fset, p.session, p.std)
	return p, nil
}

// get downloads the modules that the cells ask for.
func (p *packages) get(ctx context.Context, states []*state, o Options) error {
	p.ctx = ctx
	var queries []modules.Query
	for _, s := range states {
		if s.LeftOut != "" {
			continue
		}
		for line := range strings.Lines(s.Source) {
			words := strings.Fields(line)
			if len(words) < 2 || words[0] != "%get" {
				continue
			}
			for _, w := range words[1:] {
				if strings.HasPrefix(w, "-") || w == "on" || w == "off" {
					continue
				}
				q, err := modules.ParseQuery(w)
				if err != nil {
					return fmt.Errorf("cell %d: %w", s.Number, err)
				}
				queries = append(queries, q)
			}
		}
	}
	if len(queries) == 0 {
		return nil
	}
	_, err := p.session.Get(ctx, queries, o.Progress)
	return err
}

// Import implements [types.Importer].
func (p *packages) Import(path string) (*types.Package, error) {
	if own := p.own[path]; own != nil {
		if p.made[path] == nil {
			pkg, err := own.Declare(p.fset, p.std)
			if err != nil {
				return nil, err
			}
			p.made[path] = pkg
		}
		return p.made[path], nil
	}
	if stdlib.Has(path) && !strings.Contains(path, ".") || path == "C" || path == "" {
		return p.std.Import(path)
	}
	if p.loader.Has(p.ctx, path) {
		return p.loader.Import(p.ctx, path)
	}
	return p.std.Import(path)
}

// resolve finds the package that a name means which nobody has imported.
func (p *packages) resolve(name string, symbols []string) (path string, ok bool) {
	for path, own := range p.own {
		if own.Name == name {
			return path, true
		}
	}
	return stdlib.Resolve(name, symbols)
}

// addModule adds the go.mod of a program, and its go.sum.
func (p *packages) addModule(ctx context.Context, m *Module, o Options) error {
	imports, err := importsOf(m)
	if err != nil {
		return err
	}
	goMod, goSum, err := p.session.ModuleOf(ctx, o.Module, "The notebook "+o.Notebook+" as a program, "+written, o.Out, imports)
	if err != nil {
		return err
	}
	m.Files["go.mod"] = goMod
	if len(goSum) > 0 {
		m.Files["go.sum"] = goSum
	}
	return nil
}

// Write writes the module's files to a folder. A file that is there already and
// was not written by an export stays, and nothing is written.
func (m *Module) Write(dir string) error {
	var stale []string // of an export before
	for _, name := range []string{"main.go", "main_test.go", "show.go", "rest.go", "fail.go", "display/display.go", "go.mod"} {
		old, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		switch {
		case errors.Is(err, os.ErrNotExist):
		case err != nil:
			return err
		case strings.Contains(string(old[:min(len(old), 400)]), written):
			if m.Files[name] == nil {
				stale = append(stale, name)
			}
		case m.Files[name] != nil:
			return fmt.Errorf("%s is there already, and gosched export has not written it; choose another folder, or move it away", filepath.Join(dir, name))
		}
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	for _, name := range stale {
		if err := os.Remove(filepath.Join(dir, filepath.FromSlash(name))); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(m.Files)) {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(file, m.Files[name], 0o666); err != nil {
			return err
		}
	}
	return nil
}
