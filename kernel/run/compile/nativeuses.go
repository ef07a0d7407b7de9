package compile

import (
	"go/token"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/jit"
	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/run/memory"
)

// A slotUse is the slots that the closures of an instruction of a block read and
// write.
type slotUse struct {
	ins    int
	reads  []frame.Slot
	writes []frame.Slot
}

// slotUseOf lists what the closures of an instruction may read and write.
func (l *lowering) slotUseOf(in ssa.Instruction) (t slotUse) {
	waits := false
	switch in := in.(type) {
	case *ssa.Call, *ssa.Send, *ssa.Select, *ssa.Defer:
		waits = true
	case *ssa.UnOp:
		waits = in.Op == token.ARROW
	}
	seen := map[ssa.Value]bool{}
	var read func(v ssa.Value)
	read = func(v ssa.Value) {
		if v == nil || seen[v] {
			return
		}
		seen[v] = true
		if waits {
			// What it waits for is named by what it was computed from, such as an
			// index: see namer.
			switch def := v.(type) {
			case *ssa.FieldAddr, *ssa.IndexAddr, *ssa.UnOp, *ssa.ChangeType, *ssa.Lookup, *ssa.Extract, *ssa.Slice:
				var ops [8]*ssa.Value
				for _, op := range def.(ssa.Instruction).Operands(ops[:0]) {
					read(*op)
				}
			}
		}
		if s := l.c.slots[v]; s != nil {
			t.reads = append(t.reads, *s)
		}
		for _, s := range l.c.tuples[v] {
			t.reads = append(t.reads, *s)
		}
		if a := l.c.addrs[v]; a != nil {
			read(a.base)
			read(a.slice)
			read(a.index)
			return
		}
		if def, ok := v.(ssa.Instruction); ok && (l.c.slots[v] == nil || l.c.fused[v]) {
			var ops [16]*ssa.Value
			for _, op := range def.Operands(ops[:0]) {
				read(*op)
			}
		}
		if mc, ok := v.(*ssa.MakeClosure); ok {
			for _, b := range mc.Bindings {
				read(b)
			}
		}
	}
	var ops [16]*ssa.Value
	for _, op := range in.Operands(ops[:0]) {
		read(*op)
	}
	if v, ok := in.(ssa.Value); ok {
		if l.c.addrs[v] != nil || l.c.fused[v] {
			read(v)
		} else {
			if s := l.c.slots[v]; s != nil {
				t.writes = append(t.writes, *s)
			}
			for _, s := range l.c.tuples[v] {
				t.writes = append(t.writes, *s)
			}
		}
	}
	return t
}

// within lists the variables that lie in slots.
func (l *lowering) within(slots []frame.Slot) (vars []jit.Var) {
	seen := map[jit.Var]bool{}
	for _, s := range slots {
		for off, v := range l.vars {
			if s.Off <= off && off < s.Off+s.Layout.Size && !seen[v] && s.Layout.Class != memory.ClassZero {
				seen[v] = true
				vars = append(vars, v)
			}
		}
	}
	return vars
}

// closure leaves an instruction to its closures and comes back.
func (l *lowering) closure(in ssa.Instruction) {
	if l.at.from == l.at.to {
		return
	}
	t := l.slotUseOf(in)
	l.out.Ins = append(l.out.Ins, jit.Ins{Op: jit.Closure, Dst: jit.NoVar, Exit: l.place(place{kind: comesBack, span: l.at})})
	t.ins = len(l.out.Ins) - 1
	l.touched[l.out] = append(l.touched[l.out], t)
}
