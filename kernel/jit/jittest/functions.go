package jittest

import (
	"fmt"

	"github.com/gosched/gosched/kernel/jit"
)

// binary is Dst = X op Y of a kind.
func binary(op jit.Op, k jit.Kind, y jit.Operand) jit.Ins {
	return jit.Ins{Op: op, Kind: k, From: k, Dst: 2, X: jit.Use(0), Y: y, Exit: 1}
}

func same(k jit.Kind) [3]jit.Kind { return [3]jit.Kind{k, k, k} }

// element is the element at index 1 of what variable 0 points at, which has a bound.
func element(scale int32) jit.Address {
	return jit.Address{Base: jit.Use(0), NilCheck: true, Index: jit.Use(1), Scale: scale, Disp: 16, Bounded: true, Bound: jit.Imm(10)}
}

// Shown are functions whose code is worth reading.
func Shown() []*jit.Func {
	pointers := [3]jit.Kind{jit.Pointer, jit.Int64, jit.Int64}
	callee := single("callee", binary(jit.Add, jit.Int64, jit.Use(1)), same(jit.Int64), 0)
	callee.Callable, callee.Size = true, 64
	caller := single("a call of itself", jit.Ins{
		Op: jit.Call, Dst: jit.NoVar, Exit: 1,
		Args:    []jit.Arg{{Off: 0, Kind: jit.Int64, X: jit.Use(0)}, {Off: 8, Kind: jit.Int64, X: jit.Imm(7)}},
		Results: []jit.Arg{{Off: 16, Kind: jit.Int64, Dst: 2}},
	}, same(jit.Int64), 0)
	caller.Callable = true
	caller.Blocks[0].Ins[0].Callee = caller
	return []*jit.Func{
		single("int64 z = x + y", binary(jit.Add, jit.Int64, jit.Use(1)), same(jit.Int64), 0),
		single("int32 z = x - 5", binary(jit.Sub, jit.Int32, jit.Imm(5)), same(jit.Int32), 0),
		single("uint8 z = x * y", binary(jit.Mul, jit.Uint8, jit.Use(1)), same(jit.Uint8), 0),
		single("int64 z = x / y", binary(jit.Div, jit.Int64, jit.Use(1)), same(jit.Int64), 0),
		single("uint32 z = x % y", binary(jit.Rem, jit.Uint32, jit.Use(1)), same(jit.Uint32), 0),
		single("int64 z = x << y", binary(jit.Shl, jit.Int64, jit.Use(1)), same(jit.Int64), 0),
		single("int16 z = x >> 3", binary(jit.Shr, jit.Int16, jit.Imm(3)), same(jit.Int16), 0),
		single("float64 z = x + y", binary(jit.FAdd, jit.Float64, jit.Use(1)), same(jit.Float64), 0),
		single("float32 z = -x", binary(jit.FNeg, jit.Float32, none), same(jit.Float32), 0),
		single("float64 z = z + x*y", jit.Ins{Op: jit.FMulAdd, Kind: jit.Float64, Dst: 2, X: jit.Use(0), Y: jit.Use(1), Z: jit.Use(2)}, same(jit.Float64), 0),
		single("uint8(int64)", jit.Ins{Op: jit.Convert, Kind: jit.Uint8, From: jit.Int64, Dst: 2, X: jit.Use(0), Y: none}, [3]jit.Kind{jit.Int64, jit.Int64, jit.Uint8}, 0),
		single("int64(float64)", jit.Ins{Op: jit.Convert, Kind: jit.Int64, From: jit.Float64, Dst: 2, X: jit.Use(0), Y: none, Exit: 1}, [3]jit.Kind{jit.Float64, jit.Int64, jit.Int64}, 0),
		single("float64(uint64)", jit.Ins{Op: jit.Convert, Kind: jit.Float64, From: jit.Uint64, Dst: 2, X: jit.Use(0), Y: none, Exit: 1}, [3]jit.Kind{jit.Uint64, jit.Int64, jit.Float64}, 0),
		single("uint16 x < y", jit.Ins{Op: jit.Compare, Kind: jit.Uint16, Cond: jit.LT, Dst: 2, X: jit.Use(0), Y: jit.Use(1)}, [3]jit.Kind{jit.Uint16, jit.Uint16, jit.Uint8}, 0),
		single("float64 x == y", jit.Ins{Op: jit.Compare, Kind: jit.Float64, Cond: jit.EQ, Dst: 2, X: jit.Use(0), Y: jit.Use(1)}, [3]jit.Kind{jit.Float64, jit.Float64, jit.Uint8}, 0),
		single("z = p[i], 10 of 8 bytes", jit.Ins{Op: jit.Load, Dst: jit.NoVar, Dsts: []jit.Var{2}, Memory: element(8), Exit: 1}, pointers, 0),
		single("p[i] = z, 10 of 4 bytes", jit.Ins{Op: jit.Store, Dst: jit.NoVar, Srcs: []jit.Operand{jit.Use(2)}, Kinds: []jit.Kind{jit.Int32}, Memory: element(4), Exit: 1}, pointers, 0),
		single("a barrier", jit.Ins{Op: jit.Barrier, Kind: jit.Pointer, Dst: jit.NoVar, Exit: 1}, pointers, 0),
		single("zeros", jit.Ins{Op: jit.Zero, Dst: jit.NoVar, Memory: jit.Address{Base: none, Index: none, Scale: 15, Disp: 64}}, pointers, 0),
		loop(jit.Int64, jit.LT),
		callee, caller,
	}
}

