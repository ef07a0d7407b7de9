package cell

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"regexp"
	"slices"
	"strings"
)

// line is the text from off to the end of its line.
func (sp *splitting) line(off int) string {
	rest := sp.text[off:]
	if i := bytes.IndexByte(rest, '\n'); i >= 0 {
		rest = rest[:i]
	}
	return strings.TrimRight(string(rest), " \t\r")
}

// lines is line, with the lines that follow one that ends in a backslash.
func (sp *splitting) lines(off int) string {
	rest := sp.text[off:magicEnd(sp.text, off)]
	return strings.TrimRight(string(rest), " \t\r\n")
}

// magicEnd is the end of the command that starts at off, before its new line.
func magicEnd(text []byte, off int) int {
	for at := off; ; {
		i := bytes.IndexByte(text[at:], '\n')
		if i < 0 {
			return len(text)
		}
		end := at + i
		if !bytes.HasSuffix(bytes.TrimRight(text[off:end], "\r"), []byte(`\`)) {
			return end
		}
		at = end + 1
	}
}

// take makes a magic of the line at off, takes the line out of the text and
// returns its end.
func (sp *splitting) take(off int, m magicLine) int {
	end := magicEnd(sp.text, off)
	sp.lexemes = slices.DeleteFunc(sp.lexemes, func(l lexeme) bool { return int(l.offset) >= off })
	sp.errs = slices.DeleteFunc(sp.errs, func(e syntaxError) bool { return e.offset >= off })
	sp.blank(off, end)
	sp.magics = append(sp.magics, m)
	return end
}

// magic takes out a line that starts with %.
func (sp *splitting) magic(off int) int {
	m := magicLine{offset: off}
	m.Prefix = "%"
	line := strings.TrimPrefix(joinLines(sp.lines(off)), "%")
	if rest, ok := strings.CutPrefix(line, "%"); ok {
		m.Prefix, line = "%%", rest
	}
	if i := strings.IndexAny(line, " \t"); i >= 0 {
		line, m.Args = line[:i], strings.TrimSpace(line[i:])
	}
	m.Name = line
	if strings.HasSuffix(line, "?") && m.Args == "" {
		m.Magic = Magic{Prefix: "?", Args: m.Prefix + strings.TrimRight(line, "?")}
	}
	late := m.Prefix == "%%" && m.Name != "" && m.Name != programName && len(sp.lexemes) > 0
	end := sp.take(off, m)
	if late {
		sp.errs = append(sp.errs, syntaxError{off, "a line with %% must stand before the Go code of its cell"})
	}
	return end
}

// programName is that of the command %%main, for which %% alone is short: as a mark
// between declarations and statements it may stand anywhere.
const programName = "main"

// joinLines makes one line of several that end in backslashes.
func joinLines(s string) string {
	return regexp.MustCompile(`[ \t]*\\\r?\n[ \t]*`).ReplaceAllString(s, " ")
}

// shell takes out a line that starts with ! or $.
func (sp *splitting) shell(off int) int {
	return sp.take(off, magicLine{Magic: Magic{Prefix: "!", Args: strings.TrimSpace(sp.lines(off)[1:])}, offset: off})
}

// colon takes out a line that starts with :.
func (sp *splitting) colon(off int) int {
	name, args, _ := strings.Cut(sp.line(off)[1:], " ")
	return sp.take(off, magicLine{Magic: Magic{Prefix: ":", Name: name, Args: strings.TrimSpace(args)}, offset: off})
}

// isShell reports whether the line at off, which starts with !, can be no part of
// a Go expression, or one only with a name that means nothing.
func (sp *splitting) isShell(off int) bool {
	line := sp.line(off)
	if x, err := parser.ParseExpr(line); err == nil {
		name := operand(x)
		return name != "" && sp.known != nil && !sp.known(name) && !mentions(sp.text[:off], name)
	}
	inner := split([]byte(line[1:])) // without the !, so that it is not asked again
	last, _ := inner.last()
	return len(inner.open) == 0 && !goesOn(last)
}

// operand is the name that an expression such as !x.y(z) or !*x begins with, or
// nothing.
func operand(x ast.Expr) string {
	for {
		switch e := x.(type) {
		case *ast.UnaryExpr:
			x = e.X
		case *ast.StarExpr: // !*name is gonb's for a command in another folder
			x = e.X
		case *ast.BinaryExpr:
			x = e.X
		case *ast.SelectorExpr:
			x = e.X
		case *ast.Ident:
			return e.Name
		default:
			return ""
		}
	}
}

// mentions reports whether a name stands in Go code.
func mentions(src []byte, name string) bool {
	if !bytes.Contains(src, []byte(name)) {
		return false
	}
	var s scanner.Scanner
	s.Init(token.NewFileSet().AddFile("", -1, len(src)), src, nil, 0)
	for {
		_, tok, lit := s.Scan()
		switch {
		case tok == token.EOF:
			return false
		case tok == token.IDENT && lit == name:
			return true
		}
	}
}

// comments lists where the comments of src start.
func comments(src []byte) []int {
	file := token.NewFileSet().AddFile("", -1, len(src))
	var s scanner.Scanner
	s.Init(file, src, nil, scanner.ScanComments)
	var list []int
	for {
		pos, tok, _ := s.Scan()
		switch tok {
		case token.EOF:
			return list
		case token.COMMENT:
			list = append(list, file.Offset(pos))
		}
	}
}

// goesOn reports whether an expression that ends with a token goes on in the
// next line.
func goesOn(last token.Token) bool {
	switch last {
	case token.COMMA, token.PERIOD:
		return true
	}
	return last.IsOperator() && last.Precedence() > token.LowestPrec
}

var (
	askedBefore = regexp.MustCompile(`^[ \t]*\?\??[ \t]*(%{0,2}[\pL_][\pL\d_.]*)$`)
	askedBehind = regexp.MustCompile(`^[ \t]*([\pL_][\pL\d_.]*)[ \t]*\?\??$`)
)

// question returns the name that the line around a question mark asks about,
// and where that line starts; or no name if the mark is something else.
func (sp *splitting) question(off int, lit string) (start int, name string) {
	if lit != "?" || len(sp.open) > 0 {
		return 0, ""
	}
	start = bytes.LastIndexByte(sp.text[:off], '\n') + 1
	for i := len(sp.lexemes) - 1; i >= 0; i-- {
		if l := sp.lexemes[i]; int(l.offset) < start {
			if tok := token.Token(l.tok); tok != token.SEMICOLON && tok != autoSemicolon {
				return 0, "" // within a statement
			}
			break
		}
	}
	line := sp.line(start)
	for _, asked := range []*regexp.Regexp{askedBefore, askedBehind} {
		if m := asked.FindStringSubmatch(line); m != nil {
			return start, m[1]
		}
	}
	return 0, ""
}
