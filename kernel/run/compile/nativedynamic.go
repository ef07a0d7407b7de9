package compile

import (
	"slices"
	"sync/atomic"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/jit"
	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/run/link"
	"github.com/gosched/gosched/kernel/run/memory"
)

// Calls of function values and of methods of interfaces go to what closures have seen
// there, if that is what the value says this time. Otherwise closures make the call;
// where that happens often, and they have seen something else meanwhile, the code is
// made again.

// A dynamic is what has been called where a value says what is called.
type dynamic struct {
	functions seen[frame.Function]
	methods   seen[link.Target]
}

// seen is the first few things that were somewhere.
type seen[T any] struct{ at [4]atomic.Pointer[T] }

func (s *seen[T]) note(p *T) {
	for i := range s.at {
		if q := s.at[i].Load(); q == p || q == nil && s.at[i].CompareAndSwap(nil, p) {
			return
		}
	}
}

func (s *seen[T]) list() (all []*T) {
	for i := range s.at {
		if p := s.at[i].Load(); p != nil {
			all = append(all, p)
		}
	}
	return all
}

// dynamic is where closures note what a call calls, or nil if nobody wants to know.
func (c *compiler) dynamic(common *ssa.CallCommon, prepare bool) *dynamic {
	if c.places == nil || c.observed || prepare {
		return nil
	}
	d := c.dynamics[common]
	if d == nil {
		d = new(dynamic)
		c.dynamics[common] = d
	}
	return d
}

// misses counts how often closures have made a call.
type misses struct {
	n     atomic.Int32
	of    *dynamic
	known int
}

const (
	// manyMisses is after how many calls code is made again.
	manyMisses = 100
	// mostRemade is how often the code of a function is.
	mostRemade = 6
)

// missed counts a call that closures have made in the place of code, and reports
// whether that code is no longer the function's.
func (n *native) missed(m *misses, code *nativeCode) bool {
	if m.n.Add(1)%manyMisses == 0 && len(m.of.functions.list())+len(m.of.methods.list()) > m.known && n.jit.mu.TryLock() {
		defer n.jit.mu.Unlock()
		if n.code.Load() == code && n.remade < mostRemade {
			n.remade++
			n.forget()
		}
	}
	return n.code.Load() != code
}

// forget drops the code of a function, and that of those that call it.
func (n *native) forget() {
	if n.code.Swap(nil) == nil {
		return
	}
	callers := n.callers
	n.callers = nil
	for _, c := range callers {
		c.forget()
	}
}

// dynamicCall lowers a call of what a value says.
func (l *lowering) dynamicCall(in *ssa.Call) bool {
	common := in.Common()
	d := l.c.dynamics[common]
	if d == nil {
		return false
	}
	ins, site, ok := l.callParts(in, common.Args)
	value := l.parts(common.Value)
	if !ok || value == nil {
		return false
	}
	m := &misses{of: d}
	slow, rest := l.aside(false), l.aside(false)
	if common.IsInvoke() {
		seen := d.methods.list()
		m.known = len(seen)
		l.methods(in, seen, value, ins, site, slow, rest)
	} else {
		seen := d.functions.list()
		m.known = len(seen)
		l.functions(in, seen, value, ins, site, slow, rest)
	}
	l.goInto(slow)
	l.closure(in)
	l.low.places[len(l.low.places)-1].misses = m
	l.jumpTo(rest)
	l.ahead(rest)
	l.goInto(rest)
	return true
}

// methods lowers the calls of methods that have been seen.
func (l *lowering) methods(in *ssa.Call, targets []*link.Target, value []part, ins jit.Ins, site machineCall, slow, rest int) {
	if len(targets) == 0 || len(value) != 2 {
		l.jumpTo(slow)
		return
	}
	typ := l.fresh(jit.Uint64, 0)
	l.emit(jit.Ins{
		Op: jit.Load, Dst: jit.NoVar, Exit: l.resume(), Dsts: []jit.Var{typ},
		Memory: jit.Address{Base: l.operand(value[0]), NilCheck: true, Index: none, Disp: goruntime.TabType},
	})
	data := l.operand(value[1])
	for i, t := range targets {
		recv := partsOf(t.Recv.Type, 0)
		if t.Fn == nil || recv == nil && t.Recv.Class != memory.ClassZero || t.Direct && len(recv) != 1 {
			continue
		}
		l.low.uses = append(l.low.uses, t)
		other := l.isTarget(typ, t.Word, i == len(targets)-1, slow)
		stale := l.fresh(jit.Uint32, 1)
		l.emit(jit.Ins{
			Op: jit.Load, Dst: jit.NoVar, Dsts: []jit.Var{stale},
			Memory: jit.Address{Base: jit.Imm(uint64(uintptr(unsafe.Pointer(&t.Stale)))), Index: none},
		})
		call := l.aside(true)
		l.branch(jit.Uint32, jit.NE, jit.Use(stale), none, slow, call)
		l.goInto(call)
		var receiver []jit.Operand
		if t.Direct {
			receiver = []jit.Operand{data}
		} else if len(recv) > 0 {
			receiver = l.loadFresh(recv, jit.Address{Base: data, Index: none}, 2)
		}
		with, s := ins, site
		with.Args, s.args = nil, nil
		for j, o := range receiver {
			with.Args = append(with.Args, jit.Arg{Kind: recv[j].kind, X: o})
			s.args = append(s.args, argPart{value: 0, part: j})
		}
		with.Args = append(with.Args, ins.Args...)
		for _, a := range site.args { // behind the receiver
			s.args = append(s.args, argPart{value: a.value + 1, part: a.part})
		}
		s.callee = t.Fn
		l.emitCall(in, with, s)
		l.jumpTo(rest)
		if other == slow {
			return
		}
		l.goInto(other)
	}
	l.jumpTo(slow)
}

