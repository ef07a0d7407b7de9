package wasm

import (
	"github.com/gosched/gosched/kernel/jit"
	"github.com/gosched/gosched/kernel/jit/wasm/asm"
)

var intOps = [...]asm.Op{
	jit.Add: asm.I64Add, jit.Sub: asm.I64Sub, jit.Mul: asm.I64Mul,
	jit.And: asm.I64And, jit.AndNot: asm.I64And, jit.Or: asm.I64Or, jit.Xor: asm.I64Xor,
}

func (e *emitter) arith(in *jit.Ins) {
	e.assign(in.Dst, func() {
		e.push(in.X, in.Kind)
		e.push(in.Y, in.Kind)
		if in.Op == jit.AndNot {
			e.I64(-1)
			e.Op(asm.I64Xor)
		}
		e.Op(intOps[in.Op])
		e.extend(in.Kind)
	})
}

// extend brings what is on the stack to the canonical form of its kind.
func (e *emitter) extend(k jit.Kind) {
	switch k {
	case jit.Int8:
		e.Op(asm.I64Extend8S)
	case jit.Int16:
		e.Op(asm.I64Extend16S)
	case jit.Int32:
		e.Op(asm.I64Extend32S)
	case jit.Uint8, jit.Uint16, jit.Uint32:
		e.I64(1<<(8*k.Size()) - 1)
		e.Op(asm.I64And)
	}
}

func (e *emitter) unary(in *jit.Ins) {
	e.assign(in.Dst, func() {
		switch in.Op {
		case jit.Neg:
			e.I64(0)
			e.push(in.X, in.Kind)
			e.Op(asm.I64Sub)
		case jit.Com:
			e.push(in.X, in.Kind)
			e.I64(-1)
			e.Op(asm.I64Xor)
		default:
			e.push(in.X, in.Kind)
			e.I64(1)
			e.Op(asm.I64Xor)
		}
		e.extend(in.Kind)
	})
}

// divide leaves where the divisor is 0. The least number divided by -1 traps, so that
// -1 is looked at, too.
func (e *emitter) divide(in *jit.Ins) {
	variable := in.Y.Var != jit.NoVar
	if variable || in.Y.Const == 0 {
		e.push(in.Y, in.Kind)
		e.Op(asm.I64Eqz)
		e.leaveIf()
	}
	divide := func() {
		e.push(in.X, in.Kind)
		e.push(in.Y, in.Kind)
		switch {
		case in.Op == jit.Rem && in.Kind.Signed():
			e.Op(asm.I64RemS)
		case in.Op == jit.Rem:
			e.Op(asm.I64RemU)
		case in.Kind.Signed():
			e.Op(asm.I64DivS)
		default:
			e.Op(asm.I64DivU)
		}
	}
	e.assign(in.Dst, func() {
		if in.Op == jit.Rem || in.Kind != jit.Int64 || !variable && int64(in.Y.Const) != -1 {
			divide()
			e.extend(in.Kind)
			return
		}
		e.push(in.Y, in.Kind)
		e.I64(-1)
		e.Op(asm.I64Eq)
		e.Open(asm.If, asm.I64)
		e.I64(0)
		e.push(in.X, in.Kind)
		e.Op(asm.I64Sub, asm.Else)
		divide()
		e.Op(asm.End)
	})
}

// shift leaves where the count is below 0. One of 64 or more counts as 64, where the
// processor's own would be taken modulo 64.
func (e *emitter) shift(in *jit.Ins) {
	op, arithmetic := asm.I64Shl, in.Op == jit.Shr && in.Kind.Signed()
	switch {
	case arithmetic:
		op = asm.I64ShrS
	case in.Op == jit.Shr:
		op = asm.I64ShrU
	}
	if in.Y.Var != jit.NoVar && in.From.Signed() {
		e.push(in.Y, in.From)
		e.I64(0)
		e.Op(asm.I64LtS)
		e.leaveIf()
	}
	e.assign(in.Dst, func() {
		switch n := in.Y; {
		case n.Var == jit.NoVar && n.Const < 64:
			e.push(in.X, in.Kind)
			e.I64(int64(n.Const))
			e.Op(op)
		case n.Var == jit.NoVar && arithmetic:
			e.push(in.X, in.Kind)
			e.I64(63)
			e.Op(op)
		case n.Var == jit.NoVar:
			e.I64(0)
		case arithmetic:
			e.push(in.X, in.Kind)
			e.push(n, in.From)
			e.I64(63)
			e.small(n, in.From)
			e.Op(asm.Select, op)
		default:
			e.push(in.X, in.Kind)
			e.push(n, in.From)
			e.Op(op)
			e.I64(0)
			e.small(n, in.From)
			e.Op(asm.Select)
		}
		if in.Op == jit.Shl {
			e.extend(in.Kind)
		}
	})
}

// small says whether a count is below 64.
func (e *emitter) small(n jit.Operand, k jit.Kind) {
	e.push(n, k)
	e.I64(64)
	e.Op(asm.I64LtU)
}

var (
	f64Ops = [...]asm.Op{
		jit.FAdd: asm.F64Add, jit.FSub: asm.F64Sub, jit.FMul: asm.F64Mul, jit.FDiv: asm.F64Div,
		jit.FNeg: asm.F64Neg, jit.FAbs: asm.F64Abs, jit.FSqrt: asm.F64Sqrt,
	}
	f32Ops = [...]asm.Op{
		jit.FAdd: asm.F32Add, jit.FSub: asm.F32Sub, jit.FMul: asm.F32Mul, jit.FDiv: asm.F32Div,
		jit.FNeg: asm.F32Neg, jit.FAbs: asm.F32Abs, jit.FSqrt: asm.F32Sqrt,
	}
)

func (e *emitter) float(in *jit.Ins) {
	e.assign(in.Dst, func() {
		e.push(in.X, in.Kind)
		switch in.Op {
		case jit.FAdd, jit.FSub, jit.FMul, jit.FDiv:
			e.push(in.Y, in.Kind)
		}
		if in.Kind == jit.Float32 {
			e.Op(f32Ops[in.Op])
		} else {
			e.Op(f64Ops[in.Op])
		}
	})
}
