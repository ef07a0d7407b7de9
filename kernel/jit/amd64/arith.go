package amd64

import (
	"math/bits"

	"github.com/gosched/gosched/kernel/jit"
	"github.com/gosched/gosched/kernel/jit/amd64/asm"
)

// small reports whether a constant fits into an instruction.
func small(o jit.Operand) bool {
	return o.Var == jit.NoVar && int64(o.Const) == int64(int32(o.Const))
}

func (e *emitter) arith(in *jit.Ins) {
	x, y := in.X, in.Y
	if in.Op == jit.AndNot {
		// x &^ y = x & ^y
		if y.Var == jit.NoVar {
			y = jit.Imm(^y.Const)
		} else {
			e.toInt(tmp2, y)
			e.Not(tmp2)
			d := e.dstInt(in.Dst)
			e.toInt(d, x)
			e.Op(asm.AND, d, tmp2)
			e.extend(in.Kind, d)
			e.put(in.Dst, d)
			return
		}
	}
	commutes := in.Op != jit.Sub
	if commutes && x.Var == jit.NoVar {
		x, y = y, x
	}
	d := e.dstInt(in.Dst)
	if e.inReg(y, d) && !e.inReg(x, d) {
		if commutes {
			x, y = y, x
		} else {
			d = tmp
		}
	}
	op := map[jit.Op]asm.ALU{jit.Add: asm.ADD, jit.Sub: asm.SUB, jit.And: asm.AND, jit.AndNot: asm.AND, jit.Or: asm.OR, jit.Xor: asm.XOR}[in.Op]
	wide := in.Kind.Size() == 8
	switch {
	case in.Op == jit.Mul && small(y):
		e.ImulImm(d, e.anyInt(x, tmp), int32(y.Const))
	case in.Op == jit.Mul:
		ry := e.anyInt(y, tmp2)
		e.toInt(d, x)
		e.Imul(d, ry)
	case small(y):
		if rx := e.anyInt(x, d); rx != d && (in.Op == jit.Add || in.Op == jit.Sub && int32(y.Const) != -1<<31) {
			v := int32(y.Const)
			if in.Op == jit.Sub {
				v = -v
			}
			e.Lea(d, asm.At(rx, v))
		} else {
			e.toInt(d, x)
			e.OpImm(op, d, int32(y.Const))
		}
	case y.Var >= 0 && e.Regs[y.Var] == jit.NoReg && wide:
		e.toInt(d, x)
		e.OpMem(op, d, e.home(y.Var))
	default:
		ry := e.anyInt(y, tmp2)
		if rx := e.anyInt(x, d); rx != d && in.Op == jit.Add {
			e.Lea(d, asm.Mem{Base: rx, Index: ry, Scale: 1})
		} else {
			e.toInt(d, x)
			e.Op(op, d, ry)
		}
	}
	if in.Op == jit.Add || in.Op == jit.Sub || in.Op == jit.Mul || in.Op == jit.AndNot || in.Y.Var == jit.NoVar {
		e.extend(in.Kind, d)
	}
	e.put(in.Dst, d)
}

// divide is division and remainder, for which the quotient in RAX and the
// remainder in RDX are fixed.
func (e *emitter) divide(in *jit.Ins) {
	k := in.Kind
	if in.Y.Var == jit.NoVar && e.divideByPower(in) {
		return
	}
	constant := in.Y.Var == jit.NoVar && in.Y.Const != 0
	result := asm.RAX
	if in.Op == jit.Rem {
		result = asm.RDX
	}
	e.toInt(count, in.Y)
	if !constant {
		e.Test(count)
		e.Jcc(asm.CondE, e.Fail())
	}
	e.toInt(tmp, in.X)
	done := e.NewLabel()
	if k.Signed() && (!constant || int64(in.Y.Const) == -1) {
		// The least number divided by -1 traps.
		plain := e.NewLabel()
		e.OpImm(asm.CMP, count, -1)
		e.Jcc(asm.CondNE, plain)
		if in.Op == jit.Rem {
			e.MovImm(tmp2, 0)
		} else {
			e.Neg(tmp)
		}
		e.Jmp(done)
		e.Bind(plain)
	}
	if k.Size() == 8 {
		// Dividing 32 bits takes a fraction of the time.
		long := e.NewLabel()
		e.Mov(tmp2, tmp)
		e.Op(asm.OR, tmp2, count)
		e.ShiftImm(asm.SHR, tmp2, 32)
		e.Jcc(asm.CondNE, long)
		e.MovImm(tmp2, 0)
		e.Div(count, false)
		e.Out(long, func() {
			if k.Signed() {
				e.Cqo(true)
				e.Idiv(count, true)
			} else {
				e.MovImm(tmp2, 0)
				e.Div(count, true)
			}
			e.Jmp(done)
		})
	} else if k.Signed() {
		e.Cqo(false)
		e.Idiv(count, false)
	} else {
		e.MovImm(tmp2, 0)
		e.Div(count, false)
	}
	e.Bind(done)
	e.extend(k, result)
	e.put(in.Dst, result)
}

