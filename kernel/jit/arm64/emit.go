// Package arm64 is the back end of package jit for arm64.
package arm64

import (
	"fmt"

	"github.com/gosched/gosched/kernel/jit"
	"github.com/gosched/gosched/kernel/jit/arm64/asm"
)

// Registers. Five general ones have a purpose: R28 is the runtime's record of the
// goroutine, also for its signal handlers, R18 is the system's, R29 is left as it is,
// for whoever follows frame pointers, R24 holds the frame and R25 the context. The
// others that variables do not get are for the code of single instructions; where
// memory is out of an instruction's reach, far is in use while that is accessed.
const (
	tmp   = asm.Reg(16) // also the spare variable
	tmp2  = asm.Reg(17)
	count = asm.Reg(26)
	far   = asm.Reg(27)
	base  = asm.Reg(24)
	ctx   = asm.Reg(25)
	self  = asm.Reg(28)

	ftmp  = asm.FReg(30) // also the spare variable
	ftmp2 = asm.FReg(31)
	ftmp3 = asm.FReg(29)
)

var (
	intRegs = []uint8{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 19, 20, 21, 22, 23}

	floatRegs = []uint8{
		0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
		15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28,
	}
)

// Backend makes code for arm64.
type Backend struct{}

// Registers implements [jit.Backend].
func (Backend) Registers() (ints, floats []uint8) { return intRegs, floatRegs }

// Takes implements [jit.Backend].
func (Backend) Takes(op jit.Op) bool {
	switch op {
	case jit.Move, jit.Barrier, jit.Add, jit.Sub, jit.Mul, jit.Div, jit.Rem, jit.And, jit.Or, jit.Xor, jit.AndNot, jit.Shl, jit.Shr,
		jit.Neg, jit.Com, jit.Not, jit.FAdd, jit.FSub, jit.FMul, jit.FDiv, jit.FNeg, jit.FSqrt, jit.FAbs, jit.FMulAdd, jit.FMulSub, jit.Convert, jit.Compare,
		jit.Load, jit.Store, jit.Lea, jit.Zero, jit.Check, jit.Guard, jit.Call, jit.Closure, jit.Jump, jit.Branch, jit.Return, jit.Leave:
		return true
	}
	return false
}

// Writer implements [jit.Backend].
func (Backend) Writer(t jit.Target) jit.Writer { return &emitter{Buffer: new(asm.Buffer), t: t} }

// An emitter writes the code of one function after the other.
type emitter struct {
	*asm.Buffer
	*jit.Emitter // of the function that is written
	t            jit.Target
}

// Code implements [jit.Writer].
func (e *emitter) Code() ([]byte, error) {
	e.Trap()
	return e.Buffer.Code()
}

// Begin implements [jit.Writer].
func (e *emitter) Begin(of *jit.Emitter) { e.Emitter = of }

// Prologue implements [jit.Writer].
func (e *emitter) Prologue(stop asm.Label) {
	e.PushPair(base, asm.LR)
	e.addImm(asm.SP, asm.SP, -e.F.Size)
	e.MovSP(base, asm.SP)
	e.load(tmp, ctx, e.t.Limit, 8, false)
	e.Op(asm.SUBS, asm.ZR, base, tmp)
	e.Jcc(asm.LO, stop)
	if !e.F.Leaf {
		e.Poll(stop)
	}
}

// Arrive implements [jit.Writer].
func (e *emitter) Arrive() {
	e.PushPair(base, asm.LR)
	if n := e.F.StackSize(); n > 0 {
		e.addImm(asm.SP, asm.SP, -n)
	}
}

// Return implements [jit.Writer].
func (e *emitter) Return() {
	if n := e.F.StackSize(); n > 0 {
		e.addImm(asm.SP, asm.SP, n)
	}
	e.PopPair(base, asm.LR)
	e.MovImm(0, 0)
	e.Ret()
}

// Exit implements [jit.Writer]. The outermost link has the address to return to.
func (e *emitter) Exit(here asm.Label) {
	e.Bind(here)
	e.MovSP(tmp, asm.SP)
	e.store(ctx, e.t.ExitSP, tmp, 8)
	e.AddressOf(0, here)
	e.load(tmp, ctx, e.t.Top, 8, false)
	e.MovSP(asm.SP, tmp)
	e.load(asm.LR, tmp, -8, 8, false)
	e.Ret()
}

// LoadVar implements [jit.Writer].
func (e *emitter) LoadVar(v jit.Var, r uint8) {
	at, off := e.home(v)
	if k := e.Kind(v); k.Float() {
		e.loadF(asm.FReg(r), at, off, k.Size())
	} else {
		e.load(asm.Reg(r), at, off, k.Size(), k.Signed())
	}
}

