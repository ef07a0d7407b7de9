package check

import (
	"go/token"
	"strings"
)

// An Error is one of Go's compile errors.
type Error struct {
	Position token.Position // in the cell
	Msg      string
	pos      token.Pos
}

func (e Error) Error() string { return e.Position.String() + ": " + e.Msg }

// An ErrorList is every error of a cell, sorted by position.
type ErrorList []Error

func (l ErrorList) Error() string {
	lines := make([]string, len(l))
	for i, e := range l {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

func (s *Session) errorAt(pos token.Pos, msg string) Error {
	return Error{Position: s.cfg.Fset.Position(pos), Msg: plain(msg), pos: pos}
}
