package main

import (
	"fmt"
	"go/ast"
	"go/doc"
	"go/token"
	"strings"
)

// writeDocs adds the documentation: for each package a text of records
// "name NUL comment NUL", the package's own comment under the empty name,
// methods, fields and interface methods under Type.Name.
func writeDocs(out content, w *world) error {
	for _, path := range w.paths() {
		if path == nativePath {
			continue
		}
		pkg := w.packages[path]
		// doc.NewFromFiles takes the syntax over; nobody needs it afterwards.
		d, err := doc.NewFromFiles(pkg.Fset, pkg.Syntax, path, doc.PreserveAST)
		if err != nil {
			return fmt.Errorf("package %s: %w", path, err)
		}
		var r docRecords
		r.add("", d.Doc)
		r.values(d.Consts)
		r.values(d.Vars)
		r.funcs("", d.Funcs)
		for _, t := range d.Types {
			r.add(t.Name, t.Doc)
			r.values(t.Consts)
			r.values(t.Vars)
			r.funcs("", t.Funcs)
			r.funcs(t.Name+".", t.Methods)
			r.members(t)
		}
		out.data[docsEntry+path] = []byte(r.String())
	}
	return nil
}

// docRecords builds the text of one package's records.
type docRecords struct{ strings.Builder }

func (r *docRecords) add(name, text string) {
	text = strings.TrimSpace(text)
	if text == "" || name != "" && !token.IsExported(name) {
		return
	}
	r.WriteString(name + "\x00" + text + "\x00")
}

func (r *docRecords) funcs(prefix string, funcs []*doc.Func) {
	for _, f := range funcs {
		if token.IsExported(f.Name) {
			r.add(prefix+f.Name, f.Doc)
		}
	}
}

// values records each constant or variable: its own comment if it has one,
// else the comment of its group.
func (r *docRecords) values(values []*doc.Value) {
	for _, v := range values {
		for _, spec := range v.Decl.Specs {
			spec, ok := spec.(*ast.ValueSpec)
			if !ok {
				continue
			}
			text := spec.Doc.Text()
			if text == "" {
				text = spec.Comment.Text()
			}
			if text == "" {
				text = v.Doc
			}
			for _, name := range spec.Names {
				r.add(name.Name, text)
			}
		}
	}
}

// members records the fields and interface methods that t declares.
func (r *docRecords) members(t *doc.Type) {
	for _, spec := range t.Decl.Specs {
		spec, ok := spec.(*ast.TypeSpec)
		if !ok {
			continue
		}
		var list *ast.FieldList
		switch typ := spec.Type.(type) {
		case *ast.StructType:
			list = typ.Fields
		case *ast.InterfaceType:
			list = typ.Methods
		default:
			continue
		}
		for _, f := range list.List {
			text := f.Doc.Text()
			if text == "" {
				text = f.Comment.Text()
			}
			for _, name := range f.Names {
				if token.IsExported(name.Name) {
					r.add(t.Name+"."+name.Name, text)
				}
			}
		}
	}
}
