package modules

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/gosched/gosched/kernel/modules/typedata"
)

// What a published package declares is checked once and kept on disk, where the
// next session finds it by the content: of the module, by the hash that go.sum has
// for it, and of all that the package imports. Bodies of functions are read and
// checked when they are called, from the module's files, as ever.

// keptFormat changes when what is kept, or what it is made from, does.
const keptFormat = "9"

// Keep has the loader keep on disk what published packages declare, and use what
// other sessions have kept there. It needs [Loader.CheckLate].
func (l *Loader) Keep(dir string) {
	if dir != "" {
		l.store = &store{dir: dir}
	}
}

// program says which gosched this is: its own checks, and the types of compiled
// packages, are part of what was made.
var program = sync.OnceValue(func() string {
	var b strings.Builder
	fmt.Fprintln(&b, keptFormat, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	if exe, err := os.Executable(); err == nil {
		if i, err := os.Stat(exe); err == nil {
			fmt.Fprintln(&b, i.Size(), i.ModTime().UnixNano())
		}
	}
	return b.String()
})

// sourceKey is the key of a package's sources, and how they are built; empty for
// those that may change.
func (l *Loader) sourceKey(r *resolver, f *found) string {
	if l.store == nil || !l.late || f.local || f.hash == "" {
		return ""
	}
	return keyOf(program(), f.path, f.module.String(), f.hash, f.goVer, strings.Join(buildContext(&r.s.env, f.module.Path).BuildTags, ","))
}

// keyOf is a key that nothing else has.
func keyOf(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d %s\n", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// typesKey is the key of a package's types: of its sources and of all that it
// imports, which has been loaded; empty where something of it may change.
func (l *Loader) typesKey(r *resolver, p *Package, todo map[string]*Package) string {
	if p.source == "" {
		return ""
	}
	parts := []string{"types", p.source}
	for _, path := range p.allImports {
		if r.fromStd(path) {
			parts = append(parts, path)
			continue
		}
		q := todo[path]
		if q == nil {
			q = l.packages[path]
		}
		if q == nil || q.key == "" {
			return ""
		}
		parts = append(parts, q.key)
	}
	return keyOf(parts...)
}

// keep stores a package that has been checked. What cannot be kept is checked
// again by each session.
func (l *Loader) keep(p *Package, imports typedata.Importer) error {
	e, err := l.entryOf(p, imports)
	if err != nil {
		return err
	}
	if err := l.store.put(p.key, encode((*coder).entry, e)); err != nil {
		return err
	}
	o := &outline{p.Package.Name(), p.allImports}
	return l.store.put(p.source, encode((*coder).outline, o))
}

// kindOf is the kind of a function that is declared.
func kindOf(obj types.Object, d *ast.FuncDecl) int {
	fn, ok := obj.(*types.Func)
	switch {
	case d.Recv == nil && d.Name.Name == "init":
		return initFunc
	case ok && isGenericFunc(fn) && d.Recv != nil:
		return genericMethod
	case ok && isGenericFunc(fn):
		return genericFunc
	case d.Recv != nil:
		return plainMethod
	}
	return plainFunc
}

var errNotKept = errors.New("a package with this is checked by each session")

func (l *Loader) entryOf(p *Package, imports typedata.Importer) (*entry, error) {
	if p.odd || p.aside == nil {
		return nil, errNotKept
	}
	e := &entry{}
	var files []*token.File
	values := map[ast.Expr]initEntry{}
	for i, f := range p.Files {
		tf := l.fset.File(f.FileStart)
		files = append(files, tf)
		text, err := os.ReadFile(filepath.Join(p.Dir, filepath.Base(tf.Name())))
		if err != nil {
			return nil, err
		}
		if len(text) != tf.Size() {
			return nil, errNotKept
		}
		fe := fileEntry{
			name: filepath.Base(tf.Name()), size: tf.Size(), hash: hashOf(text), lines: tf.Lines(),
			clause: tf.Offset(f.Package), version: p.Info.FileVersions[f],
		}
		for _, s := range f.Imports {
			name, ok := p.Info.Implicits[s].(*types.PkgName)
			if s.Name != nil {
				name, ok = p.Info.Defs[s.Name].(*types.PkgName)
			}
			if ok {
				fe.imports = append(fe.imports, importEntry{name.Name(), name.Imported().Path(), tf.Offset(name.Pos())})
			}
		}
		span := func(name string, n ast.Node) spanEntry {
			return spanEntry{name, i, tf.Offset(n.Pos()), tf.Offset(n.End())}
		}
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.Name == "_" {
					continue
				}
				if a, ok := p.aside[d.Name.Pos()]; ok {
					d = a.decl
				}
				at, fn := span("", d), funcEntry{kind: kindOf(p.Info.Defs[d.Name], d), pos: tf.Offset(d.Name.Pos())}
				if fn.start, fn.end = at.start, at.end; d.Recv == nil { // methods are known by their place
					fn.name = d.Name.Name
				}
				fe.funcs = append(fe.funcs, fn)
			case *ast.GenDecl:
				if d.Tok != token.VAR {
					continue
				}
				for _, s := range d.Specs {
					spec := s.(*ast.ValueSpec)
					for k, v := range spec.Values {
						init := initEntry{value: span("", v)}
						names := spec.Names
						if len(spec.Values) == len(spec.Names) {
							names = names[k : k+1]
						}
						for _, id := range names {
							init.names = append(init.names, id.Name)
							init.poses = append(init.poses, tf.Offset(id.Pos()))
							if id.Name == "_" && spec.Type != nil {
								init.typ = span("", spec.Type)
							}
						}
						values[v] = init
					}
				}
			}
		}
		e.files = append(e.files, fe)
	}
	for _, in := range p.Info.InitOrder {
		init, ok := values[in.Rhs]
		if !ok {
			return nil, errNotKept
		}
		e.inits = append(e.inits, init)
	}
	for _, m := range p.Embeds {
		e.embeds = append(e.embeds, embedEntry{m.Var, slices.Clone(m.Files)})
	}
	var dynamic []types.Type
	for _, s := range p.Statics {
		e.statics = append(e.statics, staticEntry{s.Var, s.data})
		dynamic = s.dynamic
	}
	var err error
	e.types, err = typedata.Write(p.Package, dynamic, files, imports)
	return e, err
}