// loop is for X Cond Y { X++ }.
func loop(k jit.Kind, c jit.Cond) *jit.Func {
	f := single(fmt.Sprint("a loop ", k, " ", c), jit.Ins{Op: jit.Move, Kind: k, Dst: 2, X: jit.Use(0), Y: none}, same(k), 0)
	entry := f.Blocks[0]
	end := &jit.Block{Ins: entry.Ins[1:]}
	entry.Ins = []jit.Ins{entry.Ins[0], {Op: jit.Jump, Dst: jit.NoVar, Then: 1}}
	head := &jit.Block{Depth: 1, Entry: true, Ins: []jit.Ins{{Op: jit.Branch, Kind: k, Cond: c, Dst: jit.NoVar, X: jit.Use(2), Y: jit.Use(1), Then: 2, Else: 3}}}
	one := jit.Ins{Op: jit.Add, Kind: k, Dst: 2, X: jit.Use(2), Y: jit.Imm(1)}
	if k.Float() {
		one.Op, one.Y = jit.FAdd, jit.Use(0)
	}
	body := &jit.Block{Depth: 1, Ins: []jit.Ins{one, {Op: jit.Jump, Dst: jit.NoVar, Then: 1, Poll: true, Exit: 1}}}
	f.Blocks = []*jit.Block{entry, head, body, end}
	return f
}

