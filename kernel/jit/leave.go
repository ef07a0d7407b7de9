package jit

import (
	"fmt"

	"github.com/gosched/gosched/kernel/jit/asm"
)

// save writes variables home, for Go. Pointers need the write barrier, so Go does
// that: they go to the context.
func (e *emitter) save(live, clean set) (pointers []int32) {
	live.each(func(v Var) {
		r := e.regs[v]
		if r == noReg || clean.has(v) || e.f.Vars[v].Off < 0 {
			return
		}
		if e.f.Vars[v].Kind == Pointer {
			e.Store(asm.At(ctx, e.t.Spill+8*int32(len(pointers))), asm.Reg(r), 8)
			pointers = append(pointers, e.f.Vars[v].Off)
			return
		}
		e.storeVar(v, r)
	})
	return pointers
}

// pointersIn lists the homes of pointers among the variables.
func (e *emitter) pointersIn(live set) (offs []int32) {
	live.each(func(v Var) {
		if e.f.Vars[v].Kind == Pointer && e.f.Vars[v].Off >= 0 {
			offs = append(offs, e.f.Vars[v].Off)
		}
	})
	return offs
}

// leave goes back to Go.
func (e *emitter) leave(x Exit) {
	here := e.NewLabel()
	e.Bind(here)
	e.u.exits[here] = x
	e.Store(asm.At(ctx, e.t.ExitSP), asm.RSP, 8)
	e.LeaHere(tmp, here)
	e.Load(asm.RSP, asm.At(ctx, e.t.Top), 8, false)
	e.OpImm(asm.SUB, asm.RSP, 8)
	e.Ret()
}

// leaveWith is the code that saves what is alive and leaves.
func (e *emitter) leaveWith(live set, exit int, resume asm.Label, resumes bool) func() {
	live, clean := live.copy(), e.clean.copy()
	return func() {
		x := Exit{Func: e.f, Exit: exit}
		x.Live = e.pointersIn(live)
		x.Spilled = e.save(live, clean)
		// A pointer that is spilled has no value at home.
		x.Live = without(x.Live, x.Spilled)
		if resumes {
			x.resume, x.Resumes = resume, true
		}
		e.leave(x)
	}
}

func without(list, not []int32) []int32 {
	out := list[:0]
next:
	for _, x := range list {
		for _, n := range not {
			if x == n {
				continue next
			}
		}
		out = append(out, x)
	}
	return out
}

// fail is where the instruction's exit is.
func (e *emitter) fail() asm.Label {
	if e.exit < 0 {
		if e.in.Exit <= 0 {
			panic(fmt.Sprint("no exit for operation ", e.in.Op))
		}
		e.exit = e.NewLabel()
		e.out(e.exit, e.leaveWith(e.before[e.index], e.in.Exit, 0, false))
	}
	return e.exit
}

// barrier leaves if a pointer cannot be stored without more ado, because the
// garbage collector is marking.
func (e *emitter) barrier() {
	e.MovImm(tmp, e.t.Barrier)
	e.CmpMemImm(asm.At(tmp, 0), 0, 4)
	e.Jcc(asm.CondNE, e.fail())
}

// barrierFor is barrier if one of the variables is a pointer at home.
func (e *emitter) barrierFor(vars ...Var) {
	for _, v := range vars {
		if v >= 0 && e.f.Vars[v].Kind == Pointer && e.regs[v] == noReg {
			e.barrier()
			return
		}
	}
}

func (e *emitter) poll(live set, exit int) {
	stop := e.NewLabel()
	e.CmpMemImm(asm.At(self, e.t.Guard), e.t.Preempt, 8)
	e.Jcc(asm.CondE, stop)
	e.out(stop, e.leaveWith(live, exit, 0, false))
}
