package cell

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
)

// ErrorList is a list of syntax errors, sorted by position, at most one a line
// and at most [MaxErrors] of them.
type ErrorList = scanner.ErrorList

// MaxErrors is how many syntax errors are reported for one cell; gofmt has the
// same limit.
const MaxErrors = 10

// A Cell is one parsed cell.
type Cell struct {
	Name   string // what positions call it, such as "cell 3"
	Source []byte // the text as it was given

	// File is the cell's one file in the file set. It maps between positions,
	// byte offsets and lines of Source.
	File *token.File

	Magics  []Magic
	Imports []*ast.ImportSpec

	// Decls are the top-level function, method, type, constant and variable
	// declarations in source order.
	Decls []ast.Decl

	// Stmts is what runs, in source order: every top-level statement that
	// declares no function, type or constant. A variable declaration is here
	// as an *ast.DeclStmt whose Decl is also in Decls. When Final is set, it
	// is the expression of the last of Stmts, an *ast.ExprStmt.
	Stmts []ast.Stmt

	// Final is the expression whose value the cell shows, or nil: the last
	// statement, when it is an expression that is not followed by a semicolon
	// and is no call of the fmt.Print family.
	Final ast.Expr

	// HasMain says that the cell declares func main.
	HasMain bool

	// Comments are all comments of the cell in source order.
	Comments []*ast.CommentGroup

	text []byte // Source, with what is not Go blanked out
}

// A Magic is a line that starts with %: a command to the kernel, not Go.
type Magic struct {
	Name string // the word after %, perhaps empty
	Args string // the rest of the line without surrounding space
	Pos  token.Pos
	// Cell says that the line started with %%, which only the first line of
	// a cell may.
	Cell bool
}

// addFile adds a file with a gap of maxPrefix before it to fset, to which others
// may be adding files at the same time.
func addFile(fset *token.FileSet, name string, size int) *token.File {
	reserved := fset.AddFile(name, -1, maxPrefix+size)
	file := token.NewFileSet().AddFile(name, reserved.Base()+maxPrefix, size)
	fset.RemoveFile(reserved)
	fset.AddExistingFiles(file)
	return file
}

// Parse parses the source of one cell. It adds one file to fset, called name,
// whose positions are those of src.
//
// A non-nil error is an [ErrorList]. The cell is never nil: with an error it
// holds as much as could be recognised, good enough for completion but not to
// be run, and some of its nodes may end outside the file.
func Parse(fset *token.FileSet, name string, src []byte) (*Cell, error) {
	// The gap leaves room for what is put in front of the text to parse a piece
	// of it.
	file := addFile(fset, name, len(src))
	file.SetLinesForContent(src)
	c := &Cell{Name: name, Source: src, File: file}

	sp := split(src)
	c.text = sp.text
	for _, m := range sp.magics {
		m.Pos = file.Pos(m.offset)
		c.Magics = append(c.Magics, m.Magic)
	}
	errs := sp.errs
	if !sp.refused {
		for _, s := range sp.segments {
			errs = append(errs, c.parseSegment(s)...)
		}
		c.setFinal()
	}
	if list := c.errorList(errs, sp); len(list) > 0 {
		return c, list
	}
	return c, nil
}

