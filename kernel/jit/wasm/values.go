package wasm

import (
	"github.com/gosched/gosched/kernel/jit"
	"github.com/gosched/gosched/kernel/jit/wasm/asm"
)

// Locals that every function has: its parameters and what single instructions use.
const (
	where uint32 = iota // the label of where it is entered
	base                // the frame
	ctx                 // the context

	sp    // the stack, as far as it is taken
	at    // an address
	count // how often loops may still go round until the code is to leave

	tmp      // an integer
	spareInt // the spare variables
	spareF64
	spareF32
	firstVar // those of variables follow
)

// locals are where variables are, each kind one after the other.
type locals struct{ ints, f64, f32 int }

func newLocals(e *jit.Emitter) locals {
	var l locals
	for v, r := range e.Regs {
		if r == jit.NoReg {
			continue
		}
		n := &l.ints
		switch e.F.Vars[v].Kind {
		case jit.Float64:
			n = &l.f64
		case jit.Float32:
			n = &l.f32
		}
		*n = max(*n, int(r)+1)
	}
	return l
}

func (l locals) declared() []asm.Locals {
	return []asm.Locals{
		{Count: int(tmp - sp), Type: asm.I32},
		{Count: int(spareF64 - tmp), Type: asm.I64},
		{Count: 1, Type: asm.F64},
		{Count: 1, Type: asm.F32},
		{Count: l.ints, Type: asm.I64},
		{Count: l.f64, Type: asm.F64},
		{Count: l.f32, Type: asm.F32},
	}
}

func (l locals) of(k jit.Kind, r uint8) uint32 {
	n := int(firstVar) + int(r)
	switch k {
	case jit.Float64:
		n += l.ints
	case jit.Float32:
		n += l.ints + l.f64
	}
	return uint32(n)
}

// loadOps and storeOps are by kind and by the size of integers.
var (
	loadOps = [...]asm.Op{
		jit.Int8: asm.I64Load8S, jit.Int16: asm.I64Load16S, jit.Int32: asm.I64Load32S, jit.Int64: asm.I64Load,
		jit.Uint8: asm.I64Load8U, jit.Uint16: asm.I64Load16U, jit.Uint32: asm.I64Load32U, jit.Uint64: asm.I64Load,
		jit.Pointer: asm.I64Load, jit.Float32: asm.F32Load, jit.Float64: asm.F64Load,
	}
	storeOps = [...]asm.Op{1: asm.I64Store8, 2: asm.I64Store16, 4: asm.I64Store32, 8: asm.I64Store}
)

func storeOp(k jit.Kind) asm.Op {
	switch k {
	case jit.Float32:
		return asm.F32Store
	case jit.Float64:
		return asm.F64Store
	}
	return storeOps[k.Size()]
}

// home is the address of a variable's home: a local, and how far from there.
func (e *emitter) home(v jit.Var) (local, off uint32) {
	if o := e.F.Vars[v].Off; o >= 0 {
		return base, uint32(o)
	} else {
		return ctx, uint32(e.t.Spill + 8*ints - 8 - o)
	}
}

// LoadVar implements [jit.Writer].
func (e *emitter) LoadVar(v jit.Var, r uint8) {
	e.atHome(v)
	e.Set(e.locals.of(e.Kind(v), r))
}

// atHome puts the value that is at home onto the stack.
func (e *emitter) atHome(v jit.Var) {
	l, off := e.home(v)
	e.Get(l)
	e.Memory(loadOps[e.Kind(v)], off)
}

// StoreVar implements [jit.Writer].
func (e *emitter) StoreVar(v jit.Var, r uint8) {
	l, off := e.home(v)
	k := e.Kind(v)
	e.Get(l)
	e.Get(e.locals.of(k, r))
	e.Memory(storeOp(k), off)
}

// SpillVar implements [jit.Writer].
func (e *emitter) SpillVar(n int, r uint8) {
	e.Get(ctx)
	e.Get(e.locals.of(jit.Pointer, r))
	e.Memory(asm.I64Store, uint32(e.t.Spill)+8*uint32(n))
}

// push puts an operand of a kind onto the stack.
func (e *emitter) push(o jit.Operand, k jit.Kind) {
	switch {
	case o.Var == jit.SpareInt:
		e.Get(spareInt)
	case o.Var == jit.SpareFloat && k == jit.Float32:
		e.Get(spareF32)
	case o.Var == jit.SpareFloat:
		e.Get(spareF64)
	case o.Var < 0 && k == jit.Float32:
		e.F32(uint32(o.Const))
	case o.Var < 0 && k == jit.Float64:
		e.F64(o.Const)
	case o.Var < 0:
		e.I64(int64(o.Const))
	case e.Regs[o.Var] == jit.NoReg:
		e.atHome(o.Var)
	default:
		e.Get(e.locals.of(e.Kind(o.Var), e.Regs[o.Var]))
	}
}

// assign has a variable be what value puts onto the stack. That must not leave.
func (e *emitter) assign(v jit.Var, value func()) {
	if v < 0 {
		return
	}
	k := e.Kind(v)
	if r := e.Regs[v]; r != jit.NoReg {
		value()
		e.Set(e.locals.of(k, r))
		return
	}
	l, off := e.home(v)
	e.Get(l)
	value()
	e.Memory(storeOp(k), off)
}

func (e *emitter) move(in *jit.Ins) {
	switch {
	case in.Dst == jit.SpareInt:
		e.push(in.X, in.Kind)
		e.Set(spareInt)
	case in.Dst == jit.SpareFloat:
		e.push(in.X, in.Kind)
		if in.Kind == jit.Float32 {
			e.Set(spareF32)
		} else {
			e.Set(spareF64)
		}
	default:
		e.assign(in.Dst, func() { e.push(in.X, in.Kind) })
	}
}
