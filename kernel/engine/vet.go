package engine

import (
	"fmt"
	"go/types"
	"runtime"
	"strings"

	"github.com/gosched/gosched/kernel/cell"
	"github.com/gosched/gosched/kernel/check"
	"github.com/gosched/gosched/kernel/vet"
)

// vet returns what go vet would say about a cell, a line for each warning. The
// error names analysers that failed; the cell is none the worse for it.
func (e *Engine) vet(c *cell.Cell, u *check.Unit) (string, error) {
	if !strings.HasPrefix(c.Name, cellPrefix) {
		return "", nil // an expression that a front end asks about
	}
	warnings, err := e.vetter.Check(vet.Package{
		Fset:  e.fset,
		File:  u.File,
		Types: u.Pkg,
		Info:  u.Info,
		Sizes: types.SizesFor("gc", runtime.GOARCH),
		Body:  u.Body(),
	})
	var b strings.Builder
	for _, w := range warnings {
		if !u.Own(e.fset, w.Pos) {
			continue
		}
		if msg, ok := u.Plain(w.Message); ok {
			p := e.fset.Position(w.Pos)
			fmt.Fprintf(&b, "vet: %s:%d:%d: %s\n", p.Filename, p.Line, p.Column, msg)
		}
	}
	return b.String(), err
}

// vetText is what a cell shows of what vet says. An analyser that fails is a fault of
// its own and not of the cell's: the cell is told, since a warning may be missing.
func vetText(warnings string, err error) string {
	if err == nil {
		return warnings
	}
	for line := range strings.Lines(err.Error()) {
		warnings += "note: vet has not looked at all of this cell, which runs all the same: " + strings.TrimSuffix(line, "\n") + "\n"
	}
	return warnings
}
