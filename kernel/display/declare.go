package display

import (
	_ "embed"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
)

//go:embed api.go
var apiSource string

// Declare type-checks the package as cells see it. Each importer gets a
// package of its own. Positions are recorded in fset.
func Declare(fset *token.FileSet, imp types.Importer) (*types.Package, error) {
	f, err := declarations(fset)
	if err != nil {
		return nil, err
	}
	conf := types.Config{Importer: imp, IgnoreFuncBodies: true}
	pkg, err := conf.Check(Path, fset, []*ast.File{f}, nil)
	if err != nil {
		return nil, fmt.Errorf("declaring %s: %w", Path, err)
	}
	return pkg, nil
}

// Doc returns the comment on an exported name of the package, "Name" or
// "Type.Method"; with an empty name, the package's own.
func Doc(name string) string {
	if name == "" {
		return "Package display shows pictures, tables, HTML, diagrams and progress in a notebook.\n"
	}
	f, err := declarations(token.NewFileSet())
	if err != nil {
		return ""
	}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			n := d.Name.Name
			if d.Recv != nil {
				n = receiver(d) + "." + n
			}
			if n == name {
				return d.Doc.Text()
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				if s, ok := s.(*ast.TypeSpec); ok && s.Name.Name == name {
					return d.Doc.Text()
				}
			}
		}
	}
	return ""
}

// declarations is api.go with the exported methods of api made functions, and
// without bodies and unexported functions and methods.
func declarations(fset *token.FileSet) (*ast.File, error) {
	f, err := parser.ParseFile(fset, Path+"/api.go", apiSource, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("declaring %s: %w", Path, err)
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
		decls = append(decls, d)
	}
	f.Decls = decls
	return f, nil
}

// receiver is the name of the type that fn is a method of, if it is one.
func receiver(fn *ast.FuncDecl) string {
	if fn.Recv == nil {
		return ""
	}
	return strings.TrimPrefix(types.ExprString(fn.Recv.List[0].Type), "*")
}
