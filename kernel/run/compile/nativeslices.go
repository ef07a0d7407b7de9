package compile

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/jit"
	"github.com/gosched/gosched/kernel/jit/host"
	"github.com/gosched/gosched/kernel/run/link"
)

// A slicing is x[lo:hi:max] while it is lowered.
type slicing struct {
	base, length, capacity jit.Operand
	size                   uintptr // of an element
	lo, hi, max            jit.Operand
}

// slice lowers x[lo:hi:max] of a slice, a string or an array.
func (l *lowering) slice(in *ssa.Slice) bool {
	d := l.parts(in)
	if len(d) < 2 || !host.Backend.Takes(jit.Guard) {
		return false
	}
	var s slicing
	array := false
	switch t := in.X.Type().Underlying().(type) {
	case *types.Slice:
		x := l.parts(in.X)
		if len(x) != 3 {
			return false
		}
		s = slicing{base: l.operand(x[0]), length: l.operand(x[1]), capacity: l.operand(x[2]), size: l.c.memory(t.Elem()).Size}
	case *types.Basic:
		x := l.parts(in.X)
		if len(x) != 2 {
			return false
		}
		s = slicing{base: l.operand(x[0]), length: l.operand(x[1]), capacity: l.operand(x[1]), size: 1}
	case *types.Pointer:
		if a, ok := in.X.(*ssa.Alloc); ok && a.Comment == "makeslice" {
			return false
		}
		arr := l.c.memory(link.ElemOf(in.X.Type()))
		n := jit.Imm(uint64(arr.Type.Len()))
		m, ok := l.address(in.X)
		if !ok || inFrame(m) || m.Index != none || m.Disp != 0 {
			return false
		}
		s = slicing{base: m.Base, length: n, capacity: n, size: arr.Type.Elem().Size()}
		array = m.NilCheck
	default:
		return false
	}
	if s.base == none {
		return false // that would be the frame
	}
	s.lo, s.hi, s.max = none, s.length, s.capacity
	for i, v := range []ssa.Value{in.Low, in.High, in.Max} {
		if v == nil {
			continue
		}
		o, k, ok := l.use(v)
		if !ok || k == jit.Pointer || k.Float() || o.Var == jit.NoVar && int64(o.Const) < 0 || s.size > 1<<20 {
			return false
		}
		if o.Var >= 0 && k.Size() < 8 {
			w := l.fresh(jit.Int64, i)
			l.emit(jit.Ins{Op: jit.Convert, Kind: jit.Int64, From: k, Dst: w, X: o, Y: none})
			o = jit.Use(w)
		}
		*[]*jit.Operand{&s.lo, &s.hi, &s.max}[i] = o
	}
	if array {
		l.guard(jit.Pointer, jit.EQ, s.base, none)
	}
	if in.Max != nil {
		l.guard(jit.Uint64, jit.GT, s.max, s.capacity)
	}
	if in.High != nil {
		l.guard(jit.Uint64, jit.GT, s.hi, s.max)
	}
	if in.Low != nil || in.Max != nil {
		l.guard(jit.Uint64, jit.GT, s.lo, s.hi)
	}
	l.sliced(d, s)
	return true
}

// guard leaves if a comparison holds.
func (l *lowering) guard(k jit.Kind, c jit.Cond, x, y jit.Operand) {
	if x.Var == jit.NoVar && y.Var == jit.NoVar {
		if c == jit.GT && x.Const <= y.Const || c == jit.EQ && x.Const != y.Const {
			return
		}
	}
	l.emit(jit.Ins{Op: jit.Guard, Kind: k, Cond: c, Dst: jit.NoVar, X: x, Y: y, Exit: l.resume()})
}

// sliced sets d to what has been looked at.
func (l *lowering) sliced(d []part, s slicing) {
	op := func(op jit.Op, d jit.Var, x, y jit.Operand) {
		l.emit(jit.Ins{Op: op, Kind: jit.Int64, From: jit.Int64, Dst: d, X: x, Y: y})
	}
	data := l.variable(d[0])
	l.emit(jit.Ins{Op: jit.Barrier, Dst: jit.NoVar, Dsts: []jit.Var{data}, Exit: l.resume()})
	left := l.fresh(jit.Int64, 3) // from the beginning to the end of the memory
	from := jit.Address{Base: s.base, Index: none}
	if s.lo == none {
		op(jit.Move, left, s.max, none)
	} else {
		op(jit.Sub, left, s.max, s.lo)
		// Where nothing is left, it must not point past the end.
		by, all := l.fresh(jit.Int64, 4), l.fresh(jit.Int64, 5)
		op(jit.Neg, all, jit.Use(left), none)
		op(jit.Shr, all, jit.Use(all), jit.Imm(63))
		op(jit.Mul, by, s.lo, jit.Imm(uint64(s.size)))
		op(jit.And, by, jit.Use(by), jit.Use(all))
		from.Index, from.Scale = jit.Use(by), 1
	}
	// The base may be where the result is, and so may the others: each is read before.
	if from.Index == none {
		if s.base != jit.Use(data) {
			l.emit(jit.Ins{Op: jit.Move, Kind: jit.Pointer, Dst: data, X: s.base, Y: none})
		}
	} else {
		l.emit(jit.Ins{Op: jit.Lea, Kind: jit.Pointer, Dst: data, Memory: from, Exit: l.resume()})
	}
	op(jit.Sub, l.variable(d[1]), s.hi, s.lo)
	if len(d) == 3 {
		op(jit.Move, l.variable(d[2]), jit.Use(left), none)
	}
}
