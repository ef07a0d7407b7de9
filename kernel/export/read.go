package export

import (
	"errors"
	"go/ast"
	"go/scanner"
	"go/token"
	"go/types"
	"regexp"
	"runtime"
	"strconv"
	"strings"

	"github.com/gosched/gosched/kernel/cell"
	"github.com/gosched/gosched/kernel/check"
	"github.com/gosched/gosched/kernel/display"
	"github.com/gosched/gosched/kernel/display/gophernotes"
	"github.com/gosched/gosched/kernel/stdlib"
)

// object is what a name means.
type object = types.Object

// A unit is a cell that has been checked.
type unit struct {
	state *state
	cell  *cell.Cell
	check *check.Unit
	file  *token.File // of the cell's text

	// objects are what identifiers mean, by position: of the cell, and of
	// declarations of earlier cells that are built again with it.
	objects map[token.Pos]object
	cuts    []span // imports and the package clause, which are written elsewhere
	blank   []string
	vars    []*variable
	hoisted bool // this round began with all of its variables hoisted
}

// A span is a part of a cell's text, as byte offsets.
type span struct{ start, end int }

// read parses and checks the cells in their order.
func (x *exporter) read() error {
	x.packages.session.Refresh()
	session := check.New(check.Config{
		Fset:      x.fset,
		Importer:  x.packages,
		Resolve:   x.packages.resolve,
		GoVersion: stdlib.GoVersion,
		Sizes:     types.SizesFor("gc", runtime.GOARCH),
	})
	options := cell.Options{
		TakesText: x.o.TakesText,
		Known: func(name string) bool {
			return session.Lookup(name) != nil || types.Universe.Lookup(name) != nil || session.Imports()[name] != ""
		},
	}
	for _, s := range x.states {
		if s.extent == nothing {
			continue
		}
		source := []byte(s.Source)
		name := "cell " + strconv.Itoa(s.Number)
		c, err := cell.ParseWith(x.fset, name, source, options)
		if err != nil {
			x.again = s.leave(nothing, "it does not compile: "+firstLine(err.Error())) || x.again
			continue
		}
		if len(c.Body) > 0 {
			x.again = s.leave(nothing, "what follows its first line is no Go") || x.again
			continue
		}
		if src := gophernotes.Rewrite(c, options.Known); src != nil {
			if c, err = cell.ParseWith(x.fset, name, src, options); err != nil {
				return err
			}
		}
		if s.extent == declarations {
			if c, err = cell.ParseWith(x.fset, name, x.declarationsOf(c), options); err != nil {
				return err
			}
		}
		if u := x.check(session, s, c); u != nil {
			x.units = append(x.units, u)
		}
	}
	return nil
}

// check checks one cell and takes it into the session.
func (x *exporter) check(session *check.Session, s *state, c *cell.Cell) *unit {
	cu, err := session.Check(c)
	if err != nil {
		x.again = s.leave(nothing, x.because(err)) || x.again
		return nil
	}
	for _, p := range cu.Imported {
		if x.packages.own[p.Path()] != nil && p.Path() != display.Path {
			x.again = s.leave(nothing, "it uses "+p.Path()+", which only notebooks have") || x.again
			return nil
		}
	}
	session.Commit(cu, nil)
	u := &unit{state: s, cell: cu.Cells()[0], check: cu, hoisted: s.hoist}
	u.file = u.cell.File
	u.objects = x.meanings(cu)
	u.findCuts()
	for _, imp := range u.cell.Imports {
		if imp.Name != nil && imp.Name.Name == "_" {
			if path, err := strconv.Unquote(imp.Path.Value); err == nil {
				u.blank = append(u.blank, path)
			}
		}
	}
	return u
}

var undefinedName = regexp.MustCompile(`undefined: ([\pL_][\pL\d_]*)`)

// because is the reason why a cell does not compile: because of another one that
// is not there, or by itself.
func (x *exporter) because(err error) string {
	text := err.Error()
	var list check.ErrorList
	if errors.As(err, &list) && len(list) > 0 {
		text = firstLine(list[0].Msg)
	}
	if m := undefinedName.FindStringSubmatch(text); m != nil {
		for i := len(x.states) - 1; i >= 0; i-- {
			s := x.states[i]
			if s.extent == whole {
				continue
			}
			c, err := cell.Parse(token.NewFileSet(), "", []byte(s.Source))
			if err != nil {
				continue
			}
			for _, n := range c.Declared() {
				if n.Name == m[1] {
					return "it uses " + m[1] + " of cell " + strconv.Itoa(s.Number)
				}
			}
		}
	}
	return "it does not compile: " + text
}

