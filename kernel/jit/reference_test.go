package jit_test

import (
	"fmt"
	"math"
	"runtime"
	"unsafe"

	"github.com/gosched/gosched/kernel/jit"
)

// An interpreter does what functions say, in Go. Of pointers it knows those into
// data.
type interpreter struct {
	f    *jit.Func
	vars []uint64
	fr   *frame
	data *[24]uint64
}

type integer interface {
	int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64
}

// binary is x op y as Go has it, and whether code may leave in its place.
func binary[T integer](op jit.Op, x, y T) (T, bool) {
	switch op {
	case jit.Add:
		return x + y, false
	case jit.Sub:
		return x - y, false
	case jit.Mul:
		return x * y, false
	case jit.And:
		return x & y, false
	case jit.Or:
		return x | y, false
	case jit.Xor:
		return x ^ y, false
	case jit.AndNot:
		return x &^ y, false
	case jit.Div:
		if y == 0 {
			return 0, true
		}
		return x / y, false
	case jit.Rem:
		if y == 0 {
			return 0, true
		}
		return x % y, false
	case jit.Neg:
		return -x, false
	case jit.Com:
		return ^x, false
	}
	panic(fmt.Sprint("no integer operation ", op))
}

func shifted[T integer](op jit.Op, x T, count uint64, signed bool) (T, bool) {
	if signed && int64(count) < 0 {
		return 0, true
	}
	if op == jit.Shl {
		return x << count, false
	}
	return x >> count, false
}

// integers does an operation of integers of a kind.
func integers(k jit.Kind, op jit.Op, x, y uint64, from jit.Kind) (uint64, bool) {
	do := func(op8 func() (uint64, bool)) (uint64, bool) { return op8() }
	shift := op == jit.Shl || op == jit.Shr
	switch k {
	case jit.Int8:
		return do(func() (uint64, bool) { return signedOp(op, int8(x), int8(y), y, shift, from) })
	case jit.Int16:
		return signedOp(op, int16(x), int16(y), y, shift, from)
	case jit.Int32:
		return signedOp(op, int32(x), int32(y), y, shift, from)
	case jit.Int64:
		return signedOp(op, int64(x), int64(y), y, shift, from)
	case jit.Uint8:
		return signedOp(op, uint8(x), uint8(y), y, shift, from)
	case jit.Uint16:
		return signedOp(op, uint16(x), uint16(y), y, shift, from)
	case jit.Uint32:
		return signedOp(op, uint32(x), uint32(y), y, shift, from)
	}
	return signedOp(op, x, y, y, shift, from)
}

func signedOp[T integer](op jit.Op, x, y T, count uint64, shift bool, from jit.Kind) (uint64, bool) {
	if shift {
		r, left := shifted(op, x, count, from.Signed())
		return uint64(r), left
	}
	r, left := binary(op, x, y)
	return uint64(r), left
}

func floats[T float32 | float64](op jit.Op, x, y T) T {
	switch op {
	case jit.FAdd:
		return x + y
	case jit.FSub:
		return x - y
	case jit.FMul:
		return x * y
	case jit.FDiv:
		return x / y
	case jit.FNeg:
		return -x
	case jit.FSqrt:
		return T(math.Sqrt(float64(x)))
	case jit.FAbs:
		return T(math.Abs(float64(x)))
	}
	panic(fmt.Sprint("no operation of floats ", op))
}

func float(k jit.Kind, bits uint64) float64 {
	if k == jit.Float32 {
		return float64(math.Float32frombits(uint32(bits)))
	}
	return math.Float64frombits(bits)
}

func floatBits(k jit.Kind, f float64) uint64 {
	if k == jit.Float32 {
		return uint64(math.Float32bits(float32(f)))
	}
	return math.Float64bits(f)
}

// cut is a number brought to a kind.
func cut(k jit.Kind, v uint64) uint64 {
	var f frame
	f.store(0, k, v)
	return f.load(0, k)
}

// converted is what a conversion gives, and whether code may leave in its place.
func converted(to, from jit.Kind, x uint64) (uint64, bool) {
	switch {
	case from.Float() && to.Float():
		if from == to {
			return x, false
		}
		if from == jit.Float32 {
			return math.Float64bits(float64(math.Float32frombits(uint32(x)))), false
		}
		return uint64(math.Float32bits(float32(math.Float64frombits(x)))), false
	case from.Float():
		f := math.Trunc(float(from, x))
		low, high := -math.Exp2(63), math.Exp2(63)
		if n := 8 * float64(to.Size()); n < 64 || !to.Signed() {
			low, high = 0, math.Exp2(n)
			if to.Signed() {
				low, high = -math.Exp2(n-1), math.Exp2(n-1)
			}
		}
		if !(f >= low && f < high) { // the language leaves it open, and the code leaves it alone
			return 0, true
		}
		if f >= math.Exp2(63) {
			return uint64(f), true
		}
		// The least number is also what stands for no number.
		return uint64(int64(f)), f == -math.Exp2(63)
	case to.Float():
		f := float64(int64(x))
		leaves := int64(x) < 0 && runtime.GOARCH == "amd64" // which has no instruction for it
		switch {
		case from == jit.Uint64 && to == jit.Float32:
			return uint64(math.Float32bits(float32(x))), leaves
		case from == jit.Uint64:
			return math.Float64bits(float64(x)), leaves
		case to == jit.Float32:
			return uint64(math.Float32bits(float32(int64(x)))), false
		}
		return math.Float64bits(f), false
	}
	return cut(to, x), false
}

