package engine

import (
	"fmt"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// unsafeMemory says where a cell, or a function that it refers to, makes a pointer that
// Go knows nothing of: what is done through it is not under control. It is empty if
// there is no such place.
func (e *Engine) unsafeMemory(p *prepared) string {
	s := search{own: map[*ssa.Global]bool{}, assigned: map[*ssa.Global]bool{}, inside: map[*ssa.Global]bool{}, seen: map[*ssa.Function]bool{}}
	s.function(p.cell.Body)
	var first token.Pos
	for fn := range s.seen {
		if at := unsafeIn(fn); at.IsValid() && (!first.IsValid() || at < first) {
			first = at
		}
	}
	if !first.IsValid() {
		return ""
	}
	at := e.fset.Position(first)
	return fmt.Sprintf("memory that package unsafe reaches (%s line %d)", at.Filename, at.Line)
}

// unsafeIn is where fn itself makes an unsafe.Pointer, or uses one.
func unsafeIn(fn *ssa.Function) (first token.Pos) {
	isUnsafe := func(t types.Type) bool {
		b, ok := t.Underlying().(*types.Basic)
		return ok && b.Kind() == types.UnsafePointer
	}
	for _, b := range fn.Blocks {
		for _, in := range b.Instrs {
			c, ok := in.(*ssa.Convert)
			if !ok || !isUnsafe(c.Type()) && !isUnsafe(c.X.Type()) || !c.Pos().IsValid() {
				continue
			}
			if !first.IsValid() || c.Pos() < first {
				first = c.Pos()
			}
		}
	}
	return first
}
