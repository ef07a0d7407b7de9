package arm64

import (
	"math/bits"

	"github.com/gosched/gosched/kernel/jit"
	"github.com/gosched/gosched/kernel/jit/arm64/asm"
)

// checks leaves where an address must not be used.
func (e *emitter) checks(a *jit.Address) {
	if a.NilCheck {
		e.JumpZero(e.anyInt(a.Base, tmp), 8, e.Fail())
	}
	if !a.Bounded {
		return
	}
	if a.Index.Var == jit.NoVar && a.Bound.Var >= 0 {
		e.compareImm(e.anyInt(a.Bound, tmp), a.Index.Const)
		e.Jcc(asm.LS, e.Fail())
		return
	}
	i := e.anyInt(a.Index, tmp)
	if a.Bound.Var == jit.NoVar {
		e.compareImm(i, a.Bound.Const)
	} else {
		e.Op(asm.SUBS, asm.ZR, i, e.anyInt(a.Bound, tmp2))
	}
	e.Jcc(asm.HS, e.Fail())
}

// address makes the checks and returns how the memory is addressed. It may be by way
// of tmp and tmp2. Memory that is accessed once has a size; otherwise there is no
// index.
func (e *emitter) address(a *jit.Address, size int) asm.Mem {
	e.checks(a)
	at := base
	if a.Base.Var != jit.NoVar || a.Base.Const != 0 {
		at = e.anyInt(a.Base, tmp)
	}
	if a.Scale == 0 {
		return asm.At(at, a.Disp)
	}
	if a.Index.Var == jit.NoVar {
		off := int64(a.Index.Const)*int64(a.Scale) + int64(a.Disp)
		if off == int64(int32(off)) {
			return asm.At(at, int32(off))
		}
	}
	i := e.anyInt(a.Index, tmp2)
	if a.Scale&(a.Scale-1) != 0 {
		e.MovImm(far, uint64(a.Scale))
		e.MulAdd(tmp, at, i, far)
		return asm.At(tmp, a.Disp)
	}
	shift := uint8(bits.TrailingZeros32(uint32(a.Scale)))
	if m := (asm.Mem{Base: at, Disp: a.Disp, Index: i, Shift: shift}); size > 0 && m.Reaches(size) {
		return m
	}
	e.OpShifted(asm.ADD, tmp, at, i, asm.SHL, shift)
	return asm.At(tmp, a.Disp)
}

func (e *emitter) loads(in *jit.Ins) {
	e.GuardHomes(in.Dsts...)
	size := 0
	if len(in.Dsts) == 1 && in.Dsts[0] >= 0 {
		size = e.Kind(in.Dsts[0]).Size()
	}
	m := e.address(&in.Memory, size)
	if len(in.Dsts) > 1 && m.Base != base {
		// What is loaded may take the place of the address.
		e.toTmp(&m)
	}
	for _, v := range in.Dsts {
		if v < 0 {
			m.Disp += 8
			continue
		}
		k := e.Kind(v)
		at := e.reach(m, k.Size())
		if k.Float() {
			d := e.dstFloat(v)
			e.LoadF(d, at, k.Size())
			e.putFloat(v, d)
		} else {
			d := tmp2
			if e.Regs[v] != jit.NoReg {
				d = asm.Reg(e.Regs[v])
			}
			e.Load(d, at, k.Size(), k.Signed())
			e.put(v, d)
		}
		m.Disp += int32(k.Size())
	}
}

func (e *emitter) toTmp(m *asm.Mem) {
	if m.Base != tmp {
		e.Mov(tmp, m.Base)
		m.Base = tmp
	}
}

func (e *emitter) stores(in *jit.Ins) {
	for _, k := range in.Kinds {
		if k == jit.Pointer && !in.Guarded {
			e.Guard()
			break
		}
	}
	size := 0
	if len(in.Srcs) == 1 {
		size = in.Kinds[0].Size()
	}
	m := e.address(&in.Memory, size)
	for i, s := range in.Srcs {
		k := in.Kinds[i]
		if k.Float() {
			r := e.anyFloat(s, ftmp2, k)
			e.StoreF(e.reach(m, k.Size()), r, k.Size())
		} else {
			r := e.source(s, count)
			e.Store(e.reach(m, k.Size()), r, k.Size())
		}
		m.Disp += int32(k.Size())
	}
}
