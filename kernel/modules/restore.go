package modules

import (
	"context"
	"fmt"
	"go/ast"
	"go/build"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"

	"github.com/gosched/gosched/kernel/modules/typedata"
	"github.com/gosched/gosched/kernel/stdlib"
)

// outlined returns a package of which it is kept what it imports, or nil, and the
// key of its sources.
func (l *Loader) outlined(ctx context.Context, r *resolver, pkgPath string) (*Package, string) {
	if l.store == nil {
		return nil, ""
	}
	// That something is kept of a module's package says that the module has it.
	f := r.likely(ctx, pkgPath)
	key, data, ok := l.outlineAt(r, f)
	if !ok {
		found, err := r.find(ctx, pkgPath)
		if err != nil {
			return nil, ""
		}
		if f == nil || *found != *f {
			f = found
			key, data, ok = l.outlineAt(r, f)
		}
	}
	if !ok {
		return nil, key
	}
	o, err := decode((*coder).outline, data)
	if err != nil {
		return nil, key
	}
	p := &Package{
		Path: pkgPath, Dir: f.dir, Module: f.module.String(), info: &info{f, &build.Package{Dir: f.dir, Name: o.name}},
		allImports: o.imports, source: key, outline: true,
	}
	for _, path := range o.imports {
		if !r.fromStd(path) {
			p.imports = append(p.imports, path)
		}
	}
	return p, key
}

// outlineAt returns what is kept of a package at a place, which may be nil, and its key.
func (l *Loader) outlineAt(r *resolver, f *found) (key string, data []byte, ok bool) {
	if f == nil {
		return "", nil, false
	}
	if key = l.sourceKey(r, f); key != "" {
		data, ok = l.store.get(key)
	}
	return key, data, ok
}

// restore makes a package of what is kept of it.
func (l *Loader) restore(p *Package, others typedata.Others) error {
	if p.key == "" {
		return errNotKept
	}
	data, ok := l.store.get(p.key)
	if !ok {
		return errNotKept
	}
	e, err := decode((*coder).entry, data)
	if err != nil {
		return err
	}
	t := &texts{dir: p.Dir, entries: e.files, read: make([][]byte, len(e.files))}
	if l.fset.Base() == 1 {
		l.fset.AddFile("", -1, 0) // code in a file is read as if something stood before it
	}
	for i := range e.files {
		f, err := e.files[i].add(l.fset, filepath.Join(p.Dir, e.files[i].name))
		if err != nil {
			return err
		}
		t.files = append(t.files, f)
	}
	pkg, dynamic, err := typedata.Read(slices.Clone(e.types), p.Path, t.files, others)
	if err != nil {
		return err
	}
	s := &restored{l: l, p: p, e: e, texts: t, pkg: pkg, dynamic: dynamic, uses: &uses{l: l, pkg: pkg}}
	return s.restore(others.Refer)
}

// A restored is a package that is being made.
type restored struct {
	l       *Loader
	p       *Package
	e       *entry
	texts   *texts
	pkg     *types.Package
	info    *types.Info
	dynamic []types.Type // of values in interfaces
	names   []string     // of all that the package declares
	files   []*ast.File
	vars    map[string]bool           // that stand in files already
	methods map[token.Pos]*types.Func // of generic types, by where they are declared
	late    map[*types.Func]lateGeneric
	uses    *uses
}

func (s *restored) restore(refers typedata.Importer) error {
	s.info = stdlib.NewInfo()
	s.names = s.pkg.Scope().Names()
	s.vars = map[string]bool{}
	for i := range s.e.files {
		if err := s.file(i, refers); err != nil {
			return err
		}
	}
	if err := s.functions(); err != nil {
		return err
	}
	if err := s.initialValues(); err != nil {
		return err
	}
	s.others()
	var embeds []Embed
	for _, m := range s.e.embeds {
		embeds = append(embeds, Embed{Var: m.name, Files: m.files, dir: s.p.Dir})
	}
	var statics []Static
	for _, st := range s.e.statics {
		if len(st.data) < largeStatic {
			st.data = slices.Clone(st.data)
		}
		statics = append(statics, Static{Var: st.name, data: st.data, dynamic: s.dynamic})
	}
	p := s.p
	p.Source = stdlib.Source{Package: s.pkg, Files: s.files, Info: s.info, Uses: s.uses.list}
	p.Fill = s.filler()
	p.Embeds, p.Statics, p.apart, p.outline = embeds, statics, &aparts{s.texts, s.files}, false
	p.setLate(s.l)
	return nil
}

