package check_test

import (
	"go/format"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/gosched/gosched/internal/snippet"
	"github.com/gosched/gosched/kernel/check"
)

// What becomes of cells, one after the other: what the statements are for the SSA
// builder, which variables there are, what is shown, and what people are told. Cells
// end with a line ----.
func TestCells(t *testing.T) {
	snippet.Golden(t, "cells.txtar", func(t *testing.T, src string) string {
		nb := open(t)
		var b strings.Builder
		for cell := range strings.SplitSeq(src, "----\n") {
			u, err := nb.check(cell)
			if err != nil {
				text := err.Error()
				if strings.Contains(text, "·") {
					t.Errorf("a name that is not the user's: %s", text)
				}
				// Checkers since Go 1.27 have words of their own for several values.
				b.WriteString(strings.ReplaceAll(text, " in multiple assignment", " in assignment") + "\n")
				continue
			}
			b.WriteString("cell " + strconv.Itoa(nb.n) + "\n" + nb.told(u))
			nb.s.Commit(u, nb.s.Redeclared(u))
		}
		return b.String()
	})
}

// told is a unit in words, before it is committed.
func (nb *notebook) told(u *check.Unit) string {
	nb.t.Helper()
	var b strings.Builder
	line := func(words ...string) {
		if len(words) > 1 {
			b.WriteString("\t" + strings.Join(words, " ") + "\n")
		}
	}
	short := func(p *types.Package) string { return p.Name() }
	for _, v := range u.Vars {
		text := types.TypeString(v.Obj.Type(), short)
		if v.Old != nil {
			text += ", in the place of the one before"
		}
		line("var", v.Obj.Name(), text)
	}
	for _, st := range u.Body().Body.List {
		var text strings.Builder
		if err := format.Node(&text, token.NewFileSet(), st); err != nil {
			nb.t.Error(err)
		}
		line("does", strings.Join(strings.Fields(text.String()), " "))
	}
	for _, r := range u.Results {
		line("shows", types.TypeString(r.Type(), short))
	}
	for _, n := range u.Notes {
		line("note", n.Name+":", n.Err.Error())
	}
	var same, gone []string
	redeclared := nb.s.Redeclared(u)
	for _, r := range redeclared {
		same = append(same, r.New.Obj().Name())
	}
	for _, o := range nb.s.Superseded(u, redeclared) {
		gone = append(gone, o.Name())
	}
	slices.Sort(same)
	slices.Sort(gone)
	line(append([]string{"same"}, same...)...)
	line(append([]string{"superseded"}, gone...)...)
	var imported []string
	for _, p := range u.Imported {
		imported = append(imported, p.Path())
	}
	slices.Sort(imported)
	line(append([]string{"imports"}, slices.Compact(imported)...)...)
	return b.String()
}
