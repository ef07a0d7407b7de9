package compile

import (
	"errors"
	"runtime"
	"slices"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/jit"
	"github.com/gosched/gosched/kernel/jit/host"
	"github.com/gosched/gosched/kernel/run/frame"
)

// compile makes the code of a function and of those that it calls, or returns nil while
// another goroutine makes some: closures are there already, and to wait would look as if
// the goroutine waited for others.
func (n *native) compile() *nativeCode {
	if !n.jit.mu.TryLock() {
		return nil
	}
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
	for _, low := range unit {
		funcs = append(funcs, low.ir)
	}
	var u *jit.Unit
	err := errNothing
	if unit != nil {
		u, err = jit.Compile(funcs, host.Backend, n.jit.target)
	}
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
	for _, low := range unit {
		code := &nativeCode{unit: u, low: low, entries: make([]uintptr, len(low.blocks))}
		unworthy := low.n.plan.unworthy()
		for _, s := range low.n.stubs {
			if !unworthy[s.number] && low.n.plan.included[low.n.plan.c.ssa.Blocks[s.number]] {
				code.entries[s.number] = u.Entry(low.ir, low.blocks[s.number])
			}
		}
		low.ir.Unit = u
		low.ir.Blocks = nil
		low.calls = nil
		low.code = code
		low.n.code.Store(code)
	}
	return n.code.Load()
}

var errNothing = errors.New("there is nothing to compile")

// maxUnit is how many functions are compiled at a time.
const maxUnit = 100

// gather finds what is compiled together with n, and settles the calls: those of
// functions that have no machine code to call are left to closures.
func (n *native) gather() []*lowered {
	if !n.settle() {
		return nil
	}
	first := n.plan.lower(n)
	if first == nil {
		return nil
	}
	first.ir.Callable = n.callable
	in := map[*native]*lowered{n: first}
	all := []*lowered{first}
	candidate := func(s *machineCall) *lowered {
		err := s.callee.Ready()
		c := nativeOf(s.callee)
		if err != nil || c == nil || !c.settle() || !c.callable || !s.fits() {
			return nil
		}
		if code := c.code.Load(); code != nil {
			return code.low
		}
		low := in[c]
		if low == nil {
			if len(all) == maxUnit {
				return nil
			}
			if low = c.plan.lower(c); low == nil {
				c.callable = false
				return nil
			}
			low.ir.Callable = true
			in[c] = low
			all = append(all, low)
		}
		return low
	}
	for i := 0; i < len(all); i++ {
		for j := range all[i].calls {
			candidate(&all[i].calls[j])
		}
	}
	// A function is called by others only if all that it calls is.
	for again := true; again; {
		again = false
		for _, low := range all {
			for j := range low.calls {
				if low.n.callable && candidate(&low.calls[j]) == nil {
					low.n.callable, low.ir.Callable = false, false
					again = true
				}
			}
		}
	}
	var kept []*lowered
	for _, low := range all {
		if low.n != n && !low.n.callable {
			continue // it is compiled by itself, when it is called
		}
		kept = append(kept, low)
		for j := range low.calls {
			low.calls[j].settle(candidate(&low.calls[j]))
		}
	}
	for _, low := range kept {
		low.inline()
		low.placeTests()
	}
	return kept
}

// machineSize is how large the frame of a function is for machine code.
func machineSize(fn *frame.Function) int32 { return int32(fn.Shape.Type.Size()+15) &^ 15 }

// fits reports whether the callee's frame has the parts where they are expected.
func (s *machineCall) fits() bool {
	return machineSize(s.callee) <= jit.MaxCallable && s.partsFit(s.args) && s.partsFit(s.results)
}

func (s *machineCall) partsFit(want []argPart) bool {
	for _, a := range want {
		have := s.slots(a)
		if a.value >= len(have) || a.part >= len(partsOf(have[a.value].Layout.Type, 0)) {
			return false
		}
	}
	return true
}

// slots are those of the callee among which a part is.
func (s *machineCall) slots(a argPart) []frame.Slot {
	switch a.of {
	case ofResults:
		return s.callee.Results
	case ofCaptured:
		return s.callee.Free
	}
	return s.callee.Params
}

// settle says whom a call calls.
func (s *machineCall) settle(callee *lowered) {
	ins := &s.block.Ins[s.ins]
	if callee == nil {
		uses, defs := ins.Uses, ins.Defs
		s.caller.places[ins.Exit].kind = comesBack
		*ins = jit.Ins{Op: jit.Closure, Dst: jit.NoVar, Exit: ins.Exit, Uses: uses, Defs: defs}
		return
	}
	ins.Callee = callee.ir
	if !slices.Contains(callee.n.callers, s.caller.n) {
		callee.n.callers = append(callee.n.callers, s.caller.n)
	}
	place := func(args []jit.Arg, parts []argPart) {
		for i, a := range parts {
			slot := s.slots(a)[a.value]
			args[i].Off = int32(partsOf(slot.Layout.Type, slot.Off)[a.part].off)
		}
	}
	place(ins.Args, s.args)
	place(ins.Results, s.results)
}