// divideByPower divides by a power of two without a division.
func (e *emitter) divideByPower(in *jit.Ins) bool {
	n := in.Y.Const
	if n == 0 || n&(n-1) != 0 || in.Kind.Signed() && int64(n) < 0 {
		return false
	}
	shift := uint8(bits.TrailingZeros64(n))
	e.toInt(tmp, in.X)
	if in.Kind.Signed() {
		// tmp2 = x < 0 ? n-1 : 0
		if shift == 0 {
			e.MovImm(tmp2, 0)
		} else {
			e.Mov(tmp2, tmp)
			e.ShiftImm(asm.SAR, tmp2, 63)
			e.ShiftImm(asm.SHR, tmp2, 64-shift)
		}
	}
	switch {
	case in.Op == jit.Div && in.Kind.Signed():
		e.Op(asm.ADD, tmp, tmp2)
		e.ShiftImm(asm.SAR, tmp, shift)
	case in.Op == jit.Div:
		e.ShiftImm(asm.SHR, tmp, shift)
	default:
		if in.Kind.Signed() {
			e.Op(asm.ADD, tmp, tmp2)
		}
		if n-1 <= 1<<31-1 {
			e.OpImm(asm.AND, tmp, int32(n-1))
		} else {
			e.MovImm(count, n-1)
			e.Op(asm.AND, tmp, count)
		}
		if in.Kind.Signed() {
			e.Op(asm.SUB, tmp, tmp2)
		}
	}
	e.extend(in.Kind, tmp)
	e.put(in.Dst, tmp)
	return true
}

func (e *emitter) shift(in *jit.Ins) {
	op := asm.SHL
	if in.Op == jit.Shr {
		op = asm.SHR
		if in.Kind.Signed() {
			op = asm.SAR
		}
	}
	if in.Y.Var == jit.NoVar {
		n := in.Y.Const
		d := e.dstInt(in.Dst)
		switch {
		case n < 64:
			e.toInt(d, in.X)
			e.ShiftImm(op, d, uint8(n))
		case op == asm.SAR:
			e.toInt(d, in.X)
			e.ShiftImm(op, d, 63)
		default:
			e.MovImm(d, 0)
		}
		if in.Op == jit.Shl {
			e.extend(in.Kind, d)
		}
		e.put(in.Dst, d)
		return
	}
	e.toInt(count, in.Y)
	if in.From.Signed() {
		e.Test(count)
		e.Jcc(asm.CondS, e.Fail())
	}
	e.toInt(tmp, in.X)
	if op == asm.SAR {
		e.MovImm(tmp2, 63)
		e.Op(asm.CMP, count, tmp2)
		e.MovCond(asm.CondA, count, tmp2)
		e.ShiftCL(op, tmp)
	} else {
		e.ShiftCL(op, tmp)
		e.OpImm(asm.CMP, count, 64)
		e.Op(asm.SBB, tmp2, tmp2)
		e.Op(asm.AND, tmp, tmp2)
	}
	if in.Op == jit.Shl {
		e.extend(in.Kind, tmp)
	}
	e.put(in.Dst, tmp)
}

func (e *emitter) floatOp(in *jit.Ins) {
	op := map[jit.Op]asm.Float{jit.FAdd: asm.FADD, jit.FSub: asm.FSUB, jit.FMul: asm.FMUL, jit.FDiv: asm.FDIV}[in.Op]
	size := in.Kind.Size()
	d := e.dstFloat(in.Dst)
	if e.inXReg(in.Y, d) && !e.inXReg(in.X, d) {
		d = xtmp
	}
	y := e.anyFloat(in.Y, xtmp2, in.Kind)
	e.toFloat(d, in.X, in.Kind)
	e.OpX(op, d, y, size)
	e.putFloat(in.Dst, d)
}

func (e *emitter) floatUnary(in *jit.Ins) {
	size := in.Kind.Size()
	d := e.dstFloat(in.Dst)
	if in.Op == jit.FSqrt {
		x := e.anyFloat(in.X, xtmp2, in.Kind)
		e.OpX(asm.SQRT, d, x, size)
		e.putFloat(in.Dst, d)
		return
	}
	e.toFloat(d, in.X, in.Kind)
	sign := uint64(1) << (8*size - 1)
	if in.Op == jit.FAbs {
		e.MovImm(tmp, sign-1)
		e.MovXFrom(xtmp2, tmp)
		e.AndX(d, xtmp2)
	} else {
		e.MovImm(tmp, sign)
		e.MovXFrom(xtmp2, tmp)
		e.XorX(d, xtmp2)
	}
	e.putFloat(in.Dst, d)
}
