package wasm

import (
	"math/bits"

	"github.com/gosched/gosched/kernel/jit"
	"github.com/gosched/gosched/kernel/jit/wasm/asm"
)

// checks leaves where an address must not be used.
func (e *emitter) checks(a *jit.Address) {
	if a.NilCheck {
		e.push(a.Base, jit.Pointer)
		e.Op(asm.I64Eqz)
	}
	if a.Bounded {
		e.push(a.Index, jit.Uint64)
		e.push(a.Bound, jit.Uint64)
		e.Op(asm.I64GeU)
	}
	if a.NilCheck && a.Bounded {
		e.Op(asm.I32Or)
	}
	if a.NilCheck || a.Bounded {
		e.leaveIf()
	}
}

// address puts an address onto the stack.
func (e *emitter) address(a *jit.Address) {
	if off := e.partly(a); off != 0 {
		e.I32(off)
		e.Op(asm.I32Add)
	}
}

// partly puts an address onto the stack but for a constant that has to be added.
func (e *emitter) partly(a *jit.Address) (off int32) {
	off = a.Disp
	switch {
	case a.Base.Var != jit.NoVar:
		e.push(a.Base, jit.Pointer)
		e.Op(asm.I32WrapI64)
	case a.Base.Const != 0:
		e.I32(int32(a.Base.Const))
	default:
		e.Get(base)
	}
	switch {
	case a.Scale == 0:
	case a.Index.Var == jit.NoVar:
		off += int32(a.Index.Const) * a.Scale
	default:
		e.push(a.Index, jit.Int64)
		e.Op(asm.I32WrapI64)
		switch {
		case a.Scale&(a.Scale-1) != 0:
			e.I32(a.Scale)
			e.Op(asm.I32Mul)
		case a.Scale > 1:
			e.I32(int32(bits.TrailingZeros32(uint32(a.Scale))))
			e.Op(asm.I32Shl)
		}
		e.Op(asm.I32Add)
	}
	return off
}

// direct puts an address onto the stack, and returns what instructions are to add to
// it, which only ever adds something.
func (e *emitter) direct(a *jit.Address) uint32 {
	off := e.partly(a)
	if off < 0 {
		e.I32(off)
		e.Op(asm.I32Add)
		return 0
	}
	return uint32(off)
}

func (e *emitter) loads(in *jit.Ins) {
	e.GuardHomes(in.Dsts...)
	e.checks(&in.Memory)
	off := e.direct(&in.Memory)
	e.Set(at) // also as what is loaded may take the place of the address
	for _, v := range in.Dsts {
		if v < 0 {
			off += 8
			continue
		}
		k := e.Kind(v)
		e.assign(v, func() {
			e.Get(at)
			e.Memory(loadOps[k], off)
		})
		off += uint32(k.Size())
	}
}

func (e *emitter) stores(in *jit.Ins) {
	for _, k := range in.Kinds {
		if k == jit.Pointer && !in.Guarded {
			e.Guard()
			break
		}
	}
	e.checks(&in.Memory)
	off := e.direct(&in.Memory)
	e.Set(at)
	for i, s := range in.Srcs {
		k := in.Kinds[i]
		e.Get(at)
		e.push(s, k)
		e.Memory(storeOp(k), off)
		off += uint32(k.Size())
	}
}
