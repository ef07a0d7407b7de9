package assist

import (
	"go/scanner"
	"go/token"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gosched/gosched/kernel/cell"
)

// rank orders import paths by how likely they are meant: fewer elements and
// no dot in the first (which is where the standard library is), then length.
func rank(path string) int {
	r := len(path) + 100*strings.Count(path, "/")
	if first, _, _ := strings.Cut(path, "/"); strings.Contains(first, ".") {
		r += 1000
	}
	if strings.HasPrefix(path, "math/rand/v") {
		r -= 200 // newer than math/rand
	}
	return r
}

func isIdentRune(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// identAround returns the bounds of the identifier that touches offset.
func identAround(src string, offset int) (start, end int) {
	start, end = identStart(src, offset), offset
	for end < len(src) {
		r, n := utf8.DecodeRuneInString(src[end:])
		if !isIdentRune(r) {
			break
		}
		end += n
	}
	if r, _ := utf8.DecodeRuneInString(src[start:end]); unicode.IsDigit(r) {
		return offset, offset // a number
	}
	return start, end
}

func identStart(src string, offset int) int {
	for offset > 0 {
		r, n := utf8.DecodeLastRuneInString(src[:offset])
		if !isIdentRune(r) {
			break
		}
		offset -= n
	}
	return offset
}

// place is what kind of text an offset is in.
type place int

const (
	inCode place = iota
	inText       // a comment, or a string that nothing is known of
	inImport
	inNumber
	inMagic
)

// placeOf says what offset is in, and where that starts.
func placeOf(src string, offset int) (place, int) {
	line := strings.LastIndexByte(src[:offset], '\n') + 1
	if trimmed := strings.TrimLeft(src[line:offset], " \t"); strings.HasPrefix(trimmed, "%") {
		if c, _ := cell.Parse(token.NewFileSet(), "", []byte(src)); c != nil {
			for _, m := range c.Magics {
				if at := int(m.Pos) - c.File.Base(); at >= line && at < offset {
					return inMagic, at
				}
			}
		}
	}
	file := token.NewFileSet().AddFile("", -1, len(src))
	var s scanner.Scanner
	s.Init(file, []byte(src), func(token.Position, string) {}, scanner.ScanComments)
	imports, depth := false, 0
	for {
		pos, tok, lit := s.Scan()
		at := file.Offset(pos)
		if tok == token.EOF || at >= offset {
			return inCode, offset
		}
		end := at + len(lit)
		switch tok {
		case token.COMMENT:
			// A line comment goes on up to the new line, the cursor behind
			// its end is still in it.
			if offset < end || strings.HasPrefix(lit, "//") && offset == end || !terminated(lit) && offset <= end {
				return inText, at
			}
		case token.STRING, token.CHAR:
			if offset < end || !terminated(lit) && offset <= end {
				if imports && tok == token.STRING {
					return inImport, at + 1
				}
				return inText, at
			}
		case token.INT, token.FLOAT, token.IMAG:
			if offset <= end {
				return inNumber, at
			}
		case token.IMPORT:
			imports, depth = true, 0
		case token.LPAREN:
			depth++
		case token.RPAREN:
			depth--
		case token.SEMICOLON:
			if depth <= 0 {
				imports = false
			}
		}
	}
}

// terminated says whether a comment or string has its end.
func terminated(lit string) bool {
	if strings.HasPrefix(lit, "/*") {
		return len(lit) >= 4 && strings.HasSuffix(lit, "*/")
	}
	return len(lit) >= 2 && lit[len(lit)-1] == lit[0]
}

// afterDot says whether the identifier at start is selected from something.
func afterDot(src string, start int) bool {
	before := strings.TrimRight(src[:start], " \t\r\n")
	return strings.HasSuffix(before, ".") && !strings.HasSuffix(before, "..")
}
