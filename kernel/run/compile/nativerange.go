package compile

import (
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/jit"
	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/run/memory"
)

// next lowers a step of a range over a string: characters of up to three bytes, the
// others and what is no UTF-8 are left to closures. The iterator is theirs.
func (l *lowering) next(in *ssa.Next) bool {
	it, ok := l.one(in.Iter)
	if !ok || !in.IsString {
		return false
	}
	parts := l.c.tuples[in]
	slow, rest := l.aside(false), l.aside(false)
	string := l.loadFresh([]part{{0, jit.Pointer}, {8, jit.Int64}}, l.iteratorAt(it, unsafe.Offsetof(iterator{}.s)), 0)
	at := l.loadFresh([]part{{0, jit.Int64}}, l.iteratorAt(it, unsafe.Offsetof(iterator{}.i)), 2)[0]
	set := func(s *frame.Slot, x jit.Operand) {
		if s.Layout.Class != memory.ClassZero {
			p := partsOf(s.Layout.Type, s.Off)[0]
			l.emit(jit.Ins{Op: jit.Move, Kind: p.kind, Dst: l.variable(p), X: x, Y: none})
		}
	}
	op := func(op jit.Op, k jit.Kind, nth int, x, y jit.Operand) jit.Operand {
		v := l.fresh(k, nth)
		l.emit(jit.Ins{Op: op, Kind: k, From: jit.Uint8, Dst: v, X: x, Y: y})
		return jit.Use(v)
	}
	// unless goes on where a comparison does not hold.
	unless := func(k jit.Kind, c jit.Cond, x, y jit.Operand, to int) {
		next := l.aside(true)
		l.branch(k, c, x, y, to, next)
		l.goInto(next)
	}
	// character ends a step with one of some bytes.
	character := func(r jit.Operand, size uint64) {
		after := op(jit.Add, jit.Int64, 15, at, jit.Imm(size))
		l.emit(jit.Ins{
			Op: jit.Store, Dst: jit.NoVar, Memory: l.iteratorAt(it, unsafe.Offsetof(iterator{}.i)),
			Srcs: []jit.Operand{after}, Kinds: []jit.Kind{jit.Int64},
		})
		set(parts[0], jit.Imm(1))
		set(parts[1], at)
		set(parts[2], r)
		l.jumpTo(rest)
	}
	// follows reads the byte that is so many behind, of which six bits count.
	follows := func(n int, nth int) jit.Operand {
		b := l.loadFresh([]part{{0, jit.Uint8}}, jit.Address{Base: string[0], Index: at, Scale: 1, Disp: int32(n)}, nth)[0]
		bits := op(jit.Xor, jit.Uint8, nth, b, jit.Imm(0x80))
		unless(jit.Uint8, jit.GT, bits, jit.Imm(0x3f), slow)
		return op(jit.Convert, jit.Int32, nth, bits, none)
	}

	over, two, three := l.aside(false), l.aside(false), l.aside(false)
	unless(jit.Int64, jit.GE, at, string[1], over)
	b := l.loadFresh([]part{{0, jit.Uint8}}, jit.Address{Base: string[0], Index: at, Scale: 1}, 3)[0]
	unless(jit.Uint8, jit.GE, b, jit.Imm(0x80), two)
	character(op(jit.Convert, jit.Int32, 4, b, none), 1)

	l.goInto(two)
	unless(jit.Uint8, jit.LT, b, jit.Imm(0xc2), slow)
	unless(jit.Uint8, jit.GE, b, jit.Imm(0xe0), three)
	unless(jit.Int64, jit.GE, op(jit.Add, jit.Int64, 5, at, jit.Imm(1)), string[1], slow)
	low := follows(1, 6)
	high := op(jit.And, jit.Int32, 4, op(jit.Convert, jit.Int32, 4, b, none), jit.Imm(0x1f))
	character(op(jit.Or, jit.Int32, 4, op(jit.Shl, jit.Int32, 4, high, jit.Imm(6)), low), 2)

	l.goInto(three)
	for _, c := range []struct {
		cond jit.Cond
		b    uint64
	}{{jit.EQ, 0xe0}, {jit.EQ, 0xed}, {jit.GE, 0xf0}} { // they have bounds of their own
		unless(jit.Uint8, c.cond, b, jit.Imm(c.b), slow)
	}
	unless(jit.Int64, jit.GE, op(jit.Add, jit.Int64, 5, at, jit.Imm(2)), string[1], slow)
	mid := op(jit.Shl, jit.Int32, 6, follows(1, 6), jit.Imm(6))
	low = follows(2, 7)
	high = op(jit.And, jit.Int32, 4, op(jit.Convert, jit.Int32, 4, b, none), jit.Imm(0xf))
	high = op(jit.Or, jit.Int32, 4, op(jit.Shl, jit.Int32, 4, high, jit.Imm(12)), mid)
	character(op(jit.Or, jit.Int32, 4, high, low), 3)

	l.goInto(over)
	set(parts[0], jit.Imm(0))
	l.jumpTo(rest)
	l.goInto(slow)
	l.closure(in)
	l.jumpTo(rest)
	l.ahead(rest)
	l.goInto(rest)
	return true
}

// iteratorAt is where an iterator has something.
func (l *lowering) iteratorAt(it part, off uintptr) jit.Address {
	return jit.Address{Base: l.operand(it), Index: none, Disp: int32(off)}
}
