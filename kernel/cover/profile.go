package cover

import (
	"fmt"
	"go/scanner"
	"go/token"
	"slices"
	"strings"
)

// A Function is one that was looked at.
type Function struct {
	Name   string // with its receiver's type, such as (*Stack).Push
	Where  string // such as "cell 3"
	Line   int    // the first one
	Source string // from the first line to the last
	Blocks []Block
	From   token.Pos // of Source
}

// A Share is how many statements of how many were reached.
type Share struct{ Reached, All int }

// Share counts the function's statements.
func (f *Function) Share() (s Share) {
	for _, b := range f.Blocks {
		s.All += b.Stmts
		if b.Reached {
			s.Reached += b.Stmts
		}
	}
	return s
}

// Percent is the share as `go test -cover` prints it; without statements it is
// nothing.
func (s Share) Percent() string {
	if s.All == 0 {
		return ""
	}
	return fmt.Sprintf("%.1f%%", 100*float64(s.Reached)/float64(s.All))
}

// A Mark says of a line what was reached of it.
type Mark int

// The marks. A line without a statement has none.
const (
	Nothing Mark = iota
	Reached
	Missed
	Partly // of what stands in the line some was reached and some was not
)

// Sign is the mark in one character, which says it without a colour.
func (m Mark) Sign() string { return [...]string{" ", "✓", "✗", "~"}[m] }

// Word is the mark in a word.
func (m Mark) Word() string { return [...]string{"", "reached", "not reached", "partly reached"}[m] }

// Lines returns a mark for each line of the source.
func (f *Function) Lines() []Mark {
	src := []byte(f.Source)
	fset := token.NewFileSet()
	file := fset.AddFile("", -1, len(src))
	var s scanner.Scanner
	s.Init(file, src, func(token.Position, string) {}, 0) // it has been parsed
	marks := make([]Mark, strings.Count(f.Source, "\n")+1)
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			return marks
		}
		if tok == token.LBRACE || tok == token.RBRACE || tok == token.SEMICOLON || tok == token.RPAREN {
			continue // they end what was begun elsewhere
		}
		at := file.Offset(pos)
		b := f.block(at)
		if b == nil {
			continue
		}
		m := Missed
		if b.Reached {
			m = Reached
		}
		for line := file.Line(pos); ; line++ { // more than one of a text in backquotes
			switch have := &marks[line-1]; *have {
			case Nothing:
				*have = m
			case m:
			default:
				*have = Partly
			}
			if line >= file.Line(pos)+strings.Count(lit, "\n") {
				break
			}
		}
	}
}

// block is the innermost block with statements that has the source's byte at, or nil.
func (f *Function) block(at int) *Block {
	var found *Block
	for i := range f.Blocks {
		b := &f.Blocks[i]
		if p := f.From + token.Pos(at); b.Stmts > 0 && b.From <= p && p < b.To && (found == nil || b.From >= found.From) {
			found = b
		}
	}
	return found
}

// A Profile is what tests have reached.
type Profile struct {
	Functions []*Function
	// Notes say what could not be counted.
	Notes []string
}

// Share counts all functions' statements.
func (p *Profile) Share() (s Share) {
	for _, f := range p.Functions {
		x := f.Share()
		s.Reached += x.Reached
		s.All += x.All
	}
	return s
}

// Summary is the line that `go test -cover` prints.
func (p *Profile) Summary() string {
	s := p.Share()
	if s.All == 0 {
		return "coverage: [no statements]"
	}
	return fmt.Sprintf("coverage: %s of statements", s.Percent())
}

// split divides the functions into those of which something was reached and the rest.
func (p *Profile) split() (reached, missed []*Function) {
	for _, f := range p.Functions {
		if f.Share().Reached > 0 || slices.ContainsFunc(f.Blocks, func(b Block) bool { return b.Reached }) {
			reached = append(reached, f)
		} else if f.Share().All > 0 {
			missed = append(missed, f)
		}
	}
	return reached, missed
}
