package cell

import (
	"bytes"
	"go/scanner"
	"go/token"
)

// What a cell may hold before it is refused. Everything after the parser walks
// trees by recursion, so an endless expression would cost its stack.
const (
	maxSource      = 64 << 20 // bytes
	maxNesting     = 10_000   // brackets open at one time
	maxUninterrupt = 50_000   // tokens without a comma, semicolon or brace
)

// A segment is a run of the cell's text that is parsed in one go.
type segment struct {
	kind       segmentKind
	start, end int // byte offsets
}

type segmentKind int

const (
	statements segmentKind = iota
	function
	imports
	packageClause
)

// A bracket is one that is open.
type bracket struct {
	tok    token.Token
	offset int
	before beforeBracket
}

// beforeBracket is what the statement had before a bracket, at its depth.
type beforeBracket struct {
	// keyword is the last of if, for, switch, select, func, struct and
	// interface.
	keyword token.Token
	// called says that it is a func straight after go or defer.
	called bool
}

// A syntaxError is one at a byte offset of the cell.
type syntaxError struct {
	offset int
	msg    string
}

// A lexeme is small because a cell has many: maxSource keeps its fields from
// overflowing.
type lexeme struct {
	tok    int16 // a token.Token, autoSemicolon for one that nobody wrote
	depth  int16 // brackets open after it
	offset int32
}

const autoSemicolon token.Token = -1

type magicLine struct {
	Magic
	offset int
}

// A splitting is a cell cut into pieces that go/parser understands.
type splitting struct {
	text     []byte // the source with magics and stray brackets blanked out
	lexemes  []lexeme
	segments []segment
	list     list // that the cell ends with
	magics   []magicLine
	errs     []syntaxError

	open   []bracket // what is still open at the end
	counts [3]int    // of open ones, by kind
	// openText is the offset of a raw string or comment without an end, or -1.
	openText int
	// strayCase is the offset of a case or default outside of a switch, from
	// where the parser's errors say nothing of use; or -1.
	strayCase int
	refused   bool
	known     func(name string) bool // that Go has a meaning for a name; may be nil
	copied    bool                   // text is no longer the caller's
}

// split cuts src at top-level function declarations, imports and package
// clauses. The rest are statements, which the parser can tell apart.
func split(src []byte) *splitting { return splitFor(src, nil) }

// splitFor is split where names beside those that src mentions mean something.
func splitFor(src []byte, known func(name string) bool) *splitting {
	sp := &splitting{text: src, openText: -1, strayCase: -1, known: known}
	if bytes.HasPrefix(src, []byte("\ufeff")) {
		sp.blank(0, 3) // Go accepts a byte order mark here, and only here
	}
	if len(src) > maxSource {
		sp.refuse(0, "the cell has more than 64 MB of source; read the data from a file")
		return sp
	}
	sp.uncomment()
	sp.lexemes = make([]lexeme, 0, len(src)/4+1) // more than Go usually has
	sp.scan()
	if !sp.refused {
		sp.cut()
		sp.findList()
	}
	return sp
}

// blank overwrites text[start:end] with spaces, in a copy of the source.
func (sp *splitting) blank(start, end int) {
	if !sp.copied {
		sp.text, sp.copied = bytes.Clone(sp.text), true
	}
	for i := start; i < end; i++ {
		sp.text[i] = ' '
	}
}

// scan makes the lexemes and takes out magics and closing brackets that close
// nothing.
func (sp *splitting) scan() {
	for from := 0; from < len(sp.text); {
		from = sp.scanFrom(from)
	}
}

// scanFrom scans up to the next magic and returns where to go on after it, or
// the end of the text.
func (sp *splitting) scanFrom(from int) int {
	text := sp.text[from:]
	file := token.NewFileSet().AddFile("", -1, len(text))
	var s scanner.Scanner
	s.Init(file, text, func(p token.Position, msg string) {
		off := p.Offset + from
		sp.errs = append(sp.errs, syntaxError{off, msg})
		if msg == "raw string literal not terminated" || msg == "comment not terminated" {
			sp.openText = off
		}
	}, 0)
	var before beforeBracket
	run := 0
	for {
		pos, tok, lit := s.Scan()
		off := from + file.Offset(pos)
		switch run++; tok {
		case token.EOF:
			return len(sp.text)
		case token.SEMICOLON:
			if lit != ";" {
				tok = autoSemicolon
			}
			run = 0
			if tok == autoSemicolon {
				before = beforeBracket{}
			}
		case token.COMMA:
			run = 0
		case token.IF, token.FOR, token.SWITCH, token.SELECT, token.FUNC, token.STRUCT, token.INTERFACE:
			before = beforeBracket{tok, tok == token.FUNC && sp.lastIs(token.GO, token.DEFER)}
		case token.CASE, token.DEFAULT:
			if len(sp.open) == 0 && sp.atStart() && sp.strayCase < 0 {
				sp.strayCase = off
				sp.errs = append(sp.errs, syntaxError{off, tok.String() + " outside of a switch or select"})
			}
		case token.REM:
			if len(sp.open) == 0 && sp.atStart() && sp.startsLine(off) {
				return sp.magic(off)
			}
		case token.COLON:
			if len(sp.open) == 0 && sp.atStart() && sp.startsLine(off) && len(sp.line(off)) > 1 {
				return sp.colon(off) // as gophernotes has it
			}
		case token.NOT:
			if len(sp.open) == 0 && sp.atStart() && sp.startsLine(off) && sp.isShell(off) {
				return sp.shell(off)
			}
		case token.ILLEGAL:
			if lit == "$" && len(sp.open) == 0 && sp.atStart() && sp.startsLine(off) && len(sp.line(off)) > 1 {
				return sp.shell(off) // as gophernotes has it
			}
			if start, name := sp.question(off, lit); name != "" {
				return sp.take(start, magicLine{Magic: Magic{Prefix: "?", Args: name}, offset: start})
			}
		case token.LPAREN, token.LBRACK, token.LBRACE:
			if tok == token.LBRACE {
				run = 0
			}
			if len(sp.open) == maxNesting {
				sp.refuse(off, "nested too deeply: more than 10,000 brackets are open here")
				return len(sp.text)
			}
			sp.open = append(sp.open, bracket{tok, off, before})
			sp.counts[bracketKind(tok)]++
			before = beforeBracket{}
		case token.RPAREN, token.RBRACK, token.RBRACE:
			if len(sp.open) == 0 {
				sp.errs = append(sp.errs, syntaxError{off, "unexpected '" + tok.String() + "': no '" + opener(tok).String() + "' is open here"})
				sp.blank(off, off+1)
				continue
			}
			before = sp.close(tok)
			if tok == token.RBRACE {
				run = 0
			}
		}
		if run > maxUninterrupt {
			sp.refuse(off, "expression too long: more than 50,000 operators and operands; split it into several statements")
			return len(sp.text)
		}
		sp.lexemes = append(sp.lexemes, lexeme{int16(tok), int16(len(sp.open)), int32(off)})
	}
}

