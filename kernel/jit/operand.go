package jit

import (
	"github.com/gosched/gosched/kernel/jit/asm"
)

// Asm is the buffer, whose methods share names with operations.
func (e *emitter) Asm() *asm.Buffer { return e.Buffer }

// Store2 is the buffer's Store.
func (e *emitter) Store2(m asm.Mem, r asm.Reg, size int) { e.Buffer.Store(m, r, size) }

// dstInt is the register to compute a variable's new value in.
func (e *emitter) dstInt(v Var) asm.Reg {
	if v >= 0 && e.regs[v] != noReg {
		return asm.Reg(e.regs[v])
	}
	return tmp
}

func (e *emitter) dstFloat(v Var) asm.XReg {
	if v >= 0 && e.regs[v] != noReg {
		return asm.XReg(e.regs[v])
	}
	return xtmp
}

// put stores what has been computed in dstInt's register.
func (e *emitter) put(v Var, r asm.Reg) {
	if v < 0 {
		return
	}
	if e.regs[v] == noReg {
		e.storeVar(v, uint8(r))
	} else if asm.Reg(e.regs[v]) != r {
		e.Mov(asm.Reg(e.regs[v]), r)
	}
}

func (e *emitter) putFloat(v Var, r asm.XReg) {
	if v < 0 {
		return
	}
	if e.regs[v] == noReg {
		e.storeVar(v, uint8(r))
	} else if asm.XReg(e.regs[v]) != r {
		e.MovX(asm.XReg(e.regs[v]), r)
	}
}

// toInt puts an operand into a register.
func (e *emitter) toInt(d asm.Reg, o Operand) {
	switch {
	case o.Var == SpareInt:
		if d != tmp {
			e.Mov(d, tmp)
		}
	case o.Var < 0:
		e.MovImm(d, o.Const)
	case e.regs[o.Var] == noReg:
		e.loadVar(o.Var, uint8(d))
	case asm.Reg(e.regs[o.Var]) != d:
		e.Mov(d, asm.Reg(e.regs[o.Var]))
	}
}

// anyInt is a register that has an operand, the given one if it is in none.
func (e *emitter) anyInt(o Operand, spare asm.Reg) asm.Reg {
	if o.Var >= 0 && e.regs[o.Var] != noReg {
		return asm.Reg(e.regs[o.Var])
	}
	e.toInt(spare, o)
	return spare
}

func (e *emitter) toFloat(d asm.XReg, o Operand, k Kind) {
	switch {
	case o.Var == SpareFloat:
		if d != xtmp {
			e.MovX(d, xtmp)
		}
	case o.Var < 0 && o.Const == 0:
		e.XorX(d, d)
	case o.Var < 0:
		e.MovImm(tmp, o.Const)
		e.MovXFrom(d, tmp)
	case e.regs[o.Var] == noReg:
		e.loadVar(o.Var, uint8(d))
	case asm.XReg(e.regs[o.Var]) != d:
		e.MovX(d, asm.XReg(e.regs[o.Var]))
	}
}

func (e *emitter) anyFloat(o Operand, spare asm.XReg, k Kind) asm.XReg {
	if o.Var >= 0 && e.regs[o.Var] != noReg {
		return asm.XReg(e.regs[o.Var])
	}
	e.toFloat(spare, o, k)
	return spare
}

func (e *emitter) inReg(o Operand, r asm.Reg) bool {
	return o.Var >= 0 && !e.f.Vars[o.Var].Kind.Float() && e.regs[o.Var] == uint8(r)
}

func (e *emitter) inXReg(o Operand, r asm.XReg) bool {
	return o.Var >= 0 && e.f.Vars[o.Var].Kind.Float() && e.regs[o.Var] == uint8(r)
}

// extend brings a register to the canonical form of its kind.
func (e *emitter) extend(k Kind, d asm.Reg) {
	if k.Size() < 8 {
		e.Extend(d, d, k.Size(), k.Signed())
	}
}

func (e *emitter) move(in *Ins) {
	if in.Kind.Float() {
		if in.Dst == SpareFloat {
			e.toFloat(xtmp, in.X, in.Kind)
			return
		}
		if e.regs[in.Dst] != noReg {
			e.toFloat(asm.XReg(e.regs[in.Dst]), in.X, in.Kind)
			return
		}
		if in.X.Var == SpareFloat {
			e.storeVar(in.Dst, uint8(xtmp))
			return
		}
		e.storeVar(in.Dst, uint8(e.anyFloatIn(in.X, xtmp2, in.Kind)))
		return
	}
	if in.Dst == SpareInt {
		e.toInt(tmp, in.X)
		return
	}
	if e.regs[in.Dst] != noReg {
		e.toInt(asm.Reg(e.regs[in.Dst]), in.X)
		return
	}
	if in.X.Var == SpareInt {
		e.storeVar(in.Dst, uint8(tmp))
		return
	}
	e.storeVar(in.Dst, uint8(e.anyInt(in.X, tmp2)))
}

// anyFloatIn is anyFloat, which leaves RAX alone.
func (e *emitter) anyFloatIn(o Operand, spare asm.XReg, k Kind) asm.XReg {
	if o.Var < 0 && o.Var != SpareFloat && o.Const != 0 {
		e.MovImm(tmp2, o.Const)
		e.MovXFrom(spare, tmp2)
		return spare
	}
	return e.anyFloat(o, spare, k)
}
