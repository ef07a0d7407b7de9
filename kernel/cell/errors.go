package cell

import (
	"bytes"
	"fmt"
	"go/scanner"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// errorList turns what the scanner, the parser and split found into what
// people see. sp may be nil.
func (c *Cell) errorList(errs []syntaxError, sp *splitting) ErrorList {
	errs = slices.DeleteFunc(slices.Clone(errs), func(e syntaxError) bool { return sp != nil && sp.spurious(e) })
	slices.SortStableFunc(errs, func(a, b syntaxError) int { return a.offset - b.offset })
	var list ErrorList
	line := 0
	for _, e := range errs {
		off := min(max(e.offset, 0), len(c.Source))
		pos := c.File.PositionFor(c.File.Pos(off), false)
		if pos.Line == line {
			continue // it follows from the one before, gofmt thinks too
		}
		line = pos.Line
		list = append(list, &scanner.Error{Pos: pos, Msg: c.explain(e.msg, off, sp)})
		if len(list) == MaxErrors {
			break
		}
	}
	return list
}

// spurious says whether e only follows from something that has been reported.
func (sp *splitting) spurious(e syntaxError) bool {
	return sp.openText >= 0 && e.offset > sp.openText ||
		sp.strayCase >= 0 && e.offset >= sp.strayCase && strings.HasPrefix(e.msg, "expected ")
}

var illegalCharacter = regexp.MustCompile(`^illegal character U\+([0-9A-F]{4,6})`)

// explain adds to a message of go/scanner or go/parser what to do about it.
func (c *Cell) explain(msg string, off int, sp *splitting) string {
	if m := illegalCharacter.FindStringSubmatch(msg); m != nil {
		n, err := strconv.ParseInt(m[1], 16, 32)
		if hint := characterHint(rune(n)); err == nil && hint != "" && !strings.Contains(msg, "(use ") {
			return msg + " (" + hint + ")"
		}
		return msg
	}
	if off >= len(bytes.TrimRight(c.Source, " \t\r\n")) {
		// What follows the cell is not its own.
		msg = strings.Replace(msg, "found '}'", "found 'EOF'", 1)
	}
	switch {
	case strings.Contains(msg, "exceeded max nesting depth"):
		return "nested too deeply: split it into smaller functions and statements"
	case msg == "expected 1 expression":
		return msg + " (several values are shown where they are the last line of a cell; elsewhere print them: fmt.Println(a, b))"
	case msg == "illegal character NUL":
		return msg + " (a byte of value 0; what is pasted here is not text)"
	case strings.HasPrefix(msg, "missing import path"):
		return msg + ` (it takes quotes, as in import "fmt")`
	case msg == "illegal UTF-8 encoding":
		return msg + " (Go source is UTF-8 text; paste the text again, or write the bytes in a string as \\xff)"
	case msg == "illegal byte order mark":
		return msg + " (an invisible U+FEFF; delete it)"
	case msg == "illegal rune literal":
		return msg + " (strings take double quotes)"
	case strings.HasSuffix(msg, "found 'else'"):
		return msg + " ('else' goes on the line of the '}' before it)"
	case strings.Contains(msg, "found 'EOF'"):
		msg = strings.Replace(msg, "'EOF'", "end of cell", 1)
		if sp != nil && len(sp.open) > 0 {
			b := sp.open[len(sp.open)-1]
			p := c.File.PositionFor(c.File.Pos(b.offset), false)
			msg += fmt.Sprintf(" (the '%s' of line %d, column %d is not closed)", b.tok, p.Line, p.Column)
		}
	}
	return msg
}

// characterHint says what to write instead of r, a character that Go's grammar
// has no place for.
func characterHint(r rune) string {
	switch {
	case r >= 0xFF01 && r <= 0xFF5E:
		return fmt.Sprintf("full-width; use %q", string(r-0xFEE0))
	case r == '#':
		return "a comment starts with //"
	}
	if ascii, ok := lookalikes[r]; ok {
		return fmt.Sprintf("use %q", ascii)
	}
	if strings.ContainsRune("\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\u200b\u200c\u200d\u2060\u00ad", r) {
		return "invisible or not a plain space; delete it and type a space"
	}
	return ""
}

// lookalikes are characters that word processors, web pages and input methods
// put in the place of ASCII.
var lookalikes = map[rune]string{
	'‘': "'", '’': "'", '‚': "'", '′': "'", '´': "'",
	'“': `"`, '”': `"`, '„': `"`, '″': `"`, '«': `"`, '»': `"`,
	'–': "-", '—': "-", '−': "-", '‐': "-", '‑': "-",
	'、': ",", '。': ".", '；': ";", '【': "[", '】': "]", '「': `"`, '」': `"`,
	'×': "*", '÷': "/", '≤': "<=", '≥': ">=", '≠': "!=", '…': "...", '→': "->", '←': "<-",
}