// StoreVar implements [jit.Writer].
func (e *emitter) StoreVar(v jit.Var, r uint8) {
	at, off := e.home(v)
	if k := e.Kind(v); k.Float() {
		e.storeF(at, off, asm.FReg(r), k.Size())
	} else {
		e.store(at, off, asm.Reg(r), k.Size())
	}
}

// SpillVar implements [jit.Writer].
func (e *emitter) SpillVar(n int, r uint8) { e.store(ctx, e.t.Spill+8*int32(n), asm.Reg(r), 8) }

// JumpTo implements [jit.Writer].
func (e *emitter) JumpTo(l asm.Label) { e.Jmp(l) }

// Poll implements [jit.Writer].
func (e *emitter) Poll(stop asm.Label) {
	e.load(tmp, self, e.t.Guard, 8, false)
	e.compareImm(tmp, uint64(e.t.Preempt))
	e.Jcc(asm.EQ, stop)
}

// Barrier implements [jit.Writer].
func (e *emitter) Barrier(fail asm.Label) {
	e.MovImm(tmp, e.t.Barrier)
	e.load(tmp, tmp, 0, 4, false)
	e.JumpNotZero(tmp, 4, fail)
}

// Argument implements [jit.Writer].
func (e *emitter) Argument(off int32, a *jit.Arg) {
	if a.Kind.Float() {
		e.storeF(asm.SP, off, e.anyFloat(a.X, ftmp2, a.Kind), a.Kind.Size())
	} else {
		e.store(asm.SP, off, e.source(a.X, tmp2), a.Kind.Size())
	}
}

// Call implements [jit.Writer].
func (e *emitter) Call(_ *jit.Func, l, _ asm.Label) { e.Buffer.Call(l) }

// CallAddress implements [jit.Writer].
func (e *emitter) CallAddress(_ *jit.Func, at uintptr, _ asm.Label) {
	e.MovImm(tmp, uint64(at))
	e.CallReg(tmp)
}

// Result implements [jit.Writer].
func (e *emitter) Result(off int32, r *jit.Arg) {
	if r.Kind.Float() {
		d := e.dstFloat(r.Dst)
		e.loadF(d, asm.SP, off, r.Kind.Size())
		e.putFloat(r.Dst, d)
	} else {
		d := e.dstInt(r.Dst)
		e.load(d, asm.SP, off, r.Kind.Size(), r.Kind.Signed())
		e.put(r.Dst, d)
	}
}

// Instruction implements [jit.Writer].
func (e *emitter) Instruction(in *jit.Ins) {
	switch in.Op {
	case jit.Move:
		e.move(in)
	case jit.Add, jit.Sub, jit.Mul, jit.And, jit.Or, jit.Xor, jit.AndNot:
		e.arith(in)
	case jit.Div, jit.Rem:
		e.divide(in)
	case jit.Shl, jit.Shr:
		e.shift(in)
	case jit.Neg, jit.Com, jit.Not:
		e.unary(in)
	case jit.FAdd, jit.FSub, jit.FMul, jit.FDiv:
		d := e.dstFloat(in.Dst)
		x, y := e.anyFloat(in.X, ftmp, in.Kind), e.anyFloat(in.Y, ftmp2, in.Kind)
		e.OpF(floatOps[in.Op], d, x, y, in.Kind.Size())
		e.putFloat(in.Dst, d)
	case jit.FNeg, jit.FAbs, jit.FSqrt:
		d := e.dstFloat(in.Dst)
		e.OpF1(floatOps[in.Op], d, e.anyFloat(in.X, ftmp2, in.Kind), in.Kind.Size())
		e.putFloat(in.Dst, d)
	case jit.FMulAdd, jit.FMulSub:
		e.multiplyAdd(in)
	case jit.Convert:
		e.convert(in)
	case jit.Compare:
		c := e.flags(in.Kind, in.Cond, in.X, in.Y)
		d := e.dstInt(in.Dst)
		e.SetCond(c, d)
		e.put(in.Dst, d)
	case jit.Guard:
		e.Jcc(e.flags(in.Kind, in.Cond, in.X, in.Y), e.Fail())
	case jit.Load:
		e.loads(in)
	case jit.Store:
		e.stores(in)
	case jit.Lea:
		e.GuardHomes(in.Dst)
		m := e.address(&in.Memory, 0)
		d := e.dstInt(in.Dst)
		e.addImm(d, m.Base, m.Disp)
		e.put(in.Dst, d)
	case jit.Check:
		e.checks(&in.Memory)
	case jit.Zero:
		in.Memory.Words(func(off int32, size int) { e.store(base, off, asm.ZR, size) })
	default:
		panic(fmt.Sprint("no code for operation ", in.Op))
	}
}
