package cell

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"runtime"
	"strings"
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
	// as an *ast.DeclStmt, perhaps with a label, whose Decl is also in Decls.
	// When Final is set, it is the expression of the last of Stmts, an
	// *ast.ExprStmt.
	Stmts []ast.Stmt

	// Final is the expression whose value the cell shows if it has one, or nil:
	// the last statement, when it is an expression that is not followed by a
	// semicolon.
	Final ast.Expr

	// Shown are the expressions whose values the cell shows: Final alone, or
	// where the cell ends with a list of expressions such as "x, err", all of
	// them. Each is a statement of Stmts.
	Shown []ast.Expr

	// HasMain says that the cell declares func main.
	HasMain bool
	// HasPackage says that it has a package clause, so that with a func main it
	// is a whole program.
	HasPackage bool

	// Comments are all comments of the cell in source order.
	Comments []*ast.CommentGroup

	// Body is the text behind a command that takes one.
	Body []byte

	options Options
	text    []byte // Source, with what is not Go blanked out
}

// A Magic is a line that is a command to the kernel, not Go.
type Magic struct {
	// Prefix is what the line starts with: "%"; "%%" for a command to the
	// whole cell, which stands before its Go code; "!" for what would be a
	// shell command; "?" for a line that asks about a name, also if the mark
	// stands behind the name; ":" for a command of another kernel.
	Prefix string
	// Name is the word after %, %% or :, perhaps empty, and always for the others.
	Name string
	Args string // the rest of the line without surrounding space
	Pos  token.Pos
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
// whose positions are those of src, and which is there for as long as the cell is
// referred to.
//
// A non-nil error is an [ErrorList]. The cell is never nil: with an error it
// holds as much as could be recognised, good enough for completion but not to
// be run, and some of its nodes may end outside the file.
func Parse(fset *token.FileSet, name string, src []byte) (*Cell, error) {
	return ParseWith(fset, name, src, Options{})
}

// Options say what a cell means beyond Go.
type Options struct {
	// Known reports which names mean something to Go beside those that the cell
	// itself mentions. A line such as !ls, which could be Go or a command to the
	// shell, is then told by its name.
	Known func(name string) bool
	// TakesText reports which %% commands are followed by text for them and no
	// Go.
	TakesText func(name string) bool
}

// ParseWith is [Parse] with options.
func ParseWith(fset *token.FileSet, name string, src []byte, o Options) (*Cell, error) {
	if o.Known != nil {
		o.Known = remembering(o.Known)
	}
	// The gap leaves room for what is put in front of the text to parse a piece
	// of it.
	file := addFile(fset, name, len(src))
	file.SetLinesForContent(src)
	c := &Cell{Name: name, Source: src, File: file, options: o}
	runtime.AddCleanup(c, fset.RemoveFile, file)

	code := src
	if o.TakesText != nil {
		code, c.Body, _ = CutBody(src, o.TakesText)
	}
	sp := splitFor(code, o.Known)
	sp.separate()
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
		c.setFinal(len(sp.list.commas))
	}
	if list := c.errorList(errs, sp); len(list) > 0 {
		return c, list
	}
	return c, nil
}

// Again parses the cell once more, into trees that share nothing with c's.
func (c *Cell) Again(fset *token.FileSet) (*Cell, error) {
	return ParseWith(fset, c.Name, c.Source, c.options)
}

// remembering asks known about each name once: another time may find other names
// known, and a lock taken.
func remembering(known func(string) bool) func(string) bool {
	said := map[string]bool{}
	return func(name string) bool {
		is, ok := said[name]
		if !ok {
			is = known(name)
			said[name] = is
		}
		return is
	}
}

// parseSegment parses one piece of the cell and files what it finds.
func (c *Cell) parseSegment(s segment) []syntaxError {
	newLine := s.start == 0 || c.text[s.start-1] == '\n'
	switch s.kind {
	case packageClause:
		c.HasPackage = true
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
			if isVar(st.Decl) {
				c.Stmts = append(c.Stmts, st)
			}
			c.addDecl(st.Decl)
		case *ast.LabeledStmt:
			c.Stmts = append(c.Stmts, st)
			c.addLabelled(st)
		default:
			c.Stmts = append(c.Stmts, st)
		}
	}
	return errs
}

func isVar(d ast.Decl) bool {
	g, ok := d.(*ast.GenDecl)
	return ok && g.Tok == token.VAR
}

// addLabelled files the declaration that a labelled statement is, if it is one.
// Only that of a variable stays among the statements.
func (c *Cell) addLabelled(l *ast.LabeledStmt) {
	for {
		inner, ok := l.Stmt.(*ast.LabeledStmt)
		if !ok {
			break
		}
		l = inner
	}
	st, ok := l.Stmt.(*ast.DeclStmt)
	if !ok {
		return
	}
	c.addDecl(st.Decl)
	if !isVar(st.Decl) {
		l.Stmt = &ast.EmptyStmt{Semicolon: st.Pos(), Implicit: true}
	}
}

// addDecl files a declaration.
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

// setFinal finds the expressions that the cell shows: one more than there are
// commas between them.
func (c *Cell) setFinal(commas int) {
	if len(c.Stmts) == 0 {
		return
	}
	last, ok := c.Stmts[len(c.Stmts)-1].(*ast.ExprStmt)
	if !ok || c.semicolonAfter(last.End()) {
		return
	}
	if _, bad := last.X.(*ast.BadExpr); bad {
		return
	}
	c.Final = last.X
	for _, st := range c.Stmts[max(len(c.Stmts)-1-commas, 0):] {
		if st, ok := st.(*ast.ExprStmt); ok {
			c.Shown = append(c.Shown, st.X)
		}
	}
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

// Code is the cell's Go code: its source without commands to the kernel.
func (c *Cell) Code() string {
	var b strings.Builder
	for line := range strings.Lines(string(c.text)) {
		if text := strings.TrimRight(line, " \t\r\n"); text != "" || strings.TrimLeft(line, "\n") == "" {
			b.WriteString(text + "\n")
		}
	}
	return b.String()
}

// IsProgram says that the cell is a whole program: package main and func main.
func (c *Cell) IsProgram() bool { return c.HasPackage && c.HasMain }
