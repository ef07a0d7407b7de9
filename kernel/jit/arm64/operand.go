package arm64

import (
	"github.com/gosched/gosched/kernel/jit"
	"github.com/gosched/gosched/kernel/jit/arm64/asm"
)

// home is where a variable's home is.
func (e *emitter) home(v jit.Var) (at asm.Reg, off int32) {
	off = e.F.Vars[v].Off
	if off < 0 {
		return ctx, e.t.Spill + 8*int32(len(intRegs)) - 8 - off
	}
	return base, off
}

// reach is memory as an instruction can reach it, by way of far if need be.
func (e *emitter) reach(m asm.Mem, size int) asm.Mem {
	if m.Reaches(size) {
		return m
	}
	e.MovImm(far, uint64(m.Disp))
	return asm.Mem{Base: m.Base, Index: far}
}

func (e *emitter) load(d, at asm.Reg, off int32, size int, signed bool) {
	e.Load(d, e.reach(asm.At(at, off), size), size, signed)
}

func (e *emitter) store(at asm.Reg, off int32, s asm.Reg, size int) {
	e.Store(e.reach(asm.At(at, off), size), s, size)
}

func (e *emitter) loadF(d asm.FReg, at asm.Reg, off int32, size int) {
	e.LoadF(d, e.reach(asm.At(at, off), size), size)
}

func (e *emitter) storeF(at asm.Reg, off int32, s asm.FReg, size int) {
	e.StoreF(e.reach(asm.At(at, off), size), s, size)
}

// addImm is d = n + v.
func (e *emitter) addImm(d, n asm.Reg, v int32) {
	switch {
	case v == 0 && d == n:
	case e.OpImm(asm.ADD, d, n, uint64(v)):
	default:
		e.MovImm(far, uint64(v))
		e.Op(asm.ADD, d, n, far)
	}
}

// compareImm compares a register, other than SP and ZR, with a constant.
func (e *emitter) compareImm(r asm.Reg, v uint64) {
	if !e.OpImm(asm.SUBS, asm.ZR, r, v) {
		e.MovImm(far, v)
		e.Op(asm.SUBS, asm.ZR, r, far)
	}
}

// dstInt is the register to compute a variable's new value in.
func (e *emitter) dstInt(v jit.Var) asm.Reg {
	if v >= 0 && e.Regs[v] != jit.NoReg {
		return asm.Reg(e.Regs[v])
	}
	return tmp
}

func (e *emitter) dstFloat(v jit.Var) asm.FReg {
	if v >= 0 && e.Regs[v] != jit.NoReg {
		return asm.FReg(e.Regs[v])
	}
	return ftmp
}

// put stores what has been computed in dstInt's register.
func (e *emitter) put(v jit.Var, r asm.Reg) {
	switch {
	case v < 0:
	case e.Regs[v] == jit.NoReg:
		e.StoreVar(v, uint8(r))
	case asm.Reg(e.Regs[v]) != r:
		e.Mov(asm.Reg(e.Regs[v]), r)
	}
}

func (e *emitter) putFloat(v jit.Var, r asm.FReg) {
	switch {
	case v < 0:
	case e.Regs[v] == jit.NoReg:
		e.StoreVar(v, uint8(r))
	case asm.FReg(e.Regs[v]) != r:
		e.OpF1(asm.FMOV, asm.FReg(e.Regs[v]), r, 8)
	}
}

// toInt puts an operand into a register.
func (e *emitter) toInt(d asm.Reg, o jit.Operand) {
	if r := e.anyInt(o, d); r != d {
		e.Mov(d, r)
	}
}

// anyInt is a register that has an operand, the given one if it is in none.
func (e *emitter) anyInt(o jit.Operand, spare asm.Reg) asm.Reg {
	switch {
	case o.Var == jit.SpareInt:
		return tmp
	case o.Var < 0:
		e.MovImm(spare, o.Const)
	case e.Regs[o.Var] == jit.NoReg:
		e.LoadVar(o.Var, uint8(spare))
	default:
		return asm.Reg(e.Regs[o.Var])
	}
	return spare
}

// source is anyInt for instructions in which register 31 is zero.
func (e *emitter) source(o jit.Operand, spare asm.Reg) asm.Reg {
	if o.Var == jit.NoVar && o.Const == 0 {
		return asm.ZR
	}
	return e.anyInt(o, spare)
}

func (e *emitter) toFloat(d asm.FReg, o jit.Operand, k jit.Kind) {
	if r := e.anyFloat(o, d, k); r != d {
		e.OpF1(asm.FMOV, d, r, 8)
	}
}

func (e *emitter) anyFloat(o jit.Operand, spare asm.FReg, k jit.Kind) asm.FReg {
	switch {
	case o.Var == jit.SpareFloat:
		return ftmp
	case o.Var < 0 && o.Const == 0:
		e.MovFFrom(spare, asm.ZR, k.Size())
	case o.Var < 0:
		e.MovImm(far, o.Const)
		e.MovFFrom(spare, far, k.Size())
	case e.Regs[o.Var] == jit.NoReg:
		e.LoadVar(o.Var, uint8(spare))
	default:
		return asm.FReg(e.Regs[o.Var])
	}
	return spare
}

// extend brings a register to the canonical form of its kind.
func (e *emitter) extend(k jit.Kind, d asm.Reg) {
	if k.Size() < 8 {
		e.Extend(d, d, k.Size(), k.Signed())
	}
}

// move leaves alone what the spare variables are in.
func (e *emitter) move(in *jit.Ins) {
	if in.Kind.Float() {
		switch {
		case in.Dst == jit.SpareFloat:
			e.toFloat(ftmp, in.X, in.Kind)
		case e.Regs[in.Dst] != jit.NoReg:
			e.toFloat(asm.FReg(e.Regs[in.Dst]), in.X, in.Kind)
		default:
			e.StoreVar(in.Dst, uint8(e.anyFloat(in.X, ftmp2, in.Kind)))
		}
		return
	}
	switch {
	case in.Dst == jit.SpareInt:
		e.toInt(tmp, in.X)
	case e.Regs[in.Dst] != jit.NoReg:
		e.toInt(asm.Reg(e.Regs[in.Dst]), in.X)
	default:
		e.StoreVar(in.Dst, uint8(e.source(in.X, tmp2)))
	}
}
