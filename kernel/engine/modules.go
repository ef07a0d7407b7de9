package engine

import (
	"context"
	"errors"
	"fmt"
	"go/token"
	"go/types"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/modules"
	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/session"
	"github.com/gosched/gosched/kernel/stdlib"
)

// moduleSet is what a session has of modules.
type moduleSet struct {
	session *modules.Session
	loader  *modules.Loader
	err     error // why there are none

	mu     sync.Mutex
	ctx    context.Context // of the cell that is being prepared
	auto   bool            // what cells import is got
	emit   func(session.Event)
	before func() // is called before packages are loaded that have never been; may be nil
}

func (m *moduleSet) setBefore(f func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.before = f
}

func (m *moduleSet) setAuto(on bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.auto = on
}

// openModules finds the modules of a notebook's folder. Nothing is downloaded.
func openModules(dir string, fset *token.FileSet, std types.Importer) *moduleSet {
	auto := os.Getenv(autoVariable)
	m := &moduleSet{ctx: context.Background(), auto: auto != "" && auto != "0"}
	if dir == "" {
		var err error
		if dir, err = os.Getwd(); err != nil {
			m.err = err
			return m
		}
	}
	env, err := modules.ReadEnv()
	if err != nil {
		m.err = err
		return m
	}
	m.session = modules.Open(dir, stdlib.GoVersion, env)
	m.loader = modules.NewLoader(fset, m.session, std)
	return m
}

func (m *moduleSet) context() context.Context {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.ctx
}

// has reports whether a package is to be loaded from a module.
func (m *moduleSet) has(path string) bool {
	if stdlib.Has(path) && !strings.Contains(path, ".") || stdlib.IsShadow(path) || path == "" || path == "C" {
		return false
	}
	if m.loader == nil {
		return !stdlib.Has(path) && strings.Contains(path, ".")
	}
	return m.loader.Has(m.context(), path)
}

func (m *moduleSet) load(path string) (*types.Package, error) {
	if m.loader == nil {
		return nil, fmt.Errorf("package %q cannot be loaded: %w", path, m.err)
	}
	m.mu.Lock()
	before := m.before
	m.mu.Unlock()
	if before != nil && !m.loader.Loaded(path) {
		before()
	}
	pkg, err := m.loader.Import(m.context(), path)
	var missing *modules.NotGotError
	m.mu.Lock()
	auto, emit := m.auto, m.emit
	m.mu.Unlock()
	if errors.As(err, &missing) && ofOtherKernel(path) {
		return nil, fmt.Errorf("package %q belongs to another kernel\n\tleave this import out: package display is here without one, as in display.HTML(`<b>text</b>`)", path)
	}
	if !auto || emit == nil || !errors.As(err, &missing) {
		return pkg, err
	}
	if err := m.get(m.context(), []string{missing.Path}, emit); err != nil {
		return nil, err
	}
	return m.loader.Import(m.context(), path)
}

// ofOtherKernel reports whether a package is what cells of gonb or gophernotes talk to
// their kernel with, which says nothing to this one.
func ofOtherKernel(path string) bool {
	return path == "github.com/gopherdata/gophernotes" || path == "github.com/janpfeifer/gonb" || strings.HasPrefix(path, "github.com/janpfeifer/gonb/gonbui")
}

// loaded reports whether a package of this path has been loaded from a module.
func (m *moduleSet) loaded(path string) bool {
	return m.loader != nil && m.loader.Loaded(path)
}

// source returns the source of a package of a module, or nil.
func (m *moduleSet) source(pkg *types.Package) *stdlib.Source {
	if m.loader == nil {
		return nil
	}
	if p := m.loader.Of(pkg); p != nil {
		return &p.Source
	}
	return nil
}

// refreshModules has the next cell see files of modules as they are now, and says
// so. What uses them is built again.
func (e *Engine) refreshModules(ctx context.Context, exec *sched.Execution) {
	m := e.modules
	if m.loader == nil {
		return
	}
	m.mu.Lock()
	m.ctx, m.emit = ctx, exec.Emit
	m.mu.Unlock()
	changed, dependent := m.loader.Refresh(ctx)
	if stale := append(slices.Clone(changed), dependent...); len(stale) > 0 {
		e.session.Stale(stale)
	}
	if len(changed) > 0 {
		exec.Emit(session.Stream{Name: session.Stderr, Text: "note: " + reloaded(changed) + "\n"})
	}
}

// pacing has garbage collected less often while packages of modules are loaded that
// have never been, and after that until the end or the first collection.
func (e *Engine) pacing() (end func()) {
	x, ok := e.executor.(pacer)
	if !ok {
		return func() {}
	}
	e.modules.setBefore(x.Pace().Relax)
	return func() {
		e.modules.setBefore(nil)
		x.Pace().End()
	}
}

func reloaded(paths []string) string {
	if len(paths) == 1 {
		return paths[0] + " has changed, so it is loaded anew, with what uses it"
	}
	return strings.Join(paths, ", ") + " have changed, so they are loaded anew, with what uses them"
}

// initialise initialises packages run from source that have not been. One that
// fails is tried again by the next cell, and what comes after it, too.
func (e *Engine) initialise(g *sched.G) {
	for {
		e.mu.Lock()
		var next *ssa.Package
		if len(e.uninitialised) > 0 {
			next = e.uninitialised[0]
		}
		e.mu.Unlock()
		if next == nil {
			return
		}
		e.fillVariables(next)
		for _, imp := range next.Pkg.Imports() {
			stdlib.Imported(imp.Path())
		}
		e.executor.Call(g, next.Func("init"))
		e.mu.Lock()
		if len(e.uninitialised) > 0 && e.uninitialised[0] == next {
			e.uninitialised = e.uninitialised[1:]
		}
		e.mu.Unlock()
	}
}

// fillVariables puts into variables of a package what //go:embed names, and what is
// data.
func (e *Engine) fillVariables(pkg *ssa.Package) {
	if e.modules.loader == nil {
		return
	}
	p := e.modules.loader.Of(pkg.Pkg)
	if p == nil {
		return
	}
	fill := func(name string, set func(reflect.Value) error) {
		if v := pkg.Var(name); v != nil {
			if err := e.executor.Fill(v, set); err != nil {
				panic(fmt.Sprintf("package %s: %v", p.Path, err))
			}
		}
	}
	for _, em := range p.Embeds {
		fill(em.Var, em.Fill)
		if v := pkg.Var(em.Var); v != nil && p.Local { // its files are those of now
			if _, err := e.executor.Value(v); err != nil {
				panic(fmt.Sprintf("package %s: %v", p.Path, err))
			}
		}
	}
	var typeOf func(types.Type) (reflect.Type, error)
	if x, ok := e.executor.(typer); ok {
		typeOf = x.TypeOf
	}
	for _, s := range p.Statics {
		fill(s.Var, func(v reflect.Value) error { return s.Fill(v, typeOf) })
	}
}