// parseSegment parses one piece of the cell and files what it finds.
func (c *Cell) parseSegment(s segment) []syntaxError {
	newLine := s.start == 0 || c.text[s.start-1] == '\n'
	switch s.kind {
	case packageClause:
		_, errs := c.parseRange(wrapNothing, s.start, s.end, newLine)
		return errs
	case imports, function:
		f, errs := c.parseRange(wrapFile, s.start, s.end, newLine)
		c.Comments = append(c.Comments, f.Comments...)
		for _, d := range f.Decls {
			c.addDecl(d)
		}
		return errs
	}
	f, errs := c.parseRange(wrapBody, s.start, s.end, newLine)
	c.Comments = append(c.Comments, f.Comments...)
	body := bodyOf(f)
	if body == nil {
		return errs
	}
	if len(errs) == 0 && (len(f.Decls) != 1 || c.File.Base()+s.end >= int(body.Rbrace)) {
		// The brackets of the cell reached into what is around it; split
		// does not let that happen.
		errs = append(errs, syntaxError{s.end, "unbalanced braces"})
	}
	for _, st := range body.List {
		switch st := st.(type) {
		case *ast.EmptyStmt, *ast.BadStmt:
		case *ast.DeclStmt:
			if g, ok := st.Decl.(*ast.GenDecl); ok && g.Tok == token.VAR {
				c.Stmts = append(c.Stmts, st)
			}
			c.addDecl(st.Decl)
		default:
			c.Stmts = append(c.Stmts, st)
		}
	}
	return errs
}

func (c *Cell) addDecl(d ast.Decl) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		c.Decls = append(c.Decls, d)
		if d.Recv == nil && d.Name.Name == "main" {
			c.HasMain = true
		}
	case *ast.GenDecl:
		if d.Tok != token.IMPORT {
			c.Decls = append(c.Decls, d)
			return
		}
		for _, s := range d.Specs {
			if s, ok := s.(*ast.ImportSpec); ok {
				c.Imports = append(c.Imports, s)
			}
		}
	}
}

// setFinal finds the expression that the cell shows.
func (c *Cell) setFinal() {
	if len(c.Stmts) == 0 {
		return
	}
	last, ok := c.Stmts[len(c.Stmts)-1].(*ast.ExprStmt)
	if !ok || c.isPrint(last.X) || c.semicolonAfter(last.End()) {
		return
	}
	if _, bad := last.X.(*ast.BadExpr); !bad {
		c.Final = last.X
	}
}

