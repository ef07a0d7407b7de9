package compile

import (
	"runtime"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/jit"
	"github.com/gosched/gosched/kernel/jit/host"
	"github.com/gosched/gosched/kernel/run/frame"
)

// compile makes the code of a function and of those that it calls.
func (n *native) compile() *nativeCode {
	n.jit.mu.Lock()
	defer n.jit.mu.Unlock()
	if code := n.code.Load(); code != nil {
		return code
	}
	if !n.jit.facts.Holds(goruntime.Machine) {
		code := new(nativeCode)
		n.code.Store(code)
		return code
	}
	unit := n.gather()
	var funcs []*jit.Func
	for _, f := range unit {
		funcs = append(funcs, f.ir)
	}
	u, err := jit.Compile(funcs, host.Backend, n.jit.target)
	var mem *goruntime.MachineCode
	if err == nil {
		mem, err = goruntime.NewMachineCode(u.Code)
	}
	if err != nil {
		code := new(nativeCode)
		n.code.Store(code)
		return code
	}
	u.Place(mem.Address())
	runtime.AddCleanup(u, (*goruntime.MachineCode).Free, mem)
	for _, f := range unit {
		code := &nativeCode{unit: u, entries: map[int]uintptr{}}
		for _, s := range f.stubs {
			code.entries[s.number] = u.Entry(f.ir, s.number)
		}
		f.ir.Unit = u
		f.ir.Blocks = nil
		f.calls = nil
		f.code.Store(code)
	}
	return n.code.Load()
}

// maxUnit is how many functions are compiled at a time.
const maxUnit = 100

// gather finds what is compiled together with n, and settles the calls: those of
// functions that have no machine code to call are left to closures.
func (n *native) gather() []*native {
	in := map[*native]bool{n: true}
	all := []*native{n}
	candidate := func(s *machineCall) *native {
		err := s.callee.Ready()
		c := nativeOf(s.callee)
		if err != nil || c == nil || !c.ir.Callable || !s.fits() {
			return nil
		}
		if code := c.code.Load(); code != nil {
			if code.unit == nil {
				return nil
			}
			return c
		}
		if !in[c] {
			if len(all) == maxUnit {
				return nil
			}
			in[c] = true
			all = append(all, c)
		}
		return c
	}
	for i := 0; i < len(all); i++ {
		for j := range all[i].calls {
			candidate(&all[i].calls[j])
		}
	}
	// A function is called by others only if all that it calls is.
	for again := true; again; {
		again = false
		for _, f := range all {
			for j := range f.calls {
				if f.ir.Callable && candidate(&f.calls[j]) == nil {
					f.ir.Callable = false
					again = true
				}
			}
		}
	}
	var kept []*native
	for _, f := range all {
		if f != n && !f.ir.Callable {
			// It is compiled by itself, when it is called. Its calls are settled then.
			f.ir.Callable = len(f.stubs) == 0 && f.ir.Callable
			continue
		}
		kept = append(kept, f)
		for j := range f.calls {
			f.calls[j].settle(candidate(&f.calls[j]))
		}
	}
	return kept
}

// fits reports whether the callee's frame has the parts where they are expected.
func (s *machineCall) fits() bool {
	return nativeOf(s.callee).ir.Size <= jit.MaxCallable && s.partsFit(s.args, s.callee.Params) && s.partsFit(s.results, s.callee.Results)
}

func (s *machineCall) partsFit(want []argPart, have []frame.Slot) bool {
	for _, a := range want {
		if a.value >= len(have) || a.part >= len(partsOf(have[a.value].Layout.Type, 0)) {
			return false
		}
	}
	return true
}

// settle says whom a call calls.
func (s *machineCall) settle(callee *native) {
	ins := &s.block.Ins[s.ins]
	if callee == nil {
		uses, defs := ins.Uses, ins.Defs
		s.caller.places[ins.Exit].kind = comesBack
		*ins = jit.Ins{Op: jit.Closure, Dst: jit.NoVar, Exit: ins.Exit, Uses: uses, Defs: defs}
		return
	}
	ins.Callee = callee.ir
	place := func(args []jit.Arg, parts []argPart, slots []frame.Slot) {
		for i, a := range parts {
			slot := slots[a.value]
			args[i].Off = int32(partsOf(slot.Layout.Type, slot.Off)[a.part].off)
		}
	}
	place(ins.Args, s.args, callee.fn.Params)
	place(ins.Results, s.results, callee.fn.Results)
}
