package link

import (
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/lower/unsupported"
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
			unsupported.Refuse(g.Pos(), "package %s: %v", g.Pkg.Pkg.Path(), err)
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
	rt, err := l.LayoutOf(ElemOf(g.Type()))
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
	rt, err := l.LayoutOf(ElemOf(g.Type()))
	if err != nil {
		unsupported.Refuse(g.Pos(), "%v", err)
	}
	unsupported.TooLarge(g.Pos(), g.Name(), rt)
	return reflect.New(rt).UnsafePointer()
}

// Bind makes a variable live in the memory at p, which must have its type's
// layout: that of an earlier variable whose place it takes.
func (l *Table) Bind(g *ssa.Global, p unsafe.Pointer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.globals[g] = p
}