// declarationsOf is the text of a cell without its statements, at the places at
// which it stands.
func (x *exporter) declarationsOf(c *cell.Cell) []byte {
	u := &unit{cell: c, file: c.File}
	u.findCuts()
	text := []byte(strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return r
		}
		return ' '
	}, string(c.Source)))
	if len(text) != len(c.Source) { // a character of several bytes has become one space
		text = make([]byte, len(c.Source))
		for i, b := range c.Source {
			if text[i] = ' '; b == '\n' {
				text[i] = '\n'
			}
		}
	}
	keep := u.cuts
	for _, d := range c.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.VAR {
			continue
		}
		keep = append(keep, u.spanOf(d))
	}
	for _, k := range keep {
		copy(text[k.start:k.end], c.Source[k.start:k.end])
	}
	return text
}

// meanings are what the identifiers of a unit mean, by position.
func (x *exporter) meanings(cu *check.Unit) map[token.Pos]object {
	m := map[token.Pos]object{}
	files := map[*token.File]*cell.Cell{}
	for _, c := range cu.Cells() {
		files[c.File] = c
	}
	add := func(id *ast.Ident, o object) {
		if o == nil || !id.Pos().IsValid() {
			return
		}
		f := x.fset.File(id.Pos())
		c := files[f]
		if c == nil {
			return
		}
		text := identifierAt(c.Source, f.Offset(id.Pos()))
		if id.Name == text || id.Name == text+"·old" || id.Name == text+"·pkg" || text == "init" && strings.HasPrefix(id.Name, "init·") {
			m[id.Pos()] = o
		}
	}
	for id, o := range cu.Info.Defs {
		add(id, o)
	}
	for id, o := range cu.Info.Uses {
		add(id, o) // of an embedded field, its type
	}
	return m
}

// identifierAt is the identifier at a place of a text.
func identifierAt(text []byte, at int) string {
	var s scanner.Scanner
	rest := text[at:]
	s.Init(token.NewFileSet().AddFile("", -1, len(rest)), rest, nil, 0)
	_, tok, lit := s.Scan()
	if tok != token.IDENT {
		return ""
	}
	return lit
}

// findCuts finds the package clause and the imports in a cell.
func (u *unit) findCuts() {
	text := u.goText()
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(text))
	s.Init(file, text, func(token.Position, string) {}, 0)
	for {
		pos, tok, _ := s.Scan()
		if tok == token.EOF {
			return
		}
		if tok != token.PACKAGE && tok != token.IMPORT {
			continue
		}
		start := file.Offset(pos)
		depth := 0
		for tok != token.EOF {
			pos, tok, _ = s.Scan()
			switch tok {
			case token.LPAREN:
				depth++
			case token.RPAREN:
				depth--
			}
			if tok == token.SEMICOLON && depth == 0 {
				break
			}
		}
		u.cuts = append(u.cuts, span{start, min(file.Offset(pos), len(text))})
	}
}

// goText is the cell's text with its commands blanked out.
func (u *unit) goText() []byte {
	text := append([]byte(nil), u.cell.Source...)
	for _, m := range u.magics() {
		for i := m.start; i < m.end; i++ {
			if text[i] != '\n' {
				text[i] = ' '
			}
		}
	}
	return text
}

// magics are the lines that are commands.
func (u *unit) magics() []span {
	var list []span
	text := u.cell.Source
	for _, m := range u.cell.Magics {
		start := u.file.Offset(m.Pos)
		end := start
		for end < len(text) && (text[end] != '\n' || text[end-1] == '\\') {
			end++
		}
		list = append(list, span{start, end})
	}
	return list
}

// spanOf is where a node stands, with its documentation and with a comment that
// follows it on its line.
func (u *unit) spanOf(n ast.Node) span {
	start, end := n.Pos(), n.End()
	switch n := n.(type) {
	case *ast.FuncDecl:
		if n.Doc != nil {
			start = n.Doc.Pos()
		}
	case *ast.GenDecl:
		if n.Doc != nil {
			start = n.Doc.Pos()
		}
	}
	s := span{u.file.Offset(start), u.file.Offset(end)}
	s.end = u.withComment(s.end)
	return s
}

// withComment is end, or the end of a comment that follows there on the line.
func (u *unit) withComment(end int) int {
	for _, g := range u.cell.Comments {
		for _, c := range g.List {
			at := u.file.Offset(c.Pos())
			if at >= end && strings.TrimSpace(string(u.cell.Source[end:at])) == "" &&
				!strings.Contains(string(u.cell.Source[end:at]), "\n") && strings.HasPrefix(c.Text, "//") {
				return u.file.Offset(c.End())
			}
		}
	}
	return end
}
