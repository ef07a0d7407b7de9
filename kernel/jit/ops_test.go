package jit_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/gosched/gosched/kernel/jit"
	"github.com/gosched/gosched/kernel/jit/host"
)

var (
	intKinds   = []jit.Kind{jit.Int8, jit.Int16, jit.Int32, jit.Int64, jit.Uint8, jit.Uint16, jit.Uint32, jit.Uint64}
	floatKinds = []jit.Kind{jit.Float32, jit.Float64}
	allKinds   = append(slices.Clone(intKinds), floatKinds...)
	conditions = []jit.Cond{jit.EQ, jit.NE, jit.LT, jit.LE, jit.GT, jit.GE}
	none       = jit.Imm(0)
)

// edges are the numbers of a kind at which something changes.
func edges(k jit.Kind) []uint64 {
	var all []uint64
	if k.Float() {
		for _, f := range []float64{
			0, math.Copysign(0, -1), 1, -1, 0.5, -0.5, 1.5, 3, 127, 128, -128, -129, 255, 256, 32767.9, -32769, 65536, 1<<31 - 1, 1 << 31, -1 << 31,
			-1<<31 - 1, 1 << 32, 1<<53 + 1, 1 << 63, -1 << 63, 1<<63 - 1024, -1<<63 - 2048, 1 << 64, 1.9e19, 1e30, -1e30, 1e300, 1e-40, 5e-324,
			math.MaxFloat32, math.MaxFloat64, math.Inf(1), math.Inf(-1), math.NaN(),
		} {
			all = append(all, floatBits(k, f))
		}
	} else {
		for _, n := range []int64{
			0, 1, 2, 3, 7, 8, 10, 31, 32, 63, 64, 65, 127, 128, 255, 256, 32767, 32768, 65535, 1<<31 - 1, 1 << 31, 1<<32 - 1, 1 << 32,
			1<<53 + 1, math.MaxInt64, math.MinInt64, -1, -2, -8, -10, -64, -128, -129, -32769, math.MinInt32, math.MinInt32 - 1,
		} {
			all = append(all, cut(k, uint64(n)))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Where the functions of these tests put what they compute, and where padding ends up.
const (
	padAt   = 512
	boundAt = 1000
	outAt   = 1008
)

// padding is how many variables there are besides, to take all registers.
var (
	intRegs, floatRegs = registers()
	padding            = len(intRegs) + len(floatRegs)
)

func registers() (ints, floats []uint8) {
	if host.Backend == nil {
		return nil, nil
	}
	return host.Backend.Registers()
}

// single is a function of one instruction, with variables 0, 1 and 2 of which the
// last is stored. Under pressure none of them has a register.
func single(ins jit.Ins, kinds [3]jit.Kind, out jit.Operand, outKind jit.Kind, pressure bool) *jit.Func {
	f := &jit.Func{Size: frameSize}
	for i, k := range kinds {
		f.Vars = append(f.Vars, jit.VarInfo{Off: int32(8 * i), Kind: k})
	}
	b := &jit.Block{Entry: true}
	var pads []jit.Var
	if pressure {
		for i := range padding {
			k := jit.Int64
			if i >= len(intRegs) {
				k = jit.Float64
			}
			v := jit.Var(len(f.Vars))
			pads = append(pads, v)
			f.Vars = append(f.Vars, jit.VarInfo{Off: int32(24 + 8*i), Kind: k})
			for range 10 {
				b.Ins = append(b.Ins, jit.Ins{Op: jit.Move, Kind: k, Dst: v, X: jit.Use(v), Y: none})
			}
		}
	}
	b.Ins = append(b.Ins, ins)
	store := func(off int32, o jit.Operand, k jit.Kind) {
		b.Ins = append(b.Ins, jit.Ins{
			Op: jit.Store, Dst: jit.NoVar, Memory: jit.Address{Base: none, Index: none, Disp: off},
			Srcs: []jit.Operand{o}, Kinds: []jit.Kind{k},
		})
	}
	if !outKind.Float() {
		outKind = jit.Int64 // as it is in a register, extended
	}
	store(outAt, out, outKind)
	for i, v := range pads {
		store(int32(padAt+8*i), jit.Use(v), f.Vars[v].Kind)
	}
	b.Ins = append(b.Ins, jit.Ins{Op: jit.Return, Dst: jit.NoVar})
	f.Blocks = []*jit.Block{b}
	return f
}

// A single instruction to be tried with numbers.
type try struct {
	f      *jit.Func
	what   string
	out    jit.Kind
	inputs [][2]uint64
	want   func(x, y uint64) (r uint64, left bool)
}

// check compiles all functions and tries them.
func check(t *testing.T, tries []try) {
	t.Helper()
	var funcs []*jit.Func
	for _, c := range tries {
		funcs = append(funcs, c.f)
	}
	p := compiled(t, funcs...)
	done, wrong := 0, 0
	for _, c := range tries {
		entry := p.unit.Entry(c.f, 0)
		for _, xy := range c.inputs {
			var fr frame
			fr.store(0, c.f.Vars[0].Kind, xy[0])
			fr.store(8, c.f.Vars[1].Kind, xy[1])
			for i := 3; i < len(c.f.Vars); i++ {
				fr[i] = uint64(i) * 0x0101010101010101
			}
			want, leaves := c.want(xy[0], xy[1])
			x := p.enter(entry, &fr)
			done++
			bad := ""
			switch {
			case (x != nil) != leaves:
				bad = fmt.Sprintf("leaves: %v, want %v", x != nil, leaves)
			case leaves:
				if x.Exit != 1 || x.Func != c.f {
					bad = fmt.Sprint("leaves by ", x.Exit)
				}
				if fr[outAt/8] != 0 {
					bad = "something was done before it left"
				}
			default:
				if got := fr.load(outAt, whole(c.out)); !same(c.out, got, want) {
					bad = fmt.Sprintf("is %#x, want %#x", got, want)
				}
				for i := 3; i < len(c.f.Vars); i++ {
					if fr[padAt/8+i-3] != fr[i] || fr[i] != uint64(i)*0x0101010101010101 {
						bad += fmt.Sprintf(" variable %d has changed", i)
					}
				}
			}
			if bad != "" {
				if wrong++; wrong < 10 {
					t.Errorf("%s of %#x and %#x: %s", c.what, xy[0], xy[1], bad)
				}
			}
		}
	}
	if wrong >= 10 {
		t.Errorf("%d of %d are wrong", wrong, done)
	}
	if done == 0 {
		t.Error("nothing was tried")
	}
}

// whole is the kind in which a result is stored.
func whole(k jit.Kind) jit.Kind {
	if k.Float() {
		return k
	}
	return jit.Int64
}

// same compares numbers; one that is no number is like any other.
func same(k jit.Kind, x, y uint64) bool {
	if k.Float() && math.IsNaN(float(k, x)) {
		return math.IsNaN(float(k, y))
	}
	return x == y
}

func pairs(x, y []uint64) (all [][2]uint64) {
	for _, a := range x {
		for _, b := range y {
			all = append(all, [2]uint64{a, b})
		}
	}
	return all
}

// forms makes the functions for an operation with each form of operands: variables,
// the result in place of one of them, the same twice, and constants.
func forms(name string, ins jit.Ins, kx, ky, kd jit.Kind, want func(x, y uint64) (uint64, bool), constantY func(y uint64) bool) (all []try) {
	xs, ys := edges(kx), edges(ky)
	ins.Exit = 1
	for _, pressure := range []bool{false, true} {
		add := func(form string, x, y jit.Operand, dst jit.Var, kinds [3]jit.Kind, inputs [][2]uint64, want func(x, y uint64) (uint64, bool)) {
			in := ins
			in.X, in.Y, in.Dst = x, y, dst
			all = append(all, try{single(in, kinds, jit.Use(dst), kd, pressure), fmt.Sprintf("%s %s (pressure %v)", name, form, pressure), kd, inputs, want})
		}
		k := [3]jit.Kind{kx, ky, kd}
		add("x,y", jit.Use(0), jit.Use(1), 2, k, pairs(xs, ys), want)
		if kx == kd {
			add("x=x,y", jit.Use(0), jit.Use(1), 0, k, pairs(xs, ys), want)
		}
		if ky == kd {
			add("y=x,y", jit.Use(0), jit.Use(1), 1, k, pairs(xs, ys), want)
		}
		if kx == ky {
			add("x,x", jit.Use(0), jit.Use(0), 2, k, pairs(xs, ys[:1]), func(x, _ uint64) (uint64, bool) { return want(x, x) })
		}
		for i, c := range ys {
			if pressure && i%4 != 0 {
				continue // they are enough
			}
			if constantY(c) {
				add(fmt.Sprintf("x,%#x", c), jit.Use(0), jit.Imm(c), 2, k, pairs(xs, []uint64{c}), want)
			}
		}
		for i, c := range xs {
			if pressure && i%4 != 0 {
				continue
			}
			add(fmt.Sprintf("%#x,y", c), jit.Imm(c), jit.Use(1), 2, k, pairs([]uint64{c}, ys), want)
		}
	}
	return all
}

func always(uint64) bool { return true }

func TestIntegers(t *testing.T) {
	names := map[jit.Op]string{
		jit.Add: "+", jit.Sub: "-", jit.Mul: "*", jit.Div: "/", jit.Rem: "%", jit.And: "&", jit.Or: "|", jit.Xor: "^", jit.AndNot: "&^",
	}
	for op, name := range names {
		t.Run(name, func(t *testing.T) {
			for _, k := range intKinds {
				constant := always
				if op == jit.Div || op == jit.Rem {
					constant = func(y uint64) bool { return y != 0 } // the compiler refuses it
				}
				check(t, forms(fmt.Sprint("kind ", k, " ", name), jit.Ins{Op: op, Kind: k}, k, k, k,
					func(x, y uint64) (uint64, bool) { return integers(k, op, x, y, k) }, constant))
			}
		})
	}
}

func TestShifts(t *testing.T) {
	for _, op := range []jit.Op{jit.Shl, jit.Shr} {
		for _, k := range intKinds {
			for _, count := range []jit.Kind{jit.Int8, jit.Int64, jit.Uint8, jit.Uint64} {
				check(t, forms(fmt.Sprint("shift ", op, " of kind ", k, " by ", count), jit.Ins{Op: op, Kind: k, From: count}, k, count, k,
					func(x, y uint64) (uint64, bool) { return integers(k, op, x, y, count) },
					func(y uint64) bool { return !count.Signed() || int64(y) >= 0 }))
			}
		}
	}
}

// unary is an operation with one operand.
func unary(name string, ins jit.Ins, from, to jit.Kind, xs []uint64, want func(x uint64) (uint64, bool)) (all []try) {
	ins.Exit = 1
	w := func(x, _ uint64) (uint64, bool) { return want(x) }
	for _, pressure := range []bool{false, true} {
		add := func(x jit.Operand, dst jit.Var, inputs []uint64) {
			in := ins
			in.X, in.Y, in.Dst = x, none, dst
			all = append(all, try{single(in, [3]jit.Kind{from, jit.Int64, to}, jit.Use(dst), to, pressure), fmt.Sprintf("%s (pressure %v)", name, pressure), to, pairs(inputs, []uint64{0}), w})
		}
		add(jit.Use(0), 2, xs)
		if from == to {
			add(jit.Use(0), 0, xs)
		}
		for _, x := range xs {
			add(jit.Imm(x), 2, []uint64{x})
		}
	}
	return all
}

func TestUnary(t *testing.T) {
	for _, k := range intKinds {
		for _, op := range []jit.Op{jit.Neg, jit.Com} {
			check(t, unary(fmt.Sprint("unary ", op, " of kind ", k), jit.Ins{Op: op, Kind: k}, k, k, edges(k),
				func(x uint64) (uint64, bool) { return integers(k, op, x, 0, k) }))
		}
	}
	check(t, unary("not", jit.Ins{Op: jit.Not, Kind: jit.Uint8}, jit.Uint8, jit.Uint8, []uint64{0, 1},
		func(x uint64) (uint64, bool) { return 1 - x, false }))
	for _, k := range floatKinds {
		for _, op := range []jit.Op{jit.FNeg, jit.FAbs, jit.FSqrt} {
			check(t, unary(fmt.Sprint("unary ", op, " of kind ", k), jit.Ins{Op: op, Kind: k}, k, k, edges(k),
				func(x uint64) (uint64, bool) { return ofFloats(k, op, x, 0), false }))
		}
	}
}

func ofFloats(k jit.Kind, op jit.Op, x, y uint64) uint64 {
	if k == jit.Float32 {
		return uint64(math.Float32bits(floats(op, math.Float32frombits(uint32(x)), math.Float32frombits(uint32(y)))))
	}
	return math.Float64bits(floats(op, math.Float64frombits(x), math.Float64frombits(y)))
}

func TestFloats(t *testing.T) {
	for _, k := range floatKinds {
		for _, op := range []jit.Op{jit.FAdd, jit.FSub, jit.FMul, jit.FDiv} {
			check(t, forms(fmt.Sprint("floats ", op, " of kind ", k), jit.Ins{Op: op, Kind: k}, k, k, k,
				func(x, y uint64) (uint64, bool) { return ofFloats(k, op, x, y), false }, always))
		}
	}
}

// Where Go multiplies and adds without rounding in between, so does machine code.
func TestMultiplyAdd(t *testing.T) {
	k := jit.Float64
	for _, op := range []jit.Op{jit.FMulAdd, jit.FMulSub} {
		if host.Backend == nil || !host.Backend.Takes(op) {
			return // it rounds, and nothing else is made
		}
		for _, z := range append([]jit.Operand{jit.Use(0)}, imms(k)[:5]...) {
			check(t, forms(fmt.Sprint("operation ", op, " with ", z), jit.Ins{Op: op, Kind: k, Z: z}, k, k, k, func(x, y uint64) (uint64, bool) {
				third := z.Const
				if z.Var == 0 {
					third = x
				}
				a, b, c := float(k, x), float(k, y), float(k, third)
				if op == jit.FMulSub {
					a = -a
				}
				return floatBits(k, math.FMA(a, b, c)), false
			}, always))
		}
	}
}

func TestConversions(t *testing.T) {
	for _, from := range allKinds {
		for _, to := range allKinds {
			check(t, unary(fmt.Sprint("from ", from, " to ", to), jit.Ins{Op: jit.Convert, Kind: to, From: from}, from, to, edges(from),
				func(x uint64) (uint64, bool) { return converted(to, from, x) }))
		}
	}
}

func TestComparisons(t *testing.T) {
	for _, k := range allKinds {
		for _, c := range conditions {
			want := func(x, y uint64) (uint64, bool) {
				if holds(k, c, x, y) {
					return 1, false
				}
				return 0, false
			}
			check(t, forms(fmt.Sprint("condition ", c, " of kind ", k), jit.Ins{Op: jit.Compare, Kind: k, Cond: c}, k, k, jit.Uint8, want, always))
			var branches []try
			for _, y := range append([]jit.Operand{jit.Use(1)}, imms(k)...) {
				for _, order := range [][3]int{{0, 1, 2}, {0, 2, 1}} { // which way leads straight on
					f := branching(k, c, y, order)
					inputs := pairs(edges(k), edges(k))
					if y.Var < 0 {
						inputs = pairs(edges(k), []uint64{y.Const})
					}
					branches = append(branches, try{f, fmt.Sprintf("branch %d of kind %d", c, k), jit.Uint8, inputs, want})
				}
			}
			check(t, branches)
		}
	}
}

func imms(k jit.Kind) (all []jit.Operand) {
	for _, v := range edges(k) {
		all = append(all, jit.Imm(v))
	}
	return all
}

// branching stores 1 if x c y, and else 0.
func branching(k jit.Kind, c jit.Cond, y jit.Operand, order [3]int) *jit.Func {
	f := single(jit.Ins{Op: jit.Barrier, Kind: jit.Int64, Dst: jit.NoVar}, [3]jit.Kind{k, k, jit.Uint8}, jit.Imm(1), jit.Uint8, false)
	g := single(jit.Ins{Op: jit.Barrier, Kind: jit.Int64, Dst: jit.NoVar}, [3]jit.Kind{k, k, jit.Uint8}, jit.Imm(0), jit.Uint8, false)
	f.Blocks[0].Entry = false
	blocks := []*jit.Block{{Entry: true, Ins: []jit.Ins{{Op: jit.Branch, Kind: k, Cond: c, Dst: jit.NoVar, X: jit.Use(0), Y: y, Then: order[1], Else: order[2]}}}, nil, nil}
	blocks[order[1]] = f.Blocks[0]
	g.Blocks[0].Entry = false
	blocks[order[2]] = g.Blocks[0]
	f.Blocks = blocks
	return f
}

// A guard leaves where the comparison holds, and does nothing where it does not.
func TestGuards(t *testing.T) {
	for _, k := range append(slices.Clone(intKinds), jit.Pointer) {
		of := k
		if k == jit.Pointer {
			of = jit.Uint64
		}
		for _, c := range conditions {
			check(t, forms(fmt.Sprint("kind ", k, " cond ", c), jit.Ins{Op: jit.Guard, Kind: k, Cond: c}, of, of, jit.Float64,
				func(x, y uint64) (uint64, bool) { return 0, holds(of, c, x, y) }, always))
		}
	}
}