// functions lowers the calls of functions that have been seen.
func (l *lowering) functions(in *ssa.Call, targets []*frame.Function, value []part, ins jit.Ins, site machineCall, slow, rest int) {
	targets = slices.DeleteFunc(targets, func(fn *frame.Function) bool {
		return fn.Ready() != nil || len(fn.Free) > maxCaptured
	})
	if len(targets) == 0 || len(value) != 1 {
		l.jumpTo(slow)
		return
	}
	f := l.operand(value[0])
	test := l.newTest(f, targets[0])
	if len(targets) > 1 {
		l.isOurs(test, slow)
	}
	for i, fn := range targets {
		l.low.uses = append(l.low.uses, fn)
		other := slow
		if len(targets) == 1 {
			l.tested(test, slow)
		} else {
			other = l.isTarget(test.found, unsafe.Pointer(fn), i == len(targets)-1, slow)
		}
		with, s := ins, site
		with.Args, s.args = append([]jit.Arg(nil), ins.Args...), append([]argPart(nil), site.args...)
		s.callee = fn
		if len(fn.Free) > 0 && !l.captured(f, fn, &with, &s) {
			l.jumpTo(slow) // closures make the call
		} else {
			l.emitCall(in, with, s)
			l.jumpTo(rest)
		}
		if other == slow {
			return
		}
		l.goInto(other)
	}
	l.jumpTo(slow)
}

// captured loads what a function value has captured, as arguments of a call.
func (l *lowering) captured(f jit.Operand, fn *frame.Function, call *jit.Ins, site *machineCall) bool {
	at := jit.Address{Base: f, Index: none, Disp: frame.FuncValueFree}
	if len(fn.Free) > frame.FewCaptured {
		many := l.fresh(jit.Uint64, 5)
		l.emit(jit.Ins{
			Op: jit.Load, Dst: jit.NoVar, Dsts: []jit.Var{many},
			Memory: jit.Address{Base: f, Index: none, Disp: frame.FuncValueMany},
		})
		at = jit.Address{Base: jit.Use(many), Index: none}
	}
	load := jit.Ins{Op: jit.Load, Dst: jit.NoVar, Memory: at}
	for i := range fn.Free {
		load.Dsts = append(load.Dsts, l.fresh(jit.Uint64, 6+i))
	}
	l.emit(load)
	for j, v := range load.Dsts {
		if fn.Free[j].Layout.Class == memory.ClassPtr {
			call.Args = append(call.Args, jit.Arg{Kind: jit.Pointer, X: jit.Use(v)})
			site.args = append(site.args, argPart{value: j, of: ofCaptured})
			continue
		}
		ps := partsOf(fn.Free[j].Layout.Type, 0)
		if len(ps) != 1 {
			return false
		}
		o := l.loadFresh(ps, jit.Address{Base: jit.Use(v), Index: none}, 6+j)
		call.Args = append(call.Args, jit.Arg{Kind: ps[0].kind, X: o[0]})
		site.args = append(site.args, argPart{value: j, of: ofCaptured})
	}
	return true
}

// isTarget goes into a block for what is called if v is target, and returns where it is
// to be tried for others: slow, if this is the last one.
func (l *lowering) isTarget(v jit.Var, target unsafe.Pointer, last bool, slow int) (other int) {
	this, other := l.aside(true), slow
	if !last {
		other = l.aside(true)
	}
	l.branch(jit.Uint64, jit.EQ, jit.Use(v), jit.Imm(uint64(uintptr(target))), this, other)
	l.goInto(this)
	return other
}

// maxCaptured is how many values a function may have captured that is called so.
const maxCaptured = 8

// loadFresh loads values that are lost where code is left.
func (l *lowering) loadFresh(ps []part, m jit.Address, nth int) (all []jit.Operand) {
	ins := jit.Ins{Op: jit.Load, Dst: jit.NoVar, Memory: m}
	for i, p := range ps {
		k := p.kind
		if k == jit.Pointer {
			k = jit.Uint64
		}
		v := l.fresh(k, nth+i)
		ins.Dsts = append(ins.Dsts, v)
		all = append(all, jit.Use(v))
	}
	l.emit(ins)
	return all
}
