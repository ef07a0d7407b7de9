package jit

// call calls a compiled function: its frame lies below this one's on the stack.
func (e *Emitter) call(in *Ins) {
	across := e.after.Copy()
	in.defs(across.Del)
	saved := across.Copy()
	across.Each(func(v Var) {
		if e.Regs[v] == NoReg || e.clean.Has(v) {
			saved.Del(v)
		}
	})
	hasPointer := false
	saved.Each(func(v Var) { hasPointer = hasPointer || e.Kind(v) == Pointer })
	for _, r := range in.Results {
		// Results are put down after the call, when it is too late to leave.
		if r.Dst >= 0 && e.Kind(r.Dst) == Pointer && e.Regs[r.Dst] == NoReg {
			hasPointer = true
		}
	}
	if hasPointer {
		e.Guard()
	}
	saved.Each(func(v Var) {
		e.w.StoreVar(v, e.Regs[v])
		e.clean.Add(v)
	})
	frame := -LinkSize - in.Callee.Size
	for i := range in.Args {
		e.w.Argument(frame+in.Args[i].Off, &in.Args[i])
	}
	back := e.w.NewLabel()
	if l, known := e.callees[in.Callee]; known {
		e.w.Call(in.Callee, l, back)
	} else {
		e.w.CallAddress(in.Callee, in.Callee.Unit.CallAddress(in.Callee), back)
	}
	e.w.Bind(back)
	e.u.returns[back] = Exit{Func: e.F, Exit: in.Exit, Live: e.pointersIn(across)}
	for i := range in.Results {
		if r := &in.Results[i]; r.Dst >= 0 {
			e.w.Result(frame+r.Off, r)
		}
	}
	e.load(across)
}
