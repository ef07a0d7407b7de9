package jit

import "github.com/gosched/gosched/kernel/jit/code"

// save writes variables home, for Go. Pointers need the write barrier, so Go does
// that: they go to the context.
func (e *Emitter) save(live, clean set) (pointers []int32) {
	live.Each(func(v Var) {
		r := e.Regs[v]
		if r == NoReg || clean.Has(v) || e.F.Vars[v].Off < 0 {
			return
		}
		if e.Kind(v) == Pointer {
			e.w.SpillVar(len(pointers), r)
			pointers = append(pointers, e.F.Vars[v].Off)
			return
		}
		e.w.StoreVar(v, r)
	})
	return pointers
}

// pointersIn lists the homes of pointers among the variables.
func (e *Emitter) pointersIn(live set) (offs []int32) {
	live.Each(func(v Var) {
		if e.Kind(v) == Pointer && e.F.Vars[v].Off >= 0 {
			offs = append(offs, e.F.Vars[v].Off)
		}
	})
	return offs
}

// leave goes back to Go.
func (e *Emitter) leave(x Exit) {
	here := e.w.NewLabel()
	e.u.exits[here] = x
	e.w.Exit(here)
}

// leaveWith is the code that saves what is alive and leaves.
func (e *Emitter) leaveWith(live set, exit int, resume code.Label, resumes bool) func() {
	live, clean := live.Copy(), e.clean.Copy()
	return func() {
		x := Exit{Func: e.F, Exit: exit}
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
