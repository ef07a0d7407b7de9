package amd64

import (
	"github.com/gosched/gosched/kernel/jit"
	"github.com/gosched/gosched/kernel/jit/amd64/asm"
)

func (e *emitter) convert(in *jit.Ins) {
	to, from := in.Kind, in.From
	switch {
	case from.Float() && to.Float():
		d := e.dstFloat(in.Dst)
		x := e.anyFloat(in.X, xtmp2, from)
		if from == to {
			e.MovX(d, x)
		} else {
			e.Resize(d, x, from.Size())
		}
		e.putFloat(in.Dst, d)
	case from.Float():
		// What does not fit, Go on this processor decides.
		x := e.anyFloat(in.X, xtmp2, from)
		e.IntOf(tmp, x, from.Size())
		switch {
		case to == jit.Uint64:
			e.Test(tmp)
			e.Jcc(asm.CondS, e.Fail())
		case to == jit.Int64:
			e.OpImm(asm.CMP, tmp, 1)
			e.Jcc(asm.CondO, e.Fail())
		default:
			e.Mov(tmp2, tmp)
			e.extend(to, tmp)
			e.Op(asm.CMP, tmp, tmp2)
			e.Jcc(asm.CondNE, e.Fail())
		}
		e.put(in.Dst, tmp)
	case to.Float():
		x := e.anyInt(in.X, tmp)
		if from == jit.Uint64 {
			e.Test(x)
			e.Jcc(asm.CondS, e.Fail())
		}
		d := e.dstFloat(in.Dst)
		e.XorX(d, d)
		e.FloatOf(d, x, to.Size())
		e.putFloat(in.Dst, d)
	default:
		d := e.dstInt(in.Dst)
		x := e.anyInt(in.X, tmp)
		if to.Size() < 8 {
			e.Extend(d, x, to.Size(), to.Signed())
		} else if x != d {
			e.Mov(d, x)
		}
		e.put(in.Dst, d)
	}
}

// flags compares and says which condition holds then. Of floats, also says what
// has to be looked at besides.
func (e *emitter) flags(k jit.Kind, c jit.Cond, x, y jit.Operand) asm.Cond {
	if k.Float() {
		if c == jit.LT || c == jit.LE { // y > x and y >= x are false where one is no number
			x, y = y, x
		}
		rx := e.anyFloat(x, xtmp, k)
		ry := e.anyFloat(y, xtmp2, k)
		e.CompareX(rx, ry, k.Size())
		return map[jit.Cond]asm.Cond{jit.EQ: asm.CondE, jit.NE: asm.CondNE, jit.LT: asm.CondA, jit.GT: asm.CondA, jit.LE: asm.CondAE, jit.GE: asm.CondAE}[c]
	}
	if x.Var == jit.NoVar {
		x, y = y, x
		c = c.Exchanged()
	}
	rx := e.anyInt(x, tmp)
	switch {
	case small(y) && y.Const == 0 && (c == jit.EQ || c == jit.NE):
		e.Test(rx)
	case small(y):
		e.OpImm(asm.CMP, rx, int32(y.Const))
	case y.Var >= 0 && e.Regs[y.Var] == jit.NoReg && k.Size() == 8:
		e.OpMem(asm.CMP, rx, e.home(y.Var))
	default:
		e.Op(asm.CMP, rx, e.anyInt(y, tmp2))
	}
	if k.Signed() {
		return map[jit.Cond]asm.Cond{jit.EQ: asm.CondE, jit.NE: asm.CondNE, jit.LT: asm.CondL, jit.GT: asm.CondG, jit.LE: asm.CondLE, jit.GE: asm.CondGE}[c]
	}
	return map[jit.Cond]asm.Cond{jit.EQ: asm.CondE, jit.NE: asm.CondNE, jit.LT: asm.CondB, jit.GT: asm.CondA, jit.LE: asm.CondBE, jit.GE: asm.CondAE}[c]
}

func (e *emitter) compare(in *jit.Ins) {
	c := e.flags(in.Kind, in.Cond, in.X, in.Y)
	e.SetCond(c, tmp)
	if in.Kind.Float() && (in.Cond == jit.EQ || in.Cond == jit.NE) {
		// SetCond leaves the flags as they are.
		if in.Cond == jit.EQ {
			e.SetCond(asm.CondNP, tmp2)
			e.Op(asm.AND, tmp, tmp2)
		} else {
			e.SetCond(asm.CondP, tmp2)
			e.Op(asm.OR, tmp, tmp2)
		}
	}
	e.put(in.Dst, tmp)
}

// Branch implements [jit.Writer].
func (e *emitter) Branch(in *jit.Ins) {
	yes, no := e.Block(in.Then), e.Block(in.Else)
	c := e.flags(in.Kind, in.Cond, in.X, in.Y)
	if in.Kind.Float() && (in.Cond == jit.EQ || in.Cond == jit.NE) {
		if in.Cond == jit.EQ {
			e.Jcc(asm.CondNE, no)
			e.Jcc(asm.CondP, no)
			e.Jmp(yes)
		} else {
			e.Jcc(asm.CondNE, yes)
			e.Jcc(asm.CondP, yes)
			e.Jmp(no)
		}
		return
	}
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
