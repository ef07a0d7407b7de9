package cell

import (
	"bytes"
	"go/ast"
	"go/token"
	"strings"

	"github.com/gosched/gosched/kernel/session"
)

// The statuses of session.Completeness.
const (
	complete   = "complete"
	incomplete = "incomplete"
	invalid    = "invalid"
)

// IsComplete says whether src can be run as it stands, needs more lines, or
// can be mended by no further line.
func IsComplete(src string) session.Completeness {
	text := []byte(src)
	c, err := Parse(token.NewFileSet(), "cell", text)
	sp := split(text)
	switch {
	case err == nil:
		if c.endsOpen() {
			return session.Completeness{Status: incomplete, Indent: sp.indent()}
		}
		return session.Completeness{Status: complete}
	case sp.openText >= 0 && len(err.(ErrorList)) == 1:
		return session.Completeness{Status: incomplete}
	case sp.refused || len(sp.errs) > 0:
		return session.Completeness{Status: invalid}
	case onlyAtEnd(err.(ErrorList), sp) || sp.mendable():
		return session.Completeness{Status: incomplete, Indent: sp.indent()}
	}
	return session.Completeness{Status: invalid}
}

// endsOpen says whether the cell parses and still ends in the middle: with a
// label, or with a function that has no body.
func (c *Cell) endsOpen() bool {
	var last ast.Node
	for _, d := range c.Decls {
		if last == nil || d.Pos() > last.Pos() {
			last = d
		}
	}
	for _, s := range c.Stmts {
		if last == nil || s.Pos() > last.Pos() {
			last = s
		}
	}
	switch n := last.(type) {
	case *ast.FuncDecl:
		return n.Body == nil
	case *ast.LabeledStmt:
		e, ok := n.Stmt.(*ast.EmptyStmt)
		return ok && e.Implicit
	}
	return false
}

// onlyAtEnd says whether there is nothing wrong before the end of what is
// written.
func onlyAtEnd(errs ErrorList, sp *splitting) bool {
	_, end := sp.last()
	for _, e := range errs {
		if e.Pos.Offset <= end {
			return false
		}
	}
	return true
}

// mendable says whether the cell ends in the header of an if, for, switch or
// select that a block would make right, or in a list on the left of an
// assignment: the parser complains about these where they begin.
func (sp *splitting) mendable() bool {
	closers := sp.closers()
	for _, rest := range []string{" {}", "; {}", " true {}", " _ = 0, 0"} {
		src := append(bytes.TrimRight(bytes.Clone(sp.text), " \t\r\n"), rest+closers...)
		if _, err := Parse(token.NewFileSet(), "", src); err == nil {
			return true
		}
	}
	return false
}

// closers is the text that closes every open bracket.
func (sp *splitting) closers() string {
	var b strings.Builder
	for i := len(sp.open) - 1; i >= 0; i-- {
		switch sp.open[i].tok {
		case token.LPAREN:
			b.WriteByte(')')
		case token.LBRACK:
			b.WriteByte(']')
		default:
			b.WriteString("\n}")
			if sp.open[i].before.called {
				b.WriteString("()") // go and defer take a call
			}
		}
	}
	return b.String()
}

// last is the last token that somebody wrote, and its offset.
func (sp *splitting) last() (token.Token, int) {
	for i := len(sp.lexemes) - 1; i >= 0; i-- {
		if l := sp.lexemes[i]; token.Token(l.tok) != autoSemicolon {
			return token.Token(l.tok), int(l.offset)
		}
	}
	return token.ILLEGAL, 0
}

// indent is what gofmt would put in front of the next line.
func (sp *splitting) indent() string {
	tabs, from := 0, 0
	for i, b := range sp.open {
		// Brackets that were opened on one line indent once.
		if i == 0 || bytes.IndexByte(sp.text[from:b.offset], '\n') >= 0 {
			tabs++
		}
		from = b.offset
	}
	last, at := sp.last()
	if n := len(sp.open); n > 0 {
		b := sp.open[n-1]
		if (b.before.keyword == token.SWITCH || b.before.keyword == token.SELECT) && at == b.offset {
			tabs-- // a case is not indented
		}
	}
	switch {
	case last.IsOperator() && last.Precedence() > token.LowestPrec,
		last == token.PERIOD, last == token.ASSIGN, last == token.DEFINE:
		tabs++ // the rest of an expression
	}
	return strings.Repeat("\t", tabs)
}