// isPrint says whether x calls one of fmt's functions that write and whose
// results nobody looks at.
func (c *Cell) isPrint(x ast.Expr) bool {
	call, ok := x.(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	pkg, ok := sel.X.(*ast.Ident)
	if !ok {
		return false
	}
	switch sel.Sel.Name {
	case "Print", "Printf", "Println", "Fprint", "Fprintf", "Fprintln":
	default:
		return false
	}
	if pkg.Name == "fmt" {
		return true
	}
	for _, s := range c.Imports {
		if s.Path.Value == `"fmt"` && s.Name != nil && s.Name.Name == pkg.Name {
			return true
		}
	}
	return false
}

// semicolonAfter says whether the next token from pos on is a semicolon that
// somebody wrote.
func (c *Cell) semicolonAfter(pos token.Pos) bool {
	off := int(pos) - c.File.Base()
	if off < 0 || off >= len(c.text) {
		return false
	}
	rest := c.text[off:]
	var s scanner.Scanner
	s.Init(token.NewFileSet().AddFile("", -1, len(rest)), rest, nil, 0)
	_, tok, _ := s.Scan()
	return tok == token.SEMICOLON
}

// Reparse parses again the text of n, a declaration, statement, expression or
// import of this cell, and returns a fresh tree that has the same positions
// and shares nothing with n. Two type checks must not share a tree.
func (c *Cell) Reparse(n ast.Node) (ast.Node, error) {
	w, start := wrapBody, n.Pos()
	switch n := n.(type) {
	case *ast.FuncDecl:
		w = wrapFile
		if n.Doc != nil {
			start = n.Doc.Pos()
		}
	case *ast.GenDecl:
		w = wrapFile
		if n.Doc != nil {
			start = n.Doc.Pos()
		}
	case *ast.DeclStmt:
		if g, ok := n.Decl.(*ast.GenDecl); ok && g.Doc != nil {
			start = g.Doc.Pos()
		}
	case *ast.ImportSpec:
		w = wrapImport
	case ast.Expr:
		w = wrapExpr
	case ast.Stmt:
	default:
		return nil, fmt.Errorf("%s: cannot parse a %T on its own", c.Name, n)
	}
	from, to := int(start)-c.File.Base(), int(n.End())-c.File.Base()
	if from < 0 || from > to || to > len(c.text) {
		return nil, fmt.Errorf("%s: a %T that is not of this cell", c.Name, n)
	}
	f, errs := c.parseRange(w, from, to, true)
	if len(errs) > 0 {
		return nil, c.errorList(errs, nil)
	}
	if r := unwrap(w, f); r != nil {
		return r, nil
	}
	return nil, fmt.Errorf("%s: nothing to parse again in a %T", c.Name, n)
}

// A wrapping is the text around a piece of a cell that makes it a Go file.
type wrapping struct{ before, after string }

var (
	wrapNothing = wrapping{"", ""}
	wrapFile    = wrapping{"package p;", ""}
	wrapImport  = wrapping{"package p;import ", ""}
	wrapBody    = wrapping{"package p;func _(){", "\n}"}
	wrapExpr    = wrapping{"package p;var _=", ""}
)

// maxPrefix is longer than each wrapping's text in front.
const maxPrefix = 64

func unwrap(w wrapping, f *ast.File) ast.Node {
	if len(f.Decls) != 1 {
		return nil
	}
	switch w {
	case wrapFile:
		return f.Decls[0]
	case wrapImport:
		return f.Imports[0]
	case wrapExpr:
		return f.Decls[0].(*ast.GenDecl).Specs[0].(*ast.ValueSpec).Values[0]
	}
	if body := bodyOf(f); body != nil && len(body.List) == 1 {
		return body.List[0]
	}
	return nil
}

// endLabel moves the empty statement of a label that ends a body to end: the
// parser puts it at the closing brace, which is not of the cell.
func endLabel(body *ast.BlockStmt, end token.Pos) {
	if body == nil || len(body.List) == 0 {
		return
	}
	s := body.List[len(body.List)-1]
	for {
		l, ok := s.(*ast.LabeledStmt)
		if !ok {
			break
		}
		s = l.Stmt
	}
	if e, ok := s.(*ast.EmptyStmt); ok && e.Implicit && e.Semicolon > end {
		e.Semicolon = end
	}
}

func bodyOf(f *ast.File) *ast.BlockStmt {
	if len(f.Decls) == 0 {
		return nil
	}
	if d, ok := f.Decls[0].(*ast.FuncDecl); ok {
		return d.Body
	}
	return nil
}

// parseRange parses text[start:end] within w. The nodes get the positions that
// the text has in the cell: the file that the parser sees is placed so that
// the piece falls on its own place in the cell's file.
// newLine says that the piece starts a line; a comment that it starts with is
// then the documentation of what follows, and otherwise belongs to what was
// before.
func (c *Cell) parseRange(w wrapping, start, end int, newLine bool) (*ast.File, []syntaxError) {
	before := w.before
	if newLine && before != "" {
		before += "\n"
	}
	src := make([]byte, 0, len(before)+end-start+len(w.after))
	src = append(src, before...)
	src = append(src, c.text[start:end]...)
	src = append(src, w.after...)

	fset := token.NewFileSet()
	if base := c.File.Base() + start - len(before); base >= 2 {
		fset.AddFile("", -1, base-2)
	}
	const mode = parser.SkipObjectResolution | parser.ParseComments
	f, err := parser.ParseFile(fset, c.Name, src, mode)
	if err == nil {
		endLabel(bodyOf(f), c.File.Pos(end))
		return f, nil
	}
	var list scanner.ErrorList
	if !errors.As(err, &list) {
		return f, []syntaxError{{start, err.Error()}}
	}
	errs := make([]syntaxError, len(list))
	for i, e := range list {
		off := e.Pos.Offset - len(before) + start
		errs[i] = syntaxError{min(max(off, start), end), e.Msg}
	}
	return f, errs
}
