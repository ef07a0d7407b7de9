package link

import (
	"fmt"
	"go/token"
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// Global returns a variable's memory.
func (l *Table) Global(g *ssa.Global) unsafe.Pointer {
	l.mu.Lock()
	defer l.mu.Unlock()
	if p := l.memoryOf(g); p != nil {
		return p
	}
	p := l.newMemory(g)
	if set := l.unset[g]; set != nil {
		if err := l.set(g, p, set); err != nil {
			panic(&UnsupportedError{g.Pos(), fmt.Sprintf("package %s: %v", g.Pkg.Pkg.Path(), err)})
		}
		delete(l.unset, g)
	}
	l.globals[g] = p
	return p
}

// Fill has a variable set when somebody first asks for it, or now, if somebody has. Most
// tables of a large package are never looked at.
func (l *Table) Fill(g *ssa.Global, set func(reflect.Value) error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if p := l.memoryOf(g); p != nil {
		return l.set(g, p, set)
	}
	l.unset[g] = set
	return nil
}

func (l *Table) set(g *ssa.Global, p unsafe.Pointer, set func(reflect.Value) error) error {
	rt, err := l.TypeOf(ElemOf(g.Type()))
	if err != nil {
		return err
	}
	return set(reflect.NewAt(rt, p).Elem())
}

// newMemory is memory for a variable, or that of a compiled one. l.mu is held.
func (l *Table) newMemory(g *ssa.Global) unsafe.Pointer {
	if g.Pkg != nil {
		if v, ok := l.cfg.Symbol(g.Pkg.Pkg.Path(), g.Name()); ok && v.CanAddr() {
			return v.Addr().UnsafePointer()
		}
	}
	rt, err := l.TypeOf(ElemOf(g.Type()))
	if err != nil {
		panic(&UnsupportedError{g.Pos(), err.Error()})
	}
	if rt.Size() > MaxVariable {
		panic(&UnsupportedError{g.Pos(), TooLarge(g.Name(), rt)})
	}
	return reflect.New(rt).UnsafePointer()
}

// MaxVariable is how large a variable may be: what Go's linker allows.
const MaxVariable = 2_000_000_000

// TooLarge says so of a variable, or of what the SSA form has made one of.
func TooLarge(comment string, rt reflect.Type) string {
	what := "this value"
	switch {
	case comment == "makeslice" || comment == "slicelit" || comment == "varargs":
		return fmt.Sprintf("this slice is too large: %d elements of type %s have %d bytes, and %d are the most where the length is a constant", rt.Len(), rt.Elem(), rt.Size(), MaxVariable)
	case comment == "new" || comment == "complit":
	case token.IsIdentifier(comment):
		what = "variable " + comment
	}
	return fmt.Sprintf("%s is too large: %s has %d bytes, and %d are the most", what, rt, rt.Size(), MaxVariable)
}

// Bind makes a variable live in the memory at p, which must have its type's
// layout: that of an earlier variable whose place it takes.
func (l *Table) Bind(g *ssa.Global, p unsafe.Pointer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.globals[g] = p
}
