package compile

import (
	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/jit"
	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/run/memory"
)

// declare makes variables of what callers pass: of what code does not read, too, as
// closures may read it.
func (l *lowering) declare() {
	for _, slots := range [][]frame.Slot{l.c.fn.Params, l.c.fn.Free} {
		for _, s := range slots {
			for _, p := range partsOf(s.Layout.Type, s.Off) {
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
	l.closureOf(l.usesOf(in))
}

func (l *lowering) closureOf(t slotUse) {
	l.out.Ins = append(l.out.Ins, jit.Ins{Op: jit.Closure, Dst: jit.NoVar, Exit: l.place(place{kind: comesBack, span: l.at})})
	t.ins = len(l.out.Ins) - 1
	l.touched[l.out] = append(l.touched[l.out], t)
}
