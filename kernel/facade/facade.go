/*
Package facade makes packages that cells import of Go source that is compiled
into the kernel: their functions are methods of one value, which belongs to a
session, and the source tells go/types and people about them.

It knows syntax and types, and nothing of what the packages are for.
*/
package facade

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"strings"
)

// A Package is one that cells import. Its source declares a type api, whose
// exported methods are the functions of the package; the other exported types
// are its types. The source may import nothing that cells cannot.
type Package struct {
	Path, Name string
	About      string // documentation of the package, whole sentences
	Sources    []string
	// Inside declares what the sources need and cells do not see: unexported
	// types, of the same size as the real ones.
	Inside string
	Types  map[string]reflect.Type // the exported types, by name
}

// Declare type-checks the package as cells see it. Each importer gets a
// package of its own. Positions are recorded in fset.
func (p *Package) Declare(fset *token.FileSet, imp types.Importer) (*types.Package, error) {
	files, err := p.declarations(fset)
	if err != nil {
		return nil, err
	}
	conf := types.Config{Importer: imp, IgnoreFuncBodies: true}
	pkg, err := conf.Check(p.Path, fset, files, nil)
	if err != nil {
		return nil, fmt.Errorf("declaring %s: %w", p.Path, err)
	}
	return pkg, nil
}

// Bind makes the functions of the package, by name, of a value of its type api.
func (p *Package) Bind(api any) map[string]reflect.Value {
	d := reflect.ValueOf(api)
	functions := make(map[string]reflect.Value, d.NumMethod())
	for i := range d.NumMethod() {
		functions[d.Type().Method(i).Name] = d.Method(i)
	}
	return functions
}

// Doc returns the comment on an exported name of the package, "Name" or
// "Type.Method"; with an empty name, the package's own.
func (p *Package) Doc(name string) string {
	if name == "" {
		return p.About + "\n"
	}
	files, err := p.declarations(token.NewFileSet())
	if err != nil {
		return ""
	}
	for _, f := range files {
		for _, d := range f.Decls {
			if doc, ok := docOf(d, name); ok {
				return doc
			}
		}
	}
	return ""
}

func docOf(d ast.Decl, name string) (doc string, ok bool) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		n := d.Name.Name
		if d.Recv != nil {
			n = receiver(d) + "." + n
		}
		return d.Doc.Text(), n == name
	case *ast.GenDecl:
		for _, s := range d.Specs {
			if s, ok := s.(*ast.TypeSpec); ok && s.Name.Name == name {
				return d.Doc.Text(), true
			}
		}
	}
	return "", false
}

// declarations are the sources with the exported methods of api made functions,
// and without bodies and unexported functions and methods.
func (p *Package) declarations(fset *token.FileSet) ([]*ast.File, error) {
	var files []*ast.File
	sources := p.Sources
	if p.Inside != "" {
		sources = append(slices.Clone(sources), p.Inside)
	}
	for i, source := range sources {
		name := fmt.Sprintf("%s/api%d.go", p.Path, i)
		f, err := parser.ParseFile(fset, name, source, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("declaring %s: %w", p.Path, err)
		}
		var decls []ast.Decl
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok {
				if !fn.Name.IsExported() {
					continue
				}
				if receiver(fn) == "api" {
					fn.Recv = nil
				}
				fn.Body = nil
			}
			if isAPI(d) {
				continue
			}
			decls = append(decls, d)
		}
		f.Decls = decls
		files = append(files, f)
	}
	return files, nil
}

// isAPI says whether d is the declaration of type api.
func isAPI(d ast.Decl) bool {
	g, ok := d.(*ast.GenDecl)
	if !ok || g.Tok != token.TYPE || len(g.Specs) != 1 {
		return false
	}
	return g.Specs[0].(*ast.TypeSpec).Name.Name == "api"
}

// receiver is the name of the type that fn is a method of, if it is one.
func receiver(fn *ast.FuncDecl) string {
	if fn.Recv == nil {
		return ""
	}
	return strings.TrimPrefix(types.ExprString(fn.Recv.List[0].Type), "*")
}
