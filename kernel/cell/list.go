package cell

import "go/token"

// A list is a last line such as "x, err": expressions with commas between them,
// which Go has no statement for.
type list struct {
	start  int   // byte offset of the first expression
	commas []int // byte offsets of the commas between them
}

// findList finds the list that the cell ends with, if it ends with one.
func (sp *splitting) findList() {
	var l list
	fresh := true // at the beginning of a statement
	possible := true
	last := token.SEMICOLON
	for _, x := range sp.lexemes {
		tok := token.Token(x.tok)
		// What opens a bracket counts as inside of it, and what closes it as
		// outside.
		if x.depth > 0 && !(fresh && x.depth == 1) {
			last = tok
			continue
		}
		switch {
		case tok == token.SEMICOLON, tok == autoSemicolon:
			// Nothing that is written may come after the list.
			if tok == token.SEMICOLON {
				l.commas = nil
			}
			fresh, last = true, tok
			continue
		case fresh:
			l, possible = list{start: int(x.offset)}, beginsExpression(tok)
		case tok == token.COMMA:
			l.commas = append(l.commas, int(x.offset))
		case tok == token.ARROW && endsOperand(last), tok == token.COLON, tok == token.ELLIPSIS,
			tok == token.INC, tok == token.DEC, tok == token.DEFINE, isAssignment(tok):
			possible = false
		}
		fresh, last = false, tok
	}
	if possible && len(l.commas) > 0 && last != token.COMMA && last != token.SEMICOLON {
		sp.list = l
	}
}

// separate makes a statement of each expression of the list.
func (sp *splitting) separate() {
	for _, comma := range sp.list.commas {
		sp.blank(comma, comma+1)
		sp.text[comma] = ';'
	}
}

// beginsExpression says whether a statement that starts with tok may be one.
func beginsExpression(tok token.Token) bool {
	if tok.IsKeyword() {
		switch tok {
		case token.FUNC, token.MAP, token.CHAN, token.STRUCT, token.INTERFACE:
			return true
		}
		return false
	}
	return true
}

func endsOperand(tok token.Token) bool {
	switch tok {
	case token.RPAREN, token.RBRACK, token.RBRACE:
		return true
	}
	return tok.IsLiteral()
}

func isAssignment(tok token.Token) bool {
	return tok == token.ASSIGN || tok >= token.ADD_ASSIGN && tok <= token.AND_NOT_ASSIGN
}
