package modules

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"github.com/gosched/gosched/kernel/stdlib"
)

// Most functions of a large module are never called by a session. Of published
// packages, which have been compiled before, bodies are checked when a function is
// first called, and only declarations when the package is imported.

// CheckLate has bodies of functions of published packages checked when somebody asks
// for them with [stdlib.Source.Body], from now on.
func (l *Loader) CheckLate() { l.late = true }

// setAside takes bodies out of a package's files that need not be checked for what
// else the package declares, and keeps them. Those stay that initial values of
// variables may lead to: the order of initialisation depends on them. So do those
// with type parameters, which are built for each instance.
func setAside(p *Package) {
	named := map[string][]*ast.FuncDecl{}
	var reached []string
	seen := map[string]bool{}
	mention := func(n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && !seen[id.Name] {
				seen[id.Name] = true
				reached = append(reached, id.Name)
			}
			return true
		})
	}
	for _, f := range p.Files {
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				named[d.Name.Name] = append(named[d.Name.Name], d)
			case *ast.GenDecl:
				if d.Tok == token.VAR {
					for _, s := range d.Specs {
						for _, v := range s.(*ast.ValueSpec).Values {
							mention(v)
						}
					}
				}
			}
		}
	}
	kept := map[*ast.FuncDecl]bool{}
	for i := 0; i < len(reached); i++ {
		for _, d := range named[reached[i]] {
			if kept[d] = true; d.Body != nil {
				mention(d.Body)
			}
		}
	}
	p.aside = map[token.Pos]aside{}
	for _, f := range p.Files {
		for i, d := range f.Decls {
			fd, ok := d.(*ast.FuncDecl)
			if !ok || fd.Body == nil || kept[fd] || fd.Name.Name == "init" || fd.Name.Name == "_" || isGeneric(fd) || !fd.Name.Pos().IsValid() {
				continue
			}
			bare := *fd
			bare.Body = nil
			f.Decls[i] = &bare
			p.aside[fd.Name.Pos()] = aside{fd, f}
		}
	}
}

// An aside is a function with its body.
type aside struct {
	decl *ast.FuncDecl
	file *ast.File
}

// isGeneric reports whether a function, or the type that it is a method of, may have
// type parameters.
func isGeneric(fd *ast.FuncDecl) bool {
	if fd.Type.TypeParams != nil {
		return true
	}
	if fd.Recv == nil || len(fd.Recv.List) == 0 {
		return false
	}
	t := ast.Unparen(fd.Recv.List[0].Type)
	if s, ok := t.(*ast.StarExpr); ok {
		t = ast.Unparen(s.X)
	}
	_, plain := t.(*ast.Ident)
	return !plain
}

// setLate has bodies of the package's functions checked when they are asked for.
func (p *Package) setLate(l *Loader) {
	p.Body = func(fn *types.Func) (*stdlib.Source, error) { return l.body(p, fn) }
	p.Late = func(fn *types.Func) bool {
		_, ok := p.aside[fn.Pos()]
		if !ok {
			_, ok = p.apart.find(fn.Pos())
		}
		return ok
	}
}

// body checks the body of a function that was set aside, and returns it as a package
// of its own; nil if there is none.
func (l *Loader) body(p *Package, fn *types.Func) (*stdlib.Source, error) {
	a, ok := p.aside[fn.Pos()]
	if at, kept := p.apart.find(fn.Pos()); kept {
		decl, err := at.decl()
		if err != nil {
			return nil, err
		}
		a, ok = aside{decl, at.of}, true
	}
	if !ok {
		return nil, nil
	}
	decl := a.decl
	uses := &uses{l: l, pkg: p.Package}
	if err := uses.add(decl); err != nil {
		return nil, err
	}
	info, err := l.checkBody(p, decl)
	if err != nil {
		// That it is called is an error of the program, which says where.
		bare := *decl
		bare.Body = failing(decl, fmt.Sprintf("package %q of %s does not compile here: %v", p.Path, p.Module, err))
		decl = &bare
		if info, err = l.checkBody(p, decl); err != nil {
			return nil, err
		}
	}
	info.Defs[decl.Name] = fn
	file := &ast.File{Name: a.file.Name, Decls: []ast.Decl{decl}}
	info.FileVersions[file] = p.Info.FileVersions[a.file]
	return &stdlib.Source{Package: types.NewPackage(p.Path, p.Package.Name()), Files: []*ast.File{file}, Info: info, Uses: uses.list}, nil
}

// checkBody checks a function as a literal in its file.
func (l *Loader) checkBody(p *Package, decl *ast.FuncDecl) (*types.Info, error) {
	info := stdlib.NewInfoOf(int(decl.End() - decl.Pos()))
	return info, l.checkBodyInto(p.Package, decl, info)
}

func (l *Loader) checkBodyInto(pkg *types.Package, decl *ast.FuncDecl, info *types.Info) error {
	lit := &ast.FuncLit{Type: &ast.FuncType{Func: decl.Type.Func, Params: withReceiver(decl), Results: decl.Type.Results}, Body: decl.Body}
	return types.CheckExpr(l.fset, pkg, decl.Pos(), lit, info)
}

// withReceiver lists a function's receiver and parameters, all with names or none.
func withReceiver(fd *ast.FuncDecl) *ast.FieldList {
	var list []*ast.Field
	if fd.Recv != nil {
		list = append(list, fd.Recv.List...)
	}
	list = append(list, fd.Type.Params.List...)
	all := &ast.FieldList{Opening: fd.Type.Params.Opening, Closing: fd.Type.Params.Closing}
	for _, f := range list {
		if len(f.Names) == 0 {
			f = &ast.Field{Names: []*ast.Ident{{NamePos: f.Pos(), Name: "_"}}, Type: f.Type}
		}
		all.List = append(all.List, f)
	}
	return all
}