// largeStatic is from how many bytes on the value of a variable is no copy, and keeps in
// memory what stands beside it on disk.
const largeStatic = 64 << 10

// file makes a file without declarations, and its scope with what it imports.
func (s *restored) file(i int, refers typedata.Importer) error {
	fe, tf := &s.e.files[i], s.texts.files[i]
	start, end := token.Pos(tf.Base()), token.Pos(tf.Base()+tf.Size())
	f := &ast.File{Package: start + token.Pos(fe.clause), Name: &ast.Ident{NamePos: start + token.Pos(fe.clause), Name: s.pkg.Name()}, FileStart: start, FileEnd: end}
	s.files = append(s.files, f)
	s.info.FileVersions[f] = fe.version
	scope := types.NewScope(s.pkg.Scope(), start, end, tf.Name())
	s.info.Scopes[f] = scope
	for _, imp := range fe.imports {
		pkg := types.Unsafe
		if imp.path != "unsafe" {
			var err error
			if pkg, err = refers(imp.path); err != nil {
				return err
			}
		}
		name := types.NewPkgName(start+token.Pos(imp.pos), s.pkg, imp.name, pkg)
		if imp.name != "_" {
			scope.Insert(name)
		}
	}
	return nil
}

// functions declares the functions of all files, and methods of generic types. They have
// no bodies but for those that initialise the package. Package ssa knows other methods
// by their types, which are not asked for them here.
func (s *restored) functions() error {
	count := 0
	for i := range s.e.files {
		for j := range s.e.files[i].funcs {
			if s.e.files[i].funcs[j].kind == plainFunc {
				count++
			}
		}
	}
	s.info.Defs = make(map[*ast.Ident]types.Object, count)
	plain := make([]bareFunc, count)
	params := &ast.FieldList{}
	for i, f := range s.files {
		for _, fe := range s.e.files[i].funcs {
			a := apart{s.texts, i, fe, f}
			pos := f.FileStart + token.Pos(fe.pos)
			var decl *ast.FuncDecl
			var err error
			switch fe.kind {
			case plainMethod:
				continue
			case plainFunc:
				fn, ok := s.pkg.Scope().Lookup(fe.name).(*types.Func)
				if !ok {
					return fmt.Errorf("there is no function %s", fe.name)
				}
				bare := &plain[0]
				plain = plain[1:]
				bare.name = ast.Ident{NamePos: pos, Name: fe.name}
				bare.typ = ast.FuncType{Func: f.FileStart + token.Pos(fe.start), Params: params}
				bare.decl = ast.FuncDecl{Name: &bare.name, Type: &bare.typ}
				decl = &bare.decl
				s.info.Defs[decl.Name] = fn
			case initFunc:
				decl, err = s.initialiser(a)
			default:
				fn := s.genericAt(fe, pos)
				if fn == nil {
					return fmt.Errorf("there is no function %s", fe.name)
				}
				decl, err = s.generic(a, fn)
			}
			if err != nil {
				return err
			}
			f.Decls = append(f.Decls, decl)
		}
	}
	return nil
}

// A bareFunc is the declaration of a function without its body.
type bareFunc struct {
	decl ast.FuncDecl
	name ast.Ident
	typ  ast.FuncType
}

// initialiser declares a function that initialises the package.
func (s *restored) initialiser(a apart) (*ast.FuncDecl, error) {
	decl, err := a.decl()
	if err != nil {
		return nil, err
	}
	if err := s.uses.check(decl, s.info); err != nil {
		return nil, err
	}
	s.info.Defs[decl.Name] = types.NewFunc(a.at(a.pos), s.pkg, "init", types.NewSignatureType(nil, nil, nil, nil, nil, false))
	return decl, nil
}

