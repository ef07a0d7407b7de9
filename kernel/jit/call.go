package jit

import (
	"github.com/gosched/gosched/kernel/jit/asm"
)

// call calls a compiled function: its frame lies below this one's on the stack.
func (e *emitter) call(in *Ins, callees map[*Func]asm.Label) {
	across := e.after.copy()
	in.defs(across.del)
	saved := across.copy()
	across.each(func(v Var) {
		if e.regs[v] == noReg || e.clean.has(v) {
			saved.del(v)
		}
	})
	hasPointer := false
	saved.each(func(v Var) { hasPointer = hasPointer || e.f.Vars[v].Kind == Pointer })
	for _, r := range in.Results {
		// Results are put down after the call, when it is too late to leave.
		if r.Dst >= 0 && e.f.Vars[r.Dst].Kind == Pointer && e.regs[r.Dst] == noReg {
			hasPointer = true
		}
	}
	if hasPointer {
		e.barrier()
	}
	saved.each(func(v Var) {
		e.storeVar(v, e.regs[v])
		e.clean.add(v)
	})
	frame := -linkSize - in.Callee.Size
	for _, a := range in.Args {
		m := asm.At(asm.RSP, frame+a.Off)
		if a.Kind.Float() {
			e.StoreX(m, e.anyFloat(a.X, xtmp2, a.Kind), a.Kind.Size())
		} else {
			e.Buffer.Store(m, e.anyInt(a.X, tmp2), a.Kind.Size())
		}
	}
	if l, ok := callees[in.Callee]; ok {
		e.Buffer.Call(l)
	} else {
		e.MovImm(tmp, uint64(in.Callee.Unit.CallAddress(in.Callee)))
		e.CallReg(tmp)
	}
	here := e.NewLabel()
	e.Bind(here)
	e.u.returns[here] = Exit{Func: e.f, Exit: in.Exit, Live: e.pointersIn(across)}
	for _, r := range in.Results {
		if r.Dst < 0 {
			continue
		}
		m := asm.At(asm.RSP, frame+r.Off)
		if r.Kind.Float() {
			d := e.dstFloat(r.Dst)
			e.LoadX(d, m, r.Kind.Size())
			e.putFloat(r.Dst, d)
		} else {
			d := e.dstInt(r.Dst)
			e.Buffer.Load(d, m, r.Kind.Size(), r.Kind.Signed())
			e.put(r.Dst, d)
		}
	}
	e.load(across)
}
