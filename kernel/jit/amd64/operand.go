package amd64

import (
	"github.com/gosched/gosched/kernel/jit"
	"github.com/gosched/gosched/kernel/jit/amd64/asm"
)

// dstInt is the register to compute a variable's new value in.
func (e *emitter) dstInt(v jit.Var) asm.Reg {
	if v >= 0 && e.Regs[v] != jit.NoReg {
		return asm.Reg(e.Regs[v])
	}
	return tmp
}

func (e *emitter) dstFloat(v jit.Var) asm.XReg {
	if v >= 0 && e.Regs[v] != jit.NoReg {
		return asm.XReg(e.Regs[v])
	}
	return xtmp
}

// put stores what has been computed in dstInt's register.
func (e *emitter) put(v jit.Var, r asm.Reg) {
	if v < 0 {
		return
	}
	if e.Regs[v] == jit.NoReg {
		e.StoreVar(v, uint8(r))
	} else if asm.Reg(e.Regs[v]) != r {
		e.Mov(asm.Reg(e.Regs[v]), r)
	}
}

func (e *emitter) putFloat(v jit.Var, r asm.XReg) {
	if v < 0 {
		return
	}
	if e.Regs[v] == jit.NoReg {
		e.StoreVar(v, uint8(r))
	} else if asm.XReg(e.Regs[v]) != r {
		e.MovX(asm.XReg(e.Regs[v]), r)
	}
}

// toInt puts an operand into a register.
func (e *emitter) toInt(d asm.Reg, o jit.Operand) {
	switch {
	case o.Var == jit.SpareInt:
		if d != tmp {
			e.Mov(d, tmp)
		}
	case o.Var < 0:
		e.MovImm(d, o.Const)
	case e.Regs[o.Var] == jit.NoReg:
		e.LoadVar(o.Var, uint8(d))
	case asm.Reg(e.Regs[o.Var]) != d:
		e.Mov(d, asm.Reg(e.Regs[o.Var]))
	}
}

// anyInt is a register that has an operand, the given one if it is in none.
func (e *emitter) anyInt(o jit.Operand, spare asm.Reg) asm.Reg {
	if o.Var >= 0 && e.Regs[o.Var] != jit.NoReg {
		return asm.Reg(e.Regs[o.Var])
	}
	e.toInt(spare, o)
	return spare
}

func (e *emitter) toFloat(d asm.XReg, o jit.Operand, k jit.Kind) {
	switch {
	case o.Var == jit.SpareFloat:
		if d != xtmp {
			e.MovX(d, xtmp)
		}
	case o.Var < 0 && o.Const == 0:
		e.XorX(d, d)
	case o.Var < 0:
		e.MovImm(tmp, o.Const)
		e.MovXFrom(d, tmp)
	case e.Regs[o.Var] == jit.NoReg:
		e.LoadVar(o.Var, uint8(d))
	case asm.XReg(e.Regs[o.Var]) != d:
		e.MovX(d, asm.XReg(e.Regs[o.Var]))
	}
}

func (e *emitter) anyFloat(o jit.Operand, spare asm.XReg, k jit.Kind) asm.XReg {
	if o.Var >= 0 && e.Regs[o.Var] != jit.NoReg {
		return asm.XReg(e.Regs[o.Var])
	}
	e.toFloat(spare, o, k)
	return spare
}

func (e *emitter) inReg(o jit.Operand, r asm.Reg) bool {
	return o.Var >= 0 && !e.Kind(o.Var).Float() && e.Regs[o.Var] == uint8(r)
}

func (e *emitter) inXReg(o jit.Operand, r asm.XReg) bool {
	return o.Var >= 0 && e.Kind(o.Var).Float() && e.Regs[o.Var] == uint8(r)
}

// extend brings a register to the canonical form of its kind.
func (e *emitter) extend(k jit.Kind, d asm.Reg) {
	if k.Size() < 8 {
		e.Extend(d, d, k.Size(), k.Signed())
	}
}

func (e *emitter) move(in *jit.Ins) {
	if in.Kind.Float() {
		if in.Dst == jit.SpareFloat {
			e.toFloat(xtmp, in.X, in.Kind)
			return
		}
		if e.Regs[in.Dst] != jit.NoReg {
			e.toFloat(asm.XReg(e.Regs[in.Dst]), in.X, in.Kind)
			return
		}
		if in.X.Var == jit.SpareFloat {
			e.StoreVar(in.Dst, uint8(xtmp))
			return
		}
		e.StoreVar(in.Dst, uint8(e.anyFloatIn(in.X, xtmp2, in.Kind)))
		return
	}
	if in.Dst == jit.SpareInt {
		e.toInt(tmp, in.X)
		return
	}
	if e.Regs[in.Dst] != jit.NoReg {
		e.toInt(asm.Reg(e.Regs[in.Dst]), in.X)
		return
	}
	if in.X.Var == jit.SpareInt {
		e.StoreVar(in.Dst, uint8(tmp))
		return
	}
	e.StoreVar(in.Dst, uint8(e.anyInt(in.X, tmp2)))
}

// anyFloatIn is anyFloat, which leaves RAX alone.
func (e *emitter) anyFloatIn(o jit.Operand, spare asm.XReg, k jit.Kind) asm.XReg {
	if o.Var < 0 && o.Var != jit.SpareFloat && o.Const != 0 {
		e.MovImm(tmp2, o.Const)
		e.MovXFrom(spare, tmp2)
		return spare
	}
	return e.anyFloat(o, spare, k)
}
