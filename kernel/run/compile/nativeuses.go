package compile

import (
	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/jit"
	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/run/memory"
)

// declare makes variables of what closures read: of those that code does not read,
// too, as they may come from a caller and go to a frame.
func (l *lowering) declare(slots []frame.Slot) {
	for _, s := range slots {
		for _, p := range partsOf(s.Layout.Type, s.Off) {
			if _, constant := l.cons[p.off]; !constant {
				l.variable(p)
			}
		}
	}
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
	t := l.c.slotUseOf(in)
	l.out.Ins = append(l.out.Ins, jit.Ins{Op: jit.Closure, Dst: jit.NoVar, Exit: l.place(place{kind: comesBack, span: l.at})})
	t.ins = len(l.out.Ins) - 1
	l.touched[l.out] = append(l.touched[l.out], t)
}
