package amd64

import (
	"github.com/gosched/gosched/kernel/jit"
	"github.com/gosched/gosched/kernel/jit/amd64/asm"
)

// checks leaves where an address must not be used.
func (e *emitter) checks(a *jit.Address) {
	if a.NilCheck {
		e.Test(e.anyInt(a.Base, tmp))
		e.Jcc(asm.CondE, e.Fail())
	}
	if a.Bounded {
		switch {
		case a.Index.Var == jit.NoVar && small(a.Index) && a.Bound.Var >= 0:
			r := e.anyInt(a.Bound, tmp)
			e.OpImm(asm.CMP, r, int32(a.Index.Const))
			e.Jcc(asm.CondBE, e.Fail())
		default:
			i := e.anyInt(a.Index, tmp)
			switch {
			case small(a.Bound):
				e.OpImm(asm.CMP, i, int32(a.Bound.Const))
			case a.Bound.Var >= 0 && e.Regs[a.Bound.Var] == jit.NoReg:
				e.OpMem(asm.CMP, i, e.home(a.Bound.Var))
			default:
				e.Op(asm.CMP, i, e.anyInt(a.Bound, tmp2))
			}
			e.Jcc(asm.CondAE, e.Fail())
		}
	}
}

// address makes the checks and returns how the memory is addressed. It may be by
// way of RAX and RDX.
func (e *emitter) address(a *jit.Address) asm.Mem {
	e.checks(a)
	var m asm.Mem
	switch {
	case a.Base.Var == jit.NoVar && a.Base.Const == 0: // the frame
		m = asm.At(base, a.Disp)
	default:
		m = asm.At(e.anyInt(a.Base, tmp), a.Disp)
	}
	if a.Index.Var == jit.NoVar {
		off := int64(a.Index.Const)*int64(a.Scale) + int64(a.Disp)
		if off == int64(int32(off)) {
			m.Disp = int32(off)
			return m
		}
	}
	switch a.Scale {
	case 1, 2, 4, 8:
		m.Index, m.Scale = e.anyInt(a.Index, tmp2), uint8(a.Scale)
	case 0:
	default:
		i := e.anyInt(a.Index, tmp2)
		e.ImulImm(tmp2, i, a.Scale)
		m.Index, m.Scale = tmp2, 1
	}
	return m
}

func (e *emitter) loads(in *jit.Ins) {
	e.GuardHomes(in.Dsts...)
	m := e.address(&in.Memory)
	if len(in.Dsts) > 1 {
		if m.Base != base || m.Index != asm.NoReg {
			e.Lea(tmp, m)
			m = asm.At(tmp, 0)
		}
	}
	for _, v := range in.Dsts {
		if v < 0 {
			m.Disp += 8
			continue
		}
		k := e.F.Vars[v].Kind
		if k.Float() {
			d := e.dstFloat(v)
			e.LoadX(d, m, k.Size())
			e.putFloat(v, d)
		} else {
			d := asm.Reg(e.Regs[v])
			if e.Regs[v] == jit.NoReg {
				d = tmp2
			}
			e.Load(d, m, k.Size(), k.Signed())
			e.put(v, d)
		}
		m.Disp += int32(k.Size())
	}
}

func (e *emitter) stores(in *jit.Ins) {
	for _, k := range in.Kinds {
		if k == jit.Pointer && !in.Guarded {
			e.Guard()
			break
		}
	}
	m := e.address(&in.Memory)
	if m.Index == tmp2 || m.Base == tmp && len(in.Srcs) > 0 {
		// Leave tmp2 for the values.
		if m.Index != asm.NoReg {
			e.Lea(tmp, m)
			m = asm.At(tmp, 0)
		}
	}
	for i, s := range in.Srcs {
		k := in.Kinds[i]
		if k.Float() {
			e.StoreX(m, e.anyFloatIn(s, xtmp2, k), k.Size())
		} else {
			e.Store(m, e.anyInt(s, tmp2), k.Size())
		}
		m.Disp += int32(k.Size())
	}
}
