package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"

	"github.com/gosched/gosched/internal/notebook"
)

// tagParameters is papermill's: of the cell that has the parameters' usual values.
const tagParameters = "parameters"

// parameters are values that the command line gives to variables of a notebook.
type parameters []parameter

type parameter struct{ name, value string }

// UnmarshalText takes NAME=VALUE.
func (p *parameter) UnmarshalText(text []byte) error {
	name, value, ok := strings.Cut(string(text), "=")
	if !ok || !token.IsIdentifier(name) {
		return fmt.Errorf("a parameter is written NAME=VALUE, such as n=10, and not %q", text)
	}
	*p = parameter{name, value}
	return nil
}

// Validate says what is wrong with all of them together.
func (p parameters) Validate() error {
	for i, x := range p {
		if slices.ContainsFunc(p[:i], func(y parameter) bool { return x.name == y.name }) {
			return fmt.Errorf("parameter %s is given twice", x.name)
		}
	}
	return nil
}

// cell returns the source of a cell that gives the parameters their values, for
// after the cell with the tag, whose source this is. Its error names what that
// cell does not declare.
func (p parameters) cell(declaring string) (string, error) {
	values := declaredValues(declaring)
	var b strings.Builder
	for _, x := range p {
		usual, ok := values[x.name]
		if !ok {
			var names []string
			for n := range values {
				names = append(names, n)
			}
			slices.Sort(names)
			return "", fmt.Errorf("the cell with the tag %s declares no variable %s; it declares %s", tagParameters, x.name, strings.Join(names, ", "))
		}
		fmt.Fprintf(&b, "%s = %s\n", x.name, literal(x.value, usual))
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

// literal writes a value as Go. What is no expression is a string, and so is
// everything where the usual value is one.
func literal(value string, usual ast.Expr) string {
	isString := func(e ast.Expr) bool {
		b, ok := e.(*ast.BasicLit)
		return ok && b.Kind == token.STRING
	}
	e, err := parser.ParseExpr(value)
	if err == nil && (isString(e) || !isString(usual)) {
		return value
	}
	return strconv.Quote(value)
}

// declaredValues are the variables that a cell declares at top level, with what
// they are first set to, if that can be told.
func declaredValues(source string) map[string]ast.Expr {
	values := map[string]ast.Expr{}
	add := func(names []*ast.Ident, exprs []ast.Expr) {
		for i, n := range names {
			values[n.Name] = nil
			if len(exprs) == len(names) {
				values[n.Name] = exprs[i]
			}
		}
	}
	f, err := parser.ParseFile(token.NewFileSet(), "", "package p\nfunc _() {\n"+source+"\n}", parser.SkipObjectResolution)
	if f == nil || err != nil && len(f.Decls) == 0 {
		return values
	}
	fn, ok := f.Decls[0].(*ast.FuncDecl)
	if !ok || fn.Body == nil {
		return values
	}
	for _, s := range fn.Body.List {
		switch s := s.(type) {
		case *ast.AssignStmt:
			if s.Tok != token.DEFINE {
				continue
			}
			var names []*ast.Ident
			for _, l := range s.Lhs {
				if id, ok := l.(*ast.Ident); ok {
					names = append(names, id)
				}
			}
			add(names, s.Rhs)
		case *ast.DeclStmt:
			if g, ok := s.Decl.(*ast.GenDecl); ok && g.Tok == token.VAR {
				for _, spec := range g.Specs {
					v := spec.(*ast.ValueSpec)
					add(v.Names, v.Values)
				}
			}
		}
	}
	return values
}

// prepare finds the cell with the tag, and returns its place in the file and the
// cell that comes after it. Without parameters the place is -1.
func (p parameters) prepare(nb *notebook.File) (place int, source string, err error) {
	if len(p) == 0 {
		return -1, "", nil
	}
	number := -1
	for cell, err := range nb.Cells() {
		if err != nil {
			return -1, "", err
		}
		number++
		if cell.Type == notebook.Code && cell.Tagged(tagParameters) {
			source, err := p.cell(cell.Source)
			return number, source, err
		}
	}
	return -1, "", fmt.Errorf("no cell has the tag %q, so that there is nothing for -p to set", tagParameters)
}
