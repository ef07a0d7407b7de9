package check

import (
	"cmp"
	"go/token"
	"slices"
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
	msg = strings.NewReplacer("·old", "", "_ = ", "").Replace(msg)
	return Error{Position: s.cfg.Fset.Position(pos), Msg: msg, pos: pos}
}

// sorted orders errors by position and drops repetitions.
func sorted(errs []Error) ErrorList {
	slices.SortStableFunc(errs, func(a, b Error) int {
		return cmp.Or(cmp.Compare(a.Position.Line, b.Position.Line), cmp.Compare(a.Position.Column, b.Position.Column))
	})
	return slices.CompactFunc(errs, func(a, b Error) bool {
		return a.Position == b.Position && a.Msg == b.Msg
	})
}
