// Package amd64 is the back end of package jit for amd64.
package amd64

import (
	"fmt"

	"github.com/gosched/gosched/kernel/jit"
	"github.com/gosched/gosched/kernel/jit/amd64/asm"
)

// Registers. RAX, RCX, RDX, X0 and X1 are for the code of single instructions. RBX
// holds the frame, R14 the runtime's record of the goroutine, R15 the context. RBP
// is left as it is, for whoever follows frame pointers.
const (
	tmp   = asm.RAX
	tmp2  = asm.RDX
	count = asm.RCX
	base  = asm.RBX
	self  = asm.R14
	ctx   = asm.R15

	xtmp  = asm.XReg(0)
	xtmp2 = asm.XReg(1)
)

var (
	intRegs   = []uint8{uint8(asm.RSI), uint8(asm.RDI), uint8(asm.R8), uint8(asm.R9), uint8(asm.R10), uint8(asm.R11), uint8(asm.R12), uint8(asm.R13)}
	floatRegs = []uint8{2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}
)

// Backend makes code for amd64.
type Backend struct{}

// Registers implements [jit.Backend].
func (Backend) Registers() (ints, floats []uint8) { return intRegs, floatRegs }

// Takes implements [jit.Backend].
func (Backend) Takes(op jit.Op) bool { return op != jit.FMulAdd && op != jit.FMulSub }

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
	return e.Buffer.Code(), nil
}

// Begin implements [jit.Writer].
func (e *emitter) Begin(of *jit.Emitter) { e.Emitter = of }

func (e *emitter) home(v jit.Var) asm.Mem {
	off := e.F.Vars[v].Off
	if off < 0 {
		return asm.At(ctx, e.t.Spill+8*int32(len(intRegs))-8-off)
	}
	return asm.At(base, off)
}

// Prologue implements [jit.Writer].
func (e *emitter) Prologue(stop asm.Label) {
	e.Push(base)
	e.OpImm(asm.SUB, asm.RSP, e.F.Size)
	e.Mov(base, asm.RSP)
	e.OpMem(asm.CMP, asm.RSP, asm.At(ctx, e.t.Limit))
	e.Jcc(asm.CondB, stop)
	if !e.F.Leaf {
		e.Poll(stop)
	}
}

// Arrive implements [jit.Writer].
func (e *emitter) Arrive() {
	e.Push(base)
	e.OpImm(asm.SUB, asm.RSP, e.F.StackSize())
}

// Return implements [jit.Writer].
func (e *emitter) Return() {
	e.OpImm(asm.ADD, asm.RSP, e.F.StackSize())
	e.Pop(base)
	e.MovImm(tmp, 0)
	e.Ret()
}

// Exit implements [jit.Writer].
func (e *emitter) Exit(here asm.Label) {
	e.Bind(here)
	e.Store(asm.At(ctx, e.t.ExitSP), asm.RSP, 8)
	e.LeaHere(tmp, here)
	e.Load(asm.RSP, asm.At(ctx, e.t.Top), 8, false)
	e.OpImm(asm.SUB, asm.RSP, 8)
	e.Ret()
}

// LoadVar implements [jit.Writer].
func (e *emitter) LoadVar(v jit.Var, r uint8) {
	if k := e.Kind(v); k.Float() {
		e.LoadX(asm.XReg(r), e.home(v), k.Size())
	} else {
		e.Load(asm.Reg(r), e.home(v), k.Size(), k.Signed())
	}
}

// StoreVar implements [jit.Writer].
func (e *emitter) StoreVar(v jit.Var, r uint8) {
	if k := e.Kind(v); k.Float() {
		e.StoreX(e.home(v), asm.XReg(r), k.Size())
	} else {
		e.Store(e.home(v), asm.Reg(r), k.Size())
	}
}

// SpillVar implements [jit.Writer].
func (e *emitter) SpillVar(n int, r uint8) {
	e.Store(asm.At(ctx, e.t.Spill+8*int32(n)), asm.Reg(r), 8)
}

// JumpTo implements [jit.Writer].
func (e *emitter) JumpTo(l asm.Label) { e.Jmp(l) }

// Poll implements [jit.Writer].
func (e *emitter) Poll(stop asm.Label) {
	e.CmpMemImm(asm.At(self, e.t.Guard), e.t.Preempt, 8)
	e.Jcc(asm.CondE, stop)
}

// Barrier implements [jit.Writer].
func (e *emitter) Barrier(fail asm.Label) {
	e.MovImm(tmp, e.t.Barrier)
	e.CmpMemImm(asm.At(tmp, 0), 0, 4)
	e.Jcc(asm.CondNE, fail)
}

// Argument implements [jit.Writer].
func (e *emitter) Argument(off int32, a *jit.Arg) {
	m := asm.At(asm.RSP, off)
	if a.Kind.Float() {
		e.StoreX(m, e.anyFloat(a.X, xtmp2, a.Kind), a.Kind.Size())
	} else {
		e.Store(m, e.anyInt(a.X, tmp2), a.Kind.Size())
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
	m := asm.At(asm.RSP, off)
	if r.Kind.Float() {
		d := e.dstFloat(r.Dst)
		e.LoadX(d, m, r.Kind.Size())
		e.putFloat(r.Dst, d)
	} else {
		d := e.dstInt(r.Dst)
		e.Load(d, m, r.Kind.Size(), r.Kind.Signed())
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
		d := e.dstInt(in.Dst)
		e.toInt(d, in.X)
		switch in.Op {
		case jit.Neg:
			e.Neg(d)
			e.extend(in.Kind, d)
		case jit.Com:
			e.Not(d)
			e.extend(in.Kind, d)
		default:
			e.OpImm(asm.XOR, d, 1)
		}
		e.put(in.Dst, d)
	case jit.FAdd, jit.FSub, jit.FMul, jit.FDiv:
		e.floatOp(in)
	case jit.FNeg, jit.FAbs, jit.FSqrt:
		e.floatUnary(in)
	case jit.Convert:
		e.convert(in)
	case jit.Compare:
		e.compare(in)
	case jit.Load:
		e.loads(in)
	case jit.Store:
		e.stores(in)
	case jit.Lea:
		e.GuardHomes(in.Dst)
		m := e.address(&in.Memory)
		d := e.dstInt(in.Dst)
		e.Lea(d, m)
		e.put(in.Dst, d)
	case jit.Check:
		e.checks(&in.Memory)
	case jit.Guard:
		e.Jcc(e.flags(in.Kind, in.Cond, in.X, in.Y), e.Fail())
	case jit.Zero:
		e.MovImm(tmp, 0)
		in.Memory.Words(func(off int32, size int) { e.Store(asm.At(base, off), tmp, size) })
	default:
		panic(fmt.Sprint("no code for operation ", in.Op))
	}
}
