package stdlib

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
)

// Of a package that is run from source, a cell needs few functions. Those that are
// generic are declared without their bodies at first; a body is parsed and checked
// when an instance of its function is to be run.

// endless stands for a body. No result is missing after it.
const endless = "for{}"

// An aside is a generic function whose body is not in its package yet.
type aside struct {
	file string // as in positions
	line int
	text string
	decl *ast.FuncDecl
}

// setAside takes the bodies of generic functions out of a source file, which keeps
// its lines. The file is one that gofmt has formatted.
func setAside(file string, src []byte, into map[string]*aside) []byte {
	bare := bytes.Clone(src)
	line, at := 0, 0
	for text := range bytes.Lines(src) {
		start := at
		line, at = line+1, at+len(text)
		name := genericName(text)
		length := bytes.Index(src[at:], []byte("\n}\n"))
		if name == "" || length < len(endless) || bytes.IndexByte(src[at:], '\n') < len(endless) {
			continue
		}
		body := bare[at : at+length]
		for i := range body {
			if body[i] != '\n' {
				body[i] = ' '
			}
		}
		copy(body, endless)
		into[name] = &aside{file: file, line: line, text: string(src[start : at+length+len("\n}")])}
	}
	return bare
}

// genericName returns the name of the generic function that begins with a line, and
// whose body begins with the next.
func genericName(line []byte) string {
	rest, ok := bytes.CutPrefix(line, []byte("func "))
	if !ok || !bytes.HasSuffix(line, []byte(" {\n")) {
		return ""
	}
	name, _, ok := bytes.Cut(rest, []byte("["))
	if !ok || !token.IsIdentifier(string(name)) {
		return ""
	}
	return string(name)
}

// declare finds what was set aside among a package's declarations.
func declare(files []*ast.File, asides map[string]*aside) {
	for _, f := range files {
		for _, d := range f.Decls {
			if fd, ok := d.(*ast.FuncDecl); ok && fd.Recv == nil {
				if a := asides[fd.Name.Name]; a != nil {
					fd.Body, a.decl = nil, fd
				}
			}
		}
	}
}

// fill puts the body of a function into its declaration and into what is known of
// its package. It reports whether it was set aside until now.
func (imp *Importer) fill(src *Source, asides map[string]*aside, fn *types.Func) (bool, error) {
	imp.mu.Lock()
	defer imp.mu.Unlock()
	a := asides[fn.Name()]
	if a == nil || src.Package.Scope().Lookup(fn.Name()) != fn {
		return false, nil
	}
	delete(asides, fn.Name())
	// Its lines are those of the file.
	text := "package p;" + string(bytes.Repeat([]byte("\n"), a.line-1)) + a.text
	f, err := parser.ParseFile(imp.fset, a.file, text, parser.SkipObjectResolution)
	if err != nil {
		return false, fmt.Errorf("body of %s: %w", fn.FullName(), err)
	}
	decl, ok := f.Decls[0].(*ast.FuncDecl)
	if !ok || len(f.Decls) != 1 {
		return false, fmt.Errorf("body of %s: %w", fn.FullName(), errors.ErrUnsupported)
	}
	// Where its parameters are, its type parameters are in scope.
	lit := &ast.FuncLit{Type: &ast.FuncType{Func: decl.Type.Func, Params: decl.Type.Params, Results: decl.Type.Results}, Body: decl.Body}
	if err := types.CheckExpr(imp.fset, src.Package, a.decl.Type.Params.Pos(), lit, src.Info); err != nil {
		return false, fmt.Errorf("body of %s: %w", fn.FullName(), err)
	}
	a.decl.Type, a.decl.Body = decl.Type, decl.Body
	return true, nil
}

// firstError is what a checker's errors are told to: it keeps the first that is one
// although bodies are missing. Imports seem unused without.
type firstError struct{ err error }

func (f *firstError) add(err error) {
	if e, ok := errors.AsType[types.Error](err); f.err == nil && (!ok || !e.Soft) {
		f.err = err
	}
}