// all are functions of every instruction on every kind.
func all() (fs []*jit.Func) {
	ints := []jit.Kind{jit.Int8, jit.Int16, jit.Int32, jit.Int64, jit.Uint8, jit.Uint16, jit.Uint32, jit.Uint64}
	floats := []jit.Kind{jit.Float32, jit.Float64}
	add := func(what string, in jit.Ins, kinds [3]jit.Kind) {
		for _, crowd := range []int{0, 40} { // so many that there is no register left
			fs = append(fs, single(fmt.Sprintf("%s, op %d, of kind %d from %d, condition %d, beside %d", what, in.Op, in.Kind, in.From, in.Cond, crowd), in, kinds, crowd))
		}
	}
	constants := func(k jit.Kind) []jit.Operand {
		all := []jit.Operand{jit.Use(1), jit.Use(0)}
		for _, n := range []uint64{0, 1, 8, 200, 1 << 40, 1<<64 - 1} {
			all = append(all, jit.Imm(n))
		}
		return all
	}
	for _, k := range ints {
		for op := jit.Add; op <= jit.AndNot; op++ {
			for _, y := range constants(k) {
				if y.Var == jit.NoVar && y.Const == 0 && (op == jit.Div || op == jit.Rem) {
					continue // of which no code is made
				}
				add("binary", binary(op, k, y), same(k))
			}
		}
		for _, op := range []jit.Op{jit.Shl, jit.Shr} {
			for _, from := range ints {
				in := binary(op, k, jit.Use(1))
				in.From = from
				add("shift", in, [3]jit.Kind{k, from, k})
			}
			for _, n := range []uint64{0, 1, 31, 63, 64, 100} {
				add("shift by a constant", binary(op, k, jit.Imm(n)), same(k))
			}
		}
		for _, op := range []jit.Op{jit.Neg, jit.Com, jit.Move} {
			add("unary", binary(op, k, none), same(k))
		}
		for c := jit.EQ; c <= jit.GE; c++ {
			for _, y := range constants(k) {
				add("comparison", jit.Ins{Op: jit.Compare, Kind: k, Cond: c, Dst: 2, X: jit.Use(0), Y: y}, [3]jit.Kind{k, k, jit.Uint8})
			}
			add("guard", jit.Ins{Op: jit.Guard, Kind: k, Cond: c, Dst: jit.NoVar, X: jit.Use(0), Y: jit.Use(1), Exit: 1}, same(k))
		}
	}
	add("not", binary(jit.Not, jit.Uint8, none), same(jit.Uint8))
	for _, k := range floats {
		for op := jit.FAdd; op <= jit.FAbs; op++ {
			for _, y := range []jit.Operand{jit.Use(1), jit.Imm(0x3ff0000000000000), none} {
				add("float", binary(op, k, y), same(k))
			}
		}
		for _, op := range []jit.Op{jit.FMulAdd, jit.FMulSub} {
			for _, z := range []jit.Operand{jit.Use(0), jit.Use(2)} {
				add("fused", jit.Ins{Op: op, Kind: k, Dst: 2, X: jit.Use(0), Y: jit.Use(1), Z: z}, same(k))
			}
		}
		for c := jit.EQ; c <= jit.GE; c++ {
			for _, y := range []jit.Operand{jit.Use(1), jit.Use(0), none} {
				add("comparison", jit.Ins{Op: jit.Compare, Kind: k, Cond: c, Dst: 2, X: jit.Use(0), Y: y}, [3]jit.Kind{k, k, jit.Uint8})
			}
		}
		add("move", binary(jit.Move, k, none), same(k))
	}
	kinds := append(ints, floats...)
	for _, k := range kinds {
		for c := jit.EQ; c <= jit.GE; c++ {
			fs = append(fs, loop(k, c))
		}
		for _, from := range kinds {
			add("conversion", jit.Ins{Op: jit.Convert, Kind: k, From: from, Dst: 2, X: jit.Use(0), Y: none, Exit: 1}, [3]jit.Kind{from, from, k})
		}
		for _, m := range []jit.Address{
			element(int32(k.Size())), element(24), {Base: jit.Use(0), Index: none, Disp: 8}, {Base: none, Index: none, Disp: 40},
			{Base: jit.Use(0), NilCheck: true, Index: jit.Imm(3), Scale: 8, Bounded: true, Bound: jit.Use(1)},
			{Base: none, Index: jit.Use(1), Scale: 8, Disp: 64, Bounded: true, Bound: jit.Imm(4)}, {Base: jit.Use(0), Index: jit.Use(1), Scale: 1, Disp: 1 << 20},
		} {
			of := [3]jit.Kind{jit.Pointer, jit.Int64, k}
			add("load", jit.Ins{Op: jit.Load, Dst: jit.NoVar, Dsts: []jit.Var{2}, Memory: m, Exit: 1}, of)
			add("store", jit.Ins{Op: jit.Store, Dst: jit.NoVar, Srcs: []jit.Operand{jit.Use(2)}, Kinds: []jit.Kind{k}, Memory: m, Exit: 1}, of)
			add("store of a constant", jit.Ins{Op: jit.Store, Dst: jit.NoVar, Srcs: []jit.Operand{jit.Imm(1)}, Kinds: []jit.Kind{k}, Memory: m, Exit: 1}, of)
			add("check", jit.Ins{Op: jit.Check, Dst: jit.NoVar, Memory: m, Exit: 1}, of)
			add("address", jit.Ins{Op: jit.Lea, Kind: jit.Int64, Dst: 1, Memory: m, Exit: 1}, of)
		}
		self := single(fmt.Sprint("call with kind ", k), jit.Ins{
			Op: jit.Call, Dst: jit.NoVar, Exit: 1,
			Args:    []jit.Arg{{Off: 0, Kind: k, X: jit.Use(0)}, {Off: 8, Kind: k, X: jit.Imm(7)}},
			Results: []jit.Arg{{Off: 16, Kind: k, Dst: 2}, {Off: 24, Kind: k, Dst: jit.NoVar}},
		}, same(k), 0)
		self.Callable, self.Blocks[0].Ins[0].Callee = true, self
		fs = append(fs, self)
	}
	return fs
}
