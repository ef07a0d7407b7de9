package arm64

import (
	"github.com/gosched/gosched/kernel/jit"
	"github.com/gosched/gosched/kernel/jit/arm64/asm"
)

func (e *emitter) convert(in *jit.Ins) {
	to, from := in.Kind, in.From
	switch {
	case from.Float() && to.Float():
		d := e.dstFloat(in.Dst)
		if from == to {
			e.toFloat(d, in.X, from)
		} else {
			e.Resize(d, e.anyFloat(in.X, ftmp2, from), from.Size())
		}
		e.putFloat(in.Dst, d)
	case from.Float():
		e.toInteger(in)
	case to.Float():
		d := e.dstFloat(in.Dst)
		e.FloatOf(d, e.source(in.X, tmp), to.Size(), from != jit.Uint64)
		e.putFloat(in.Dst, d)
	default:
		d := e.dstInt(in.Dst)
		e.Extend(d, e.anyInt(in.X, tmp), to.Size(), to.Signed())
		e.put(in.Dst, d)
	}
}

// toInteger converts a float. What does not fit, and what might have been too large,
// Go decides.
func (e *emitter) toInteger(in *jit.Ins) {
	x := e.anyFloat(in.X, ftmp2, in.From)
	e.CompareF(x, x, in.From.Size())
	e.Jcc(asm.VS, e.Fail())
	e.IntOf(tmp, x, in.From.Size())
	switch in.Kind {
	case jit.Uint64: // from 0 to the last but one, as the last stands for what is larger
		e.OpImm(asm.ADDS, asm.ZR, tmp, 1)
		e.Jcc(asm.MI, e.Fail())
		e.Jcc(asm.EQ, e.Fail())
	case jit.Int64: // neither the last nor the first
		e.OpShifted(asm.XOR, tmp2, tmp, tmp, asm.SAR, 63)
		e.OpImm(asm.ADDS, asm.ZR, tmp2, 1)
		e.Jcc(asm.VS, e.Fail())
	default:
		e.Extend(tmp2, tmp, in.Kind.Size(), in.Kind.Signed())
		e.Op(asm.SUBS, asm.ZR, tmp2, tmp)
		e.Jcc(asm.NE, e.Fail())
	}
	e.put(in.Dst, tmp)
}

var (
	floatConds    = [...]asm.Cond{jit.EQ: asm.EQ, jit.NE: asm.NE, jit.LT: asm.MI, jit.LE: asm.LS, jit.GT: asm.GT, jit.GE: asm.GE}
	signedConds   = [...]asm.Cond{jit.EQ: asm.EQ, jit.NE: asm.NE, jit.LT: asm.LT, jit.LE: asm.LE, jit.GT: asm.GT, jit.GE: asm.GE}
	unsignedConds = [...]asm.Cond{jit.EQ: asm.EQ, jit.NE: asm.NE, jit.LT: asm.LO, jit.LE: asm.LS, jit.GT: asm.HI, jit.GE: asm.HS}
)

// flags compares and says which condition holds then. Of floats that are no number
// only NE holds.
func (e *emitter) flags(k jit.Kind, c jit.Cond, x, y jit.Operand) asm.Cond {
	if k.Float() {
		r := e.anyFloat(x, ftmp, k)
		if y.Var == jit.NoVar && y.Const == 0 {
			e.CompareFZero(r, k.Size())
		} else {
			e.CompareF(r, e.anyFloat(y, ftmp2, k), k.Size())
		}
		return floatConds[c]
	}
	if x.Var == jit.NoVar {
		x, y = y, x
		c = c.Exchanged()
	}
	r := e.anyInt(x, tmp)
	if y.Var == jit.NoVar {
		e.compareImm(r, y.Const)
	} else {
		e.Op(asm.SUBS, asm.ZR, r, e.anyInt(y, tmp2))
	}
	if k.Signed() {
		return signedConds[c]
	}
	return unsignedConds[c]
}

// Branch implements [jit.Writer].
func (e *emitter) Branch(in *jit.Ins) {
	yes, no := e.Block(in.Then), e.Block(in.Else)
	if in.Y.Var == jit.NoVar && in.Y.Const == 0 && in.X.Var != jit.NoVar && !in.Kind.Float() && (in.Cond == jit.EQ || in.Cond == jit.NE) {
		r := e.anyInt(in.X, tmp)
		to, on := yes, in.Else
		if e.Next == in.Then {
			to, on = no, in.Then
		}
		if (in.Cond == jit.EQ) == (to == yes) {
			e.JumpZero(r, 8, to)
		} else {
			e.JumpNotZero(r, 8, to)
		}
		if on != e.Next {
			e.Jmp(no)
		}
		return
	}
	c := e.flags(in.Kind, in.Cond, in.X, in.Y)
	switch e.Next {
	case in.Else:
		e.Jcc(c, yes)
	case in.Then:
		e.Jcc(c.Not(), no)
	default:
		e.Jcc(c, yes)
		e.Jmp(no)
	}
}