// genericAt is the generic function at a place, or the method of a generic type, or nil.
func (s *restored) genericAt(fe funcEntry, pos token.Pos) *types.Func {
	scope := s.pkg.Scope()
	if fe.kind == genericFunc {
		fn, _ := scope.Lookup(fe.name).(*types.Func)
		return fn
	}
	if s.methods == nil {
		s.methods = map[token.Pos]*types.Func{}
		for _, name := range s.names {
			obj, ok := scope.Lookup(name).(*types.TypeName)
			if !ok || obj.IsAlias() {
				continue
			}
			if n, ok := obj.Type().(*types.Named); ok && n.TypeParams().Len() > 0 {
				for m := range n.Methods() {
					s.methods[m.Pos()] = m
				}
			}
		}
	}
	return s.methods[pos]
}

// initialValues checks initial values of variables, as if a function of their file
// assigned them.
func (s *restored) initialValues() error {
	statements := make([][]ast.Stmt, len(s.files))
	for _, in := range s.e.inits {
		f := s.files[in.value.file]
		value, err := s.texts.expr(in.value)
		if err != nil {
			return err
		}
		if err := s.uses.add(value); err != nil {
			return err
		}
		init := &types.Initializer{Rhs: value}
		assign := &ast.AssignStmt{TokPos: value.Pos(), Tok: token.ASSIGN, Rhs: []ast.Expr{value}}
		spec := &ast.ValueSpec{Values: []ast.Expr{value}}
		for i, name := range in.names {
			pos := f.FileStart + token.Pos(in.poses[i])
			id := &ast.Ident{NamePos: pos, Name: name}
			v, _ := s.pkg.Scope().Lookup(name).(*types.Var)
			if name == "_" {
				v = types.NewVar(pos, s.pkg, "_", types.Typ[types.Invalid])
			}
			if v == nil {
				return fmt.Errorf("there is no variable %s", name)
			}
			s.vars[name] = true
			s.info.Defs[id] = v
			init.Lhs = append(init.Lhs, v)
			spec.Names = append(spec.Names, id)
			assign.Lhs = append(assign.Lhs, &ast.Ident{NamePos: value.Pos(), Name: name})
		}
		var stmt ast.Stmt = assign
		if in.typ.end > 0 && len(in.names) == 1 {
			typ, err := s.texts.expr(in.typ)
			if err != nil {
				return err
			}
			if err := s.uses.add(typ); err != nil {
				return err
			}
			stmt = &ast.DeclStmt{Decl: &ast.GenDecl{TokPos: typ.Pos(), Tok: token.VAR, Specs: []ast.Spec{
				&ast.ValueSpec{Names: []*ast.Ident{{NamePos: typ.Pos(), Name: "_"}}, Type: typ, Values: []ast.Expr{value}},
			}}}
		}
		statements[in.value.file] = append(statements[in.value.file], stmt)
		s.info.InitOrder = append(s.info.InitOrder, init)
		f.Decls = append(f.Decls, &ast.GenDecl{TokPos: value.Pos(), Tok: token.VAR, Specs: []ast.Spec{spec}})
	}
	for _, list := range statements {
		if len(list) == 0 {
			continue
		}
		at := list[0].Pos()
		lit := &ast.FuncLit{Type: &ast.FuncType{Func: at, Params: &ast.FieldList{Opening: at, Closing: at}}, Body: &ast.BlockStmt{Lbrace: at, List: list, Rbrace: at}}
		if err := types.CheckExpr(s.l.fset, s.pkg, at, lit, s.info); err != nil {
			return err
		}
	}
	return nil
}

// others declares the variables that have no initial value. Package ssa needs neither
// types nor constants.
func (s *restored) others() {
	spec := &ast.ValueSpec{}
	scope := s.pkg.Scope()
	for _, name := range s.names {
		v, ok := scope.Lookup(name).(*types.Var)
		if !ok || s.vars[name] {
			continue
		}
		id := &ast.Ident{NamePos: v.Pos(), Name: name}
		s.info.Defs[id] = v
		spec.Names = append(spec.Names, id)
	}
	if len(spec.Names) > 0 {
		f := s.files[0]
		f.Decls = append(f.Decls, &ast.GenDecl{Tok: token.VAR, Specs: []ast.Spec{spec}})
	}
}