func compares[T integer | float32 | float64](c jit.Cond, x, y T) bool {
	switch c {
	case jit.EQ:
		return x == y
	case jit.NE:
		return x != y
	case jit.LT:
		return x < y
	case jit.LE:
		return x <= y
	case jit.GT:
		return x > y
	}
	return x >= y
}

func holds(k jit.Kind, c jit.Cond, x, y uint64) bool {
	switch {
	case k.Float():
		return compares(c, float(k, x), float(k, y))
	case k.Signed():
		return compares(c, int64(x), int64(y))
	}
	return compares(c, x, y)
}

func (in *interpreter) value(o jit.Operand) uint64 {
	if o.Var >= 0 {
		return in.vars[o.Var]
	}
	return o.Const
}

// place is the memory that an address means, or ok is false where code has to leave.
func (in *interpreter) place(a *jit.Address) (p unsafe.Pointer, ok bool) {
	i := in.value(a.Index)
	if a.Bounded && i >= in.value(a.Bound) {
		return nil, false
	}
	if a.Base.Var == jit.NoVar && a.Base.Const == 0 {
		return unsafe.Add(unsafe.Pointer(in.fr), int(a.Disp)+int(i)*int(a.Scale)), true
	}
	if in.value(a.Base) == 0 {
		return nil, false
	}
	return unsafe.Add(unsafe.Pointer(in.data), int(a.Disp)+int(i)*int(a.Scale)), true
}

// step carries out an instruction that is no end of a block, and reports whether code
// may leave in its place.
func (in *interpreter) step(ins *jit.Ins) (left bool) {
	var r uint64
	x, y := in.value(ins.X), in.value(ins.Y)
	switch ins.Op {
	case jit.Move:
		r = x
	case jit.Shl, jit.Shr, jit.Add, jit.Sub, jit.Mul, jit.And, jit.Or, jit.Xor, jit.AndNot, jit.Div, jit.Rem, jit.Neg, jit.Com:
		r, left = integers(ins.Kind, ins.Op, x, y, ins.From)
	case jit.Not:
		r = 1 - x
	case jit.FAdd, jit.FSub, jit.FMul, jit.FDiv, jit.FNeg, jit.FSqrt, jit.FAbs:
		if ins.Kind == jit.Float32 {
			r = uint64(math.Float32bits(floats(ins.Op, math.Float32frombits(uint32(x)), math.Float32frombits(uint32(y)))))
		} else {
			r = math.Float64bits(floats(ins.Op, math.Float64frombits(x), math.Float64frombits(y)))
		}
	case jit.Convert:
		r, left = converted(ins.Kind, ins.From, x)
	case jit.Compare:
		if holds(ins.Kind, ins.Cond, x, y) {
			r = 1
		}
	case jit.Load:
		p, ok := in.place(&ins.Memory)
		for _, d := range ins.Dsts {
			if !ok {
				in.vars[d] = 0
				continue
			}
			k := in.f.Vars[d].Kind
			in.vars[d] = (*frame)(p).load(0, k)
			p = unsafe.Add(p, k.Size())
		}
		return !ok
	case jit.Store:
		p, ok := in.place(&ins.Memory)
		for i, s := range ins.Srcs {
			if ok {
				(*frame)(p).store(0, ins.Kinds[i], in.value(s))
				p = unsafe.Add(p, ins.Kinds[i].Size())
			}
		}
		return !ok
	case jit.Zero:
		clear(unsafe.Slice((*byte)(in.fr.at(ins.Memory.Disp)), ins.Memory.Scale))
		return false
	case jit.Check:
		_, ok := in.place(&ins.Memory)
		return !ok
	case jit.Guard:
		return holds(ins.Kind, ins.Cond, x, y)
	case jit.Barrier:
		return false
	case jit.Closure:
		for _, v := range ins.Defs {
			in.vars[v] = closed(in.f.Vars[v].Kind, in.vars[v])
		}
		return false
	default:
		panic(fmt.Sprint("no operation ", ins.Op))
	}
	if ins.Dst >= 0 {
		in.vars[ins.Dst] = r
	}
	return left
}

// closed is what closures make of a variable.
func closed(k jit.Kind, v uint64) uint64 {
	if k == jit.Pointer {
		return 0
	}
	if k.Float() {
		return floatBits(k, float(k, v)/2+1)
	}
	return cut(k, v*3+1)
}

// run goes on with a function from an instruction of a block, for some blocks at most.
func (in *interpreter) run(block, from, most int) {
	for ; most > 0; most-- {
		b := in.f.Blocks[block]
		end := len(b.Ins) - 1
		for i := from; i < end; i++ {
			in.step(&b.Ins[i])
		}
		from = 0
		switch e := &b.Ins[end]; e.Op {
		case jit.Jump:
			block = e.Then
		case jit.Branch:
			block = e.Else
			if holds(e.Kind, e.Cond, in.value(e.X), in.value(e.Y)) {
				block = e.Then
			}
		default:
			return
		}
	}
	panic("it does not end")
}
