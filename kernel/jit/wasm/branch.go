package wasm

import (
	"github.com/gosched/gosched/kernel/jit"
	"github.com/gosched/gosched/kernel/jit/code"
	"github.com/gosched/gosched/kernel/jit/wasm/asm"
	"github.com/gosched/gosched/kernel/jit/wasm/flow"
)

var (
	signedConds   = [...]asm.Op{jit.EQ: asm.I64Eq, jit.NE: asm.I64Ne, jit.LT: asm.I64LtS, jit.LE: asm.I64LeS, jit.GT: asm.I64GtS, jit.GE: asm.I64GeS}
	unsignedConds = [...]asm.Op{jit.EQ: asm.I64Eq, jit.NE: asm.I64Ne, jit.LT: asm.I64LtU, jit.LE: asm.I64LeU, jit.GT: asm.I64GtU, jit.GE: asm.I64GeU}
	f64Conds      = [...]asm.Op{jit.EQ: asm.F64Eq, jit.NE: asm.F64Ne, jit.LT: asm.F64Lt, jit.LE: asm.F64Le, jit.GT: asm.F64Gt, jit.GE: asm.F64Ge}
	f32Conds      = [...]asm.Op{jit.EQ: asm.F32Eq, jit.NE: asm.F32Ne, jit.LT: asm.F32Lt, jit.LE: asm.F32Le, jit.GT: asm.F32Gt, jit.GE: asm.F32Ge}
)

// condition puts onto the stack whether X Cond Y.
func (e *emitter) condition(in *jit.Ins) {
	e.push(in.X, in.Kind)
	if in.Cond == jit.EQ && !in.Kind.Float() && in.Y.Var == jit.NoVar && in.Y.Const == 0 {
		e.Op(asm.I64Eqz)
		return
	}
	e.push(in.Y, in.Kind)
	switch {
	case in.Kind == jit.Float64:
		e.Op(f64Conds[in.Cond])
	case in.Kind == jit.Float32:
		e.Op(f32Conds[in.Cond])
	case in.Kind.Signed():
		e.Op(signedConds[in.Cond])
	default:
		e.Op(unsignedConds[in.Cond])
	}
}

// leaveIf leaves by the instruction's exit if what is on the stack is not 0.
func (e *emitter) leaveIf() { e.jumpIf(e.Fail()) }

func (e *emitter) jumpIf(l code.Label) {
	next := &flow.Node{}
	e.Node.Branch(e.labels[l].node, next)
	e.Node = next
}

// Branch implements [jit.Writer].
func (e *emitter) Branch(in *jit.Ins) {
	if in.Then == in.Else {
		e.JumpTo(e.Block(in.Then))
		return
	}
	e.condition(in)
	e.Node.Branch(e.labels[e.Block(in.Then)].node, e.labels[e.Block(in.Else)].node)
}

// JumpTo implements [jit.Writer].
func (e *emitter) JumpTo(l code.Label) { e.Node.Jump(e.labels[l].node) }

func (e *emitter) convert(in *jit.Ins) {
	to, from := in.Kind, in.From
	if from.Float() && !to.Float() {
		e.truncate(in)
		return
	}
	e.assign(in.Dst, func() {
		e.push(in.X, from)
		switch {
		case from.Float():
			switch {
			case from == jit.Float32 && to == jit.Float64:
				e.Op(asm.F64Promote)
			case from == jit.Float64 && to == jit.Float32:
				e.Op(asm.F32Demote)
			}
		case to == jit.Float64 && from == jit.Uint64:
			e.Op(asm.F64ConvertU)
		case to == jit.Float64:
			e.Op(asm.F64ConvertS)
		case to == jit.Float32 && from == jit.Uint64:
			e.Op(asm.F32ConvertU)
		case to == jit.Float32:
			e.Op(asm.F32ConvertS)
		default:
			e.extend(to)
		}
	})
}

// truncate converts a float to an integer. What does not fit, and what might have been
// too large, Go decides.
func (e *emitter) truncate(in *jit.Ins) {
	x := func() { e.push(in.X, in.From) }
	x()
	if in.From == jit.Float32 {
		e.Truncate(asm.OfF32)
	} else {
		e.Truncate(asm.OfF64)
	}
	e.Tee(tmp)
	switch in.Kind {
	case jit.Uint64: // what is below 0 as a signed number, or the largest one
		e.I64(1)
		e.Op(asm.I64Add)
		e.I64(1)
		e.Op(asm.I64LtS)
	case jit.Int64: // neither the last nor the first
		e.I64(63)
		e.Op(asm.I64ShrS)
		e.Get(tmp)
		e.Op(asm.I64Xor)
		e.I64(1<<63 - 1)
		e.Op(asm.I64Eq)
	default:
		e.extend(in.Kind)
		e.Get(tmp)
		e.Op(asm.I64Ne)
	}
	x() // one that is no number has become 0
	x()
	if in.From == jit.Float32 {
		e.Op(asm.F32Ne)
	} else {
		e.Op(asm.F64Ne)
	}
	e.Op(asm.I32Or)
	e.leaveIf()
	e.assign(in.Dst, func() { e.Get(tmp) })
}
