package vet

import (
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"math"
	"reflect"
	"slices"

	"golang.org/x/tools/go/analysis"
)

// A Package is a type-checked package of one file.
type Package struct {
	Fset  *token.FileSet
	File  *ast.File
	Types *types.Package
	Info  *types.Info
	Sizes types.Sizes
	// Body, if not nil, is the function of File whose statements set package
	// variables at the positions where those are declared. A later package
	// may use them.
	Body *ast.FuncDecl
}

// A Warning is one finding.
type Warning struct {
	Analyzer string // such as "copylocks"
	Pos      token.Pos
	Message  string
}

// A Vetter remembers of each package what later ones need to know, such as
// which functions hand their arguments on to fmt.Printf. It is not safe for
// concurrent use.
type Vetter struct {
	suite []rule
	facts map[factKey]analysis.Fact
}

type factKey struct {
	obj types.Object
	typ reflect.Type
}

// New returns a Vetter that has seen no package.
// More are run beside go vet's.
func New(more ...*analysis.Analyzer) *Vetter {
	v := &Vetter{suite: slices.Clone(suite), facts: map[factKey]analysis.Fact{}}
	for _, a := range more {
		v.suite = append(v.suite, rule{Analyzer: a, at: anything})
	}
	return v
}

// Check returns the warnings about a package, sorted by position. The error
// tells which analysers failed or panicked; the warnings are those of the
// others. While Check runs, nothing else may use p.Types.
func (v *Vetter) Check(p Package) ([]Warning, error) {
	// Analysers ask what a package imports before they look closer. Objects of
	// earlier packages bring others with them.
	imports := p.Types.Imports()
	p.Types.SetImports(used(p.Info))
	defer p.Types.SetImports(imports)

	defer fit(p.File)()
	if imported(p.Types, "net/http", "os/signal") {
		defer link(p.File, p.Info)()
	}
	c := &checker{v: v, p: p, done: map[*analysis.Analyzer]*result{}}
	info := *p.Info
	info.Scopes = maps.Clone(info.Scopes)
	if info.Scopes[p.File] == nil {
		info.Scopes[p.File] = types.NewScope(nil, 1, math.MaxInt, "file") // for analysers that look up names for fixes
	}
	if p.Body != nil {
		c.body, _ = info.Defs[p.Body.Name]
		// For lostcancel, which tells variables of a function from others by
		// where they are declared.
		info.Scopes[p.Body.Type] = types.NewScope(nil, token.NoPos, token.NoPos, "")
	}
	c.p.Info = &info
	var out []Warning
	var failed []error
	has := syntaxOf(p)
	for _, a := range v.suite {
		if !a.applies(has, p.Types) {
			continue
		}
		r := c.run(a.Analyzer)
		if r.err != nil {
			failed = append(failed, r.err)
			continue
		}
		for _, w := range r.warnings {
			// What is said of the end of the body repeats what is said of a
			// statement in it.
			if p.Body == nil || w.Pos != p.Body.Body.Rbrace {
				out = append(out, w)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Warning) int {
		return cmp.Or(cmp.Compare(a.Pos, b.Pos), cmp.Compare(a.Message, b.Message))
	})
	return slices.Compact(out), errors.Join(failed...)
}

// fit places the file's package clause so far before its end as its
// declarations are long. Package inspector makes its tables for that distance,
// and the declarations may be from cells that are far apart. The returned
// function puts the clause back.
func fit(file *ast.File) (restore func()) {
	was := file.Package
	size := token.Pos(0)
	for _, d := range file.Decls {
		size += d.End() - d.Pos()
	}
	file.Package = file.End() - size
	return func() { file.Package = was }
}

// used lists the packages of the objects that a package refers to.
func used(info *types.Info) []*types.Package {
	seen := map[*types.Package]bool{}
	var pkgs []*types.Package
	add := func(p *types.Package) {
		if p != nil && !seen[p] {
			seen[p] = true
			pkgs = append(pkgs, p)
		}
	}
	for _, o := range info.Uses {
		add(o.Pkg())
		if n, ok := o.(*types.PkgName); ok {
			add(n.Imported())
		}
	}
	return pkgs
}

func imported(p *types.Package, paths ...string) bool {
	for _, q := range p.Imports() {
		if slices.Contains(paths, q.Path()) {
			return true
		}
	}
	return false
}

// checker runs the analysers over one package.
type checker struct {
	v    *Vetter
	p    Package
	body types.Object
	done map[*analysis.Analyzer]*result
}

type result struct {
	value    any
	warnings []Warning
	err      error
}

// run applies an analyser, and before it what it requires.
func (c *checker) run(a *analysis.Analyzer) (r *result) {
	if r := c.done[a]; r != nil {
		return r
	}
	r = &result{}
	c.done[a] = r
	defer func() {
		if x := recover(); x != nil {
			r.err = fmt.Errorf("analyser %s: %v", a.Name, x)
		}
	}()
	inputs := map[*analysis.Analyzer]any{}
	for _, dep := range a.Requires {
		d := c.run(dep)
		if d.err != nil {
			r.err = d.err
			return r
		}
		inputs[dep] = d.value
	}
	var err error
	r.value, err = a.Run(&analysis.Pass{
		Analyzer:   a,
		Fset:       c.p.Fset,
		Files:      []*ast.File{c.p.File},
		Pkg:        c.p.Types,
		TypesInfo:  c.p.Info,
		TypesSizes: c.p.Sizes,
		ResultOf:   inputs,
		Report: func(d analysis.Diagnostic) {
			r.warnings = append(r.warnings, Warning{a.Name, d.Pos, d.Message})
		},
		ReadFile:          func(string) ([]byte, error) { return nil, errors.ErrUnsupported },
		ImportObjectFact:  c.v.fact,
		ExportObjectFact:  c.setFact,
		ImportPackageFact: func(*types.Package, analysis.Fact) bool { return false },
		ExportPackageFact: func(analysis.Fact) {},
		AllObjectFacts:    func() []analysis.ObjectFact { return nil },
		AllPackageFacts:   func() []analysis.PackageFact { return nil },
	})
	if err != nil {
		r.err = fmt.Errorf("analyser %s: %w", a.Name, err)
	}
	return r
}

func (v *Vetter) fact(o types.Object, f analysis.Fact) bool {
	known := v.facts[factKey{o, reflect.TypeOf(f)}]
	if known == nil {
		return false
	}
	reflect.ValueOf(f).Elem().Set(reflect.ValueOf(known).Elem())
	return true
}

func (c *checker) setFact(o types.Object, f analysis.Fact) {
	// Nobody calls the body by name, and the rest of its package need not be
	// kept for it.
	if o != c.body {
		c.v.facts[factKey{o, reflect.TypeOf(f)}] = f
	}
}

// LetGo forgets what it knows of packages that no later one refers to.
func (v *Vetter) LetGo(gone func(*types.Package) bool) {
	for k := range v.facts {
		if gone(k.obj.Pkg()) {
			delete(v.facts, k)
		}
	}
}