func (sp *splitting) refuse(off int, msg string) {
	sp.refused = true
	sp.errs = append(sp.errs, syntaxError{off, msg})
}

// close closes the innermost bracket that tok fits, and with it what was left
// open inside. It leaves a bracket that fits nothing to the parser's judgement.
func (sp *splitting) close(tok token.Token) beforeBracket {
	want := opener(tok)
	if sp.counts[bracketKind(want)] == 0 {
		return beforeBracket{}
	}
	for {
		b := sp.open[len(sp.open)-1]
		sp.open = sp.open[:len(sp.open)-1]
		sp.counts[bracketKind(b.tok)]--
		if b.tok == want {
			return b.before
		}
	}
}

func bracketKind(tok token.Token) int {
	switch tok {
	case token.LPAREN:
		return 0
	case token.LBRACK:
		return 1
	}
	return 2
}

func opener(tok token.Token) token.Token {
	switch tok {
	case token.RPAREN:
		return token.LPAREN
	case token.RBRACK:
		return token.LBRACK
	}
	return token.LBRACE
}

// atStart says whether the next token is the first of a statement.
func (sp *splitting) atStart() bool {
	return len(sp.lexemes) == 0 || sp.lastIs(token.SEMICOLON, autoSemicolon)
}

func (sp *splitting) lastIs(a, b token.Token) bool {
	if len(sp.lexemes) == 0 {
		return false
	}
	last := token.Token(sp.lexemes[len(sp.lexemes)-1].tok)
	return last == a || last == b
}

// startsLine says whether there is only space before off on its line.
func (sp *splitting) startsLine(off int) bool {
	for off > 0 {
		switch off--; sp.text[off] {
		case '\n':
			return true
		case ' ', '\t', '\r':
		default:
			return false
		}
	}
	return true
}

// cut makes the segments.
func (sp *splitting) cut() {
	start := 0 // of the segment
	kind := statements
	boundary := 0 // where the current statement begins
	fresh := true // nothing of the current statement has been seen
	empty := true // nothing of the segment has been seen
	push := func(end int) {
		if !empty {
			sp.segments = append(sp.segments, segment{kind, start, end})
		}
		start, kind, empty = end, statements, true
	}
	for i, l := range sp.lexemes {
		tok := token.Token(l.tok)
		if l.depth == 0 && (tok == token.SEMICOLON || tok == autoSemicolon) {
			boundary = int(l.offset)
			if tok == token.SEMICOLON {
				boundary++
			}
			if kind != statements {
				push(boundary)
			}
			fresh = true
			continue
		}
		if fresh && l.depth == 0 {
			if k := sp.classify(i); k != statements {
				push(boundary)
				kind = k
			}
		}
		fresh, empty = false, false
	}
	push(len(sp.text))
}

// classify says what the statement that starts with the i-th lexeme is.
func (sp *splitting) classify(i int) segmentKind {
	switch sp.tokenAt(i) {
	case token.PACKAGE:
		return packageClause
	case token.IMPORT:
		return imports
	case token.FUNC:
	default:
		return statements
	}
	switch sp.tokenAt(i + 1) {
	case token.IDENT:
		return function
	case token.LPAREN:
		// A method has a name after its receiver, and then parameters; the
		// result of a function literal is followed by its body.
		i = sp.after(i + 1)
		if sp.tokenAt(i) != token.IDENT {
			return statements
		}
		i++
		if sp.tokenAt(i) == token.LBRACK {
			i = sp.after(i)
		}
		if sp.tokenAt(i) == token.LPAREN {
			return function
		}
	}
	return statements
}

func (sp *splitting) tokenAt(i int) token.Token {
	if i < len(sp.lexemes) {
		return token.Token(sp.lexemes[i].tok)
	}
	return token.EOF
}

// after returns the index behind the bracket that closes the one at i.
func (sp *splitting) after(i int) int {
	inside := sp.lexemes[i].depth
	for i++; i < len(sp.lexemes); i++ {
		if sp.lexemes[i].depth < inside {
			return i + 1
		}
	}
	return i
}
