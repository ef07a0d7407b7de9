package jit

import (
	"github.com/gosched/gosched/kernel/jit/asm"
)

func (e *emitter) convert(in *Ins) {
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
		case to == Uint64:
			e.Test(tmp)
			e.Jcc(asm.CondS, e.fail())
		case to == Int64:
			e.OpImm(asm.CMP, tmp, 1)
			e.Jcc(asm.CondO, e.fail())
		default:
			e.Mov(tmp2, tmp)
			e.extend(to, tmp)
			e.Op(asm.CMP, tmp, tmp2)
			e.Jcc(asm.CondNE, e.fail())
		}
		e.put(in.Dst, tmp)
	case to.Float():
		x := e.anyInt(in.X, tmp)
		if from == Uint64 {
			e.Test(x)
			e.Jcc(asm.CondS, e.fail())
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
func (e *emitter) flags(k Kind, c Cond, x, y Operand) asm.Cond {
	if k.Float() {
		if c == LT || c == LE { // y > x and y >= x are false where one is no number
			x, y = y, x
		}
		rx := e.anyFloat(x, xtmp, k)
		ry := e.anyFloat(y, xtmp2, k)
		e.CompareX(rx, ry, k.Size())
		return map[Cond]asm.Cond{EQ: asm.CondE, NE: asm.CondNE, LT: asm.CondA, GT: asm.CondA, LE: asm.CondAE, GE: asm.CondAE}[c]
	}
	if x.Var == NoVar {
		x, y = y, x
		c = map[Cond]Cond{EQ: EQ, NE: NE, LT: GT, GT: LT, LE: GE, GE: LE}[c]
	}
	rx := e.anyInt(x, tmp)
	switch {
	case small(y) && y.Const == 0 && (c == EQ || c == NE):
		e.Test(rx)
	case small(y):
		e.OpImm(asm.CMP, rx, int32(y.Const))
	case y.Var >= 0 && e.regs[y.Var] == noReg && k.Size() == 8:
		e.OpMem(asm.CMP, rx, e.home(y.Var))
	default:
		e.Op(asm.CMP, rx, e.anyInt(y, tmp2))
	}
	if k.Signed() {
		return map[Cond]asm.Cond{EQ: asm.CondE, NE: asm.CondNE, LT: asm.CondL, GT: asm.CondG, LE: asm.CondLE, GE: asm.CondGE}[c]
	}
	return map[Cond]asm.Cond{EQ: asm.CondE, NE: asm.CondNE, LT: asm.CondB, GT: asm.CondA, LE: asm.CondBE, GE: asm.CondAE}[c]
}

func (e *emitter) compare(in *Ins) {
	c := e.flags(in.Kind, in.Cond, in.X, in.Y)
	e.SetCond(c, tmp)
	if in.Kind.Float() && (in.Cond == EQ || in.Cond == NE) {
		// SetCond leaves the flags as they are.
		if in.Cond == EQ {
			e.SetCond(asm.CondNP, tmp2)
			e.Op(asm.AND, tmp, tmp2)
		} else {
			e.SetCond(asm.CondP, tmp2)
			e.Op(asm.OR, tmp, tmp2)
		}
	}
	e.put(in.Dst, tmp)
}

func (e *emitter) jump(in *Ins) {
	if in.Poll {
		e.poll(e.after, in.Exit)
	}
	to := e.f.Blocks[in.Then]
	if len(to.Ins) == 1 && to.Ins[0].Op == Branch {
		e.branch(&to.Ins[0]) // a loop has one jump less
		return
	}
	if in.Then != e.next {
		e.Jmp(e.blocks[in.Then])
	}
}

func (e *emitter) branch(in *Ins) {
	yes, no := e.blocks[in.Then], e.blocks[in.Else]
	c := e.flags(in.Kind, in.Cond, in.X, in.Y)
	if in.Kind.Float() && (in.Cond == EQ || in.Cond == NE) {
		if in.Cond == EQ {
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
	switch e.next {
	case in.Else:
		e.Jcc(c, yes)
	case in.Then:
		e.Jcc(c.Not(), no)
	default:
		e.Jcc(c, yes)
		e.Jmp(no)
	}
}
