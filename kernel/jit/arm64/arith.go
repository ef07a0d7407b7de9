package arm64

import (
	"math/bits"

	"github.com/gosched/gosched/kernel/jit"
	"github.com/gosched/gosched/kernel/jit/arm64/asm"
)

var intOps = map[jit.Op]asm.ALU{
	jit.Add: asm.ADD, jit.Sub: asm.SUB, jit.Mul: asm.MUL, jit.And: asm.AND, jit.Or: asm.OR, jit.Xor: asm.XOR, jit.AndNot: asm.BIC,
}

var floatOps = map[jit.Op]asm.Float{
	jit.FAdd: asm.FADD, jit.FSub: asm.FSUB, jit.FMul: asm.FMUL, jit.FDiv: asm.FDIV,
	jit.FMulAdd: asm.FMADD, jit.FMulSub: asm.FMSUB,
	jit.FNeg: asm.FNEG, jit.FAbs: asm.FABS, jit.FSqrt: asm.FSQRT,
}

func (e *emitter) arith(in *jit.Ins) {
	x, y := in.X, in.Y
	if x.Var == jit.NoVar && in.Op != jit.Sub && in.Op != jit.AndNot {
		x, y = y, x
	}
	d := e.dstInt(in.Dst)
	op := intOps[in.Op]
	if y.Var == jit.NoVar {
		n, r := y.Const, e.anyInt(x, tmp)
		switch {
		case in.Op == jit.Mul && n != 0 && n&(n-1) == 0:
			e.ShiftImm(asm.SHL, d, r, uint8(bits.TrailingZeros64(n)))
		case !e.OpImm(op, d, r, n):
			e.Op(op, d, r, e.source(y, tmp2))
		}
	} else {
		e.Op(op, d, e.source(x, tmp), e.anyInt(y, tmp2))
	}
	if in.Op == jit.Add || in.Op == jit.Sub || in.Op == jit.Mul {
		e.extend(in.Kind, d)
	}
	e.put(in.Dst, d)
}

func (e *emitter) unary(in *jit.Ins) {
	d := e.dstInt(in.Dst)
	x := e.anyInt(in.X, tmp)
	switch in.Op {
	case jit.Neg:
		e.Op(asm.SUB, d, asm.ZR, x)
		e.extend(in.Kind, d)
	case jit.Com:
		e.Op(asm.ORN, d, asm.ZR, x)
		e.extend(in.Kind, d)
	default:
		e.OpImm(asm.XOR, d, x, 1)
	}
	e.put(in.Dst, d)
}

// divide is division and remainder. The least number divided by -1 is itself.
func (e *emitter) divide(in *jit.Ins) {
	if in.Y.Var == jit.NoVar && e.divideByPower(in) {
		return
	}
	y := e.anyInt(in.Y, tmp2)
	if in.Y.Var != jit.NoVar || in.Y.Const == 0 {
		e.JumpZero(y, 8, e.Fail())
	}
	x := e.anyInt(in.X, tmp)
	op := asm.UDIV
	if in.Kind.Signed() {
		op = asm.DIV
	}
	d := e.dstInt(in.Dst)
	if in.Op == jit.Rem {
		e.Op(op, count, x, y)
		e.MulSub(d, x, count, y)
	} else {
		e.Op(op, d, x, y)
		e.extend(in.Kind, d)
	}
	e.put(in.Dst, d)
}

// divideByPower divides by a power of two without a division.
func (e *emitter) divideByPower(in *jit.Ins) bool {
	n := in.Y.Const
	if n == 0 || n&(n-1) != 0 || in.Kind.Signed() && int64(n) < 0 {
		return false
	}
	shift := uint8(bits.TrailingZeros64(n))
	x := e.anyInt(in.X, tmp)
	d := e.dstInt(in.Dst)
	switch {
	case n == 1 && in.Op == jit.Div:
		if d != x {
			e.Mov(d, x)
		}
	case n == 1:
		e.MovImm(d, 0)
	case !in.Kind.Signed() && in.Op == jit.Div:
		e.ShiftImm(asm.SHR, d, x, shift)
	case !in.Kind.Signed():
		e.OpImm(asm.AND, d, x, n-1)
	default:
		// What is below zero is rounded up: n-1 is added.
		e.ShiftImm(asm.SAR, tmp2, x, 63)
		if in.Op == jit.Div {
			e.OpShifted(asm.ADD, tmp2, x, tmp2, asm.SHR, 64-shift)
			e.ShiftImm(asm.SAR, d, tmp2, shift)
			break
		}
		e.ShiftImm(asm.SHR, tmp2, tmp2, 64-shift)
		e.Op(asm.ADD, count, x, tmp2)
		e.OpImm(asm.AND, count, count, n-1)
		e.Op(asm.SUB, d, count, tmp2)
	}
	e.put(in.Dst, d)
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
	d := e.dstInt(in.Dst)
	switch n := in.Y.Const; {
	case in.Y.Var != jit.NoVar:
		e.shiftBy(op, d, in)
	case n < 64:
		e.ShiftImm(op, d, e.anyInt(in.X, tmp), uint8(n))
	case op == asm.SAR:
		e.ShiftImm(op, d, e.anyInt(in.X, tmp), 63)
	default:
		e.MovImm(d, 0)
	}
	if in.Op == jit.Shl {
		e.extend(in.Kind, d)
	}
	e.put(in.Dst, d)
}

// shiftBy shifts by a variable. The instructions look at six bits of it.
func (e *emitter) shiftBy(op asm.ALU, d asm.Reg, in *jit.Ins) {
	y := e.anyInt(in.Y, count)
	if in.From.Signed() {
		e.compareImm(y, 0)
		e.Jcc(asm.LT, e.Fail())
	}
	x := e.anyInt(in.X, tmp)
	e.compareImm(y, 63)
	if op == asm.SAR {
		e.MovImm(tmp2, 63)
		e.Select(asm.LS, count, y, tmp2, false)
		e.Op(op, d, x, count)
		return
	}
	e.Op(op, tmp, x, y)
	e.Select(asm.LS, d, tmp, asm.ZR, false)
}

func (e *emitter) multiplyAdd(in *jit.Ins) {
	d := e.dstFloat(in.Dst)
	x, y, z := e.anyFloat(in.X, ftmp, in.Kind), e.anyFloat(in.Y, ftmp2, in.Kind), e.anyFloat(in.Z, ftmp3, in.Kind)
	e.OpF3(floatOps[in.Op], d, z, x, y, in.Kind.Size())
	e.putFloat(in.Dst, d)
}
