package jit_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/jit"
)

// A maker makes functions that nobody would write.
type maker struct {
	*rand.Rand
	f     *jit.Func
	exits []spot // by exit
	fuel  jit.Var
}

// A spot is an instruction.
type spot struct{ block, ins int }

const (
	regionAt   = 520 // memory in the frame, for loads and stores
	regionSize = 64
	mostVars   = 60
)

func makeFunc(seed uint64) *maker {
	m := &maker{Rand: rand.New(rand.NewPCG(seed, 2)), f: &jit.Func{Size: frameSize}, exits: make([]spot, 1)}
	for i := range 3 + m.IntN(mostVars-3) {
		k := allKinds[m.IntN(len(allKinds))]
		switch {
		case i == 0:
			k = jit.Int64
		case i == 1 || m.IntN(8) == 0:
			k = jit.Pointer
		}
		m.f.Vars = append(m.f.Vars, jit.VarInfo{Off: int32(8 * i), Kind: k})
	}
	blocks := 1 + m.IntN(6)
	for range blocks {
		m.f.Blocks = append(m.f.Blocks, &jit.Block{})
	}
	m.f.Blocks[0].Entry = true
	for i := range blocks {
		b := m.f.Blocks[i]
		b.Depth = m.IntN(3)
		for range 1 + m.IntN(10) {
			m.instruction(i, b)
		}
		if i == blocks-1 {
			// All variables are put home.
			all := jit.Ins{Op: jit.Closure, Dst: jit.NoVar}
			for v := range m.f.Vars {
				all.Uses = append(all.Uses, jit.Var(v))
			}
			m.emit(i, b, all)
			m.emit(i, b, jit.Ins{Op: jit.Return, Dst: jit.NoVar})
			break
		}
		later := func() int { return i + 1 + m.IntN(blocks-i-1) }
		switch m.IntN(4) {
		case 0:
			m.emit(i, b, jit.Ins{Op: jit.Jump, Dst: jit.NoVar, Then: later()})
		case 1:
			// Back, as long as there is fuel.
			m.emit(i, b, jit.Ins{Op: jit.Sub, Kind: jit.Int64, Dst: m.fuel, X: jit.Use(m.fuel), Y: jit.Imm(1)})
			edge := len(m.f.Blocks)
			to := m.IntN(i + 1)
			m.f.Blocks[to].Entry = true
			m.f.Blocks = append(m.f.Blocks, &jit.Block{Depth: b.Depth})
			m.emit(edge, m.f.Blocks[edge], jit.Ins{Op: jit.Jump, Dst: jit.NoVar, Then: to, Poll: true})
			m.emit(i, b, jit.Ins{Op: jit.Branch, Kind: jit.Int64, Cond: jit.GT, Dst: jit.NoVar, X: jit.Use(m.fuel), Y: none, Then: edge, Else: later()})
		default:
			k := m.numeric(allKinds)
			m.emit(i, b, jit.Ins{Op: jit.Branch, Kind: k, Cond: conditions[m.IntN(6)], Dst: jit.NoVar, X: m.read(k, false), Y: m.read(k, true), Then: later(), Else: later()})
		}
	}
	return m
}

func (m *maker) emit(block int, b *jit.Block, in jit.Ins) {
	in.Exit = len(m.exits)
	m.exits = append(m.exits, spot{block, len(b.Ins)})
	b.Ins = append(b.Ins, in)
}

// vars are those of a kind but for the fuel.
func (m *maker) vars(k jit.Kind) (all []jit.Var) {
	for v, info := range m.f.Vars {
		if info.Kind == k && jit.Var(v) != m.fuel {
			all = append(all, jit.Var(v))
		}
	}
	return all
}

// numeric is one of the kinds of which there are variables.
func (m *maker) numeric(of []jit.Kind) jit.Kind {
	for {
		if k := of[m.IntN(len(of))]; len(m.vars(k)) > 0 || k == jit.Int64 {
			return k
		}
	}
}

func (m *maker) read(k jit.Kind, constant bool) jit.Operand {
	vs := m.vars(k)
	if len(vs) == 0 && k == jit.Int64 && !constant {
		return jit.Use(m.fuel)
	}
	if len(vs) == 0 || constant && m.IntN(3) == 0 {
		e := edges(k)
		return jit.Imm(e[m.IntN(len(e))])
	}
	return jit.Use(vs[m.IntN(len(vs))])
}

func (m *maker) write(k jit.Kind) jit.Var {
	vs := m.vars(k)
	if len(vs) == 0 {
		return jit.NoVar
	}
	return vs[m.IntN(len(vs))]
}

func (m *maker) address(size int32) jit.Address {
	scale := []int32{size, 8, 12, 16}[m.IntN(4)]
	scale = max(scale, size)
	length := int32(regionSize) / scale
	a := jit.Address{Index: none, Scale: scale}
	if m.IntN(2) == 0 {
		a.Base, a.Disp = none, regionAt
	} else {
		a.Base, a.NilCheck = jit.Use(m.write(jit.Pointer)), true
	}
	switch k := m.numeric(intKinds); m.IntN(3) {
	case 0:
		a.Index = jit.Imm(uint64(m.IntN(int(length))))
	case 1:
		a.Index, a.Bounded, a.Bound = m.read(k, true), true, jit.Imm(uint64(m.IntN(int(length+1))))
	default:
		a.Disp += 4 * int32(m.IntN(5))
		a.Scale = 0
	}
	return a
}

func (m *maker) instruction(block int, b *jit.Block) {
	emit := func(in jit.Ins) { m.emit(block, b, in) }
	ik := m.numeric(intKinds)
	switch m.IntN(16) {
	case 0, 1, 2:
		op := []jit.Op{jit.Add, jit.Sub, jit.Mul, jit.And, jit.Or, jit.Xor, jit.AndNot}[m.IntN(7)]
		emit(jit.Ins{Op: op, Kind: ik, Dst: m.write(ik), X: m.read(ik, true), Y: m.read(ik, true)})
	case 3:
		in := jit.Ins{Op: []jit.Op{jit.Div, jit.Rem}[m.IntN(2)], Kind: ik, Dst: m.write(ik), X: m.read(ik, true), Y: m.read(ik, true)}
		if in.Y.Var < 0 && in.Y.Const == 0 {
			in.Y = jit.Imm(3)
		}
		emit(in)
	case 4:
		by := m.numeric(intKinds)
		in := jit.Ins{Op: []jit.Op{jit.Shl, jit.Shr}[m.IntN(2)], Kind: ik, From: by, Dst: m.write(ik), X: m.read(ik, true), Y: m.read(by, true)}
		if in.Y.Var < 0 && by.Signed() && int64(in.Y.Const) < 0 {
			in.Y = jit.Imm(5)
		}
		emit(in)
	case 5:
		emit(jit.Ins{Op: []jit.Op{jit.Neg, jit.Com}[m.IntN(2)], Kind: ik, Dst: m.write(ik), X: m.read(ik, true), Y: none})
	case 6, 7:
		if k := floatKinds[m.IntN(2)]; m.write(k) >= 0 {
			op := []jit.Op{jit.FAdd, jit.FSub, jit.FMul, jit.FDiv, jit.FNeg, jit.FSqrt, jit.FAbs}[m.IntN(7)]
			emit(jit.Ins{Op: op, Kind: k, Dst: m.write(k), X: m.read(k, true), Y: m.read(k, true)})
		}
	case 8:
		from, to := m.numeric(allKinds), m.numeric(allKinds)
		emit(jit.Ins{Op: jit.Convert, Kind: to, From: from, Dst: m.write(to), X: m.read(from, true), Y: none})
	case 9:
		k := m.numeric(allKinds)
		emit(jit.Ins{Op: jit.Compare, Kind: k, Cond: conditions[m.IntN(6)], Dst: m.write(jit.Uint8), X: m.read(k, false), Y: m.read(k, true)})
	case 10:
		k := m.numeric(allKinds)
		if m.IntN(4) == 0 {
			d := m.write(jit.Pointer)
			emit(jit.Ins{Op: jit.Barrier, Dst: jit.NoVar, Dsts: []jit.Var{d}})
			emit(jit.Ins{Op: jit.Move, Kind: jit.Pointer, Dst: d, X: m.read(jit.Pointer, false), Y: none})
			break
		}
		if d := m.write(k); d >= 0 {
			emit(jit.Ins{Op: jit.Move, Kind: k, Dst: d, X: m.read(k, true), Y: none})
		}
	case 11, 12:
		var in jit.Ins
		size := int32(0)
		for range 1 + m.IntN(2) {
			k := m.numeric(allKinds)
			if size > 0 && k.Size() != 8 || m.write(k) < 0 { // fields follow one another
				continue
			}
			if size > 0 && (size%8 != 0 || in.Dsts[0] == m.write(k)) {
				break
			}
			in.Dsts = append(in.Dsts, m.write(k))
			size += int32(k.Size())
		}
		if len(in.Dsts) == 0 || len(in.Dsts) == 2 && in.Dsts[0] == in.Dsts[1] {
			break
		}
		in.Op, in.Dst, in.Memory = jit.Load, jit.NoVar, m.address(size)
		emit(in)
	case 13:
		k := m.numeric(allKinds)
		emit(jit.Ins{Op: jit.Store, Dst: jit.NoVar, Memory: m.address(int32(k.Size())), Srcs: []jit.Operand{m.read(k, true)}, Kinds: []jit.Kind{k}})
	case 14:
		emit(jit.Ins{Op: jit.Guard, Kind: ik, Cond: conditions[m.IntN(6)], Dst: jit.NoVar, X: m.read(ik, true), Y: m.read(ik, true)})
	case 15:
		k := m.numeric(allKinds)
		in := jit.Ins{Op: jit.Closure, Dst: jit.NoVar}
		if v := m.write(k); v >= 0 {
			in.Uses, in.Defs = []jit.Var{v}, []jit.Var{v}
		}
		emit(in)
	}
}

// String is the function for people.
func (m *maker) String() string {
	var b strings.Builder
	for v, i := range m.f.Vars {
		fmt.Fprintf(&b, "var %d: kind %d\n", v, i.Kind)
	}
	for i, blk := range m.f.Blocks {
		fmt.Fprintf(&b, "block %d:\n", i)
		for _, in := range blk.Ins {
			fmt.Fprintf(&b, "\t%d: op %d kind %d from %d cond %d dst %d x %v y %v mem %+v dsts %v srcs %v then %d else %d\n",
				in.Exit, in.Op, in.Kind, in.From, in.Cond, in.Dst, in.X, in.Y, in.Memory, in.Dsts, in.Srcs, in.Then, in.Else)
		}
	}
	return b.String()
}

// disagreement is how a function does other than the interpreter, or "".
func disagreement(t testing.TB, seed uint64) string {
	m := makeFunc(seed)
	p := compiled(t, m.f)
	for range 4 {
		if d := m.once(p); d != "" {
			return d + "\n" + m.String()
		}
	}
	return ""
}

func (m *maker) once(p *program) string {
	var fr frame
	for v, info := range m.f.Vars {
		value := uint64(0)
		switch e := edges(info.Kind); {
		case jit.Var(v) == m.fuel:
			value = uint64(m.IntN(9))
		case info.Kind != jit.Pointer:
			value = e[m.IntN(len(e))]
		case v == 1 || m.IntN(4) > 0:
			value = uint64(uintptr(unsafe.Pointer(&memory)))
		}
		fr.store(info.Off, info.Kind, value)
	}
	for i := range memory {
		memory[i] = m.Uint64()
		if i < regionSize/8 {
			fr[regionAt/8+i] = m.Uint64()
		}
	}
	wantFrame, wantMemory := fr, memory
	want := &interpreter{f: m.f, fr: &wantFrame, data: &wantMemory, vars: m.values(&fr)}
	want.run(0, 0, 10_000)

	got := &interpreter{f: m.f, fr: &fr, data: &memory}
	entry := p.unit.Entry(m.f, 0)
	for {
		x := m.enter(p, entry, &fr)
		if x == nil {
			got.vars = m.values(&fr)
			break
		}
		s := m.exits[x.Exit]
		in := &m.f.Blocks[s.block].Ins[s.ins]
		if in.Op == jit.Closure {
			for _, v := range in.Defs {
				info := m.f.Vars[v]
				fr.store(info.Off, info.Kind, closed(info.Kind, fr.load(info.Off, info.Kind)))
			}
			entry = x.Resume
			continue
		}
		if in.Op == jit.Jump {
			entry = p.unit.Entry(m.f, in.Then)
			continue
		}
		got.vars = m.values(&fr)
		got.run(s.block, s.ins, 10_000)
		break
	}
	for v, info := range m.f.Vars {
		if !same(info.Kind, got.vars[v], want.vars[v]) {
			return fmt.Sprintf("variable %d is %#x, want %#x", v, got.vars[v], want.vars[v])
		}
	}
	if at := differ(memory[:], wantMemory[:]); at >= 0 {
		return fmt.Sprintf("word %d of memory is %#x, want %#x", at, memory[at], wantMemory[at])
	}
	if at := differ(fr[regionAt/8:(regionAt+regionSize)/8], wantFrame[regionAt/8:(regionAt+regionSize)/8]); at >= 0 {
		return fmt.Sprintf("word %d of the frame differs", at)
	}
	return ""
}

// differ is where words differ, but for numbers that are none, whose bits are open.
func differ(x, y []uint64) int {
	for i := range x {
		if x[i] == y[i] || same(jit.Float64, x[i], y[i]) && float(jit.Float64, x[i]) != float(jit.Float64, x[i]) {
			continue
		}
		low := same(jit.Float32, x[i]&(1<<32-1), y[i]&(1<<32-1))
		high := same(jit.Float32, x[i]>>32, y[i]>>32)
		if !low || !high {
			return i
		}
	}
	return -1
}

func (m *maker) values(fr *frame) []uint64 {
	var all []uint64
	for _, info := range m.f.Vars {
		all = append(all, fr.load(info.Off, info.Kind))
	}
	return all
}

func (m *maker) enter(p *program, entry uintptr, fr *frame) *jit.Exit {
	c := goruntime.PinMachine()
	defer goruntime.UnpinMachine(c)
	pc := goruntime.CallMachine(entry, c, unsafe.Pointer(fr))
	if pc == 0 {
		return nil
	}
	x := p.unit.Find(pc)
	for i, off := range x.Spilled {
		fr[off/8] = uint64(uintptr(c.Spill[i]))
	}
	return x
}

// Random functions do in machine code what they do in an interpreter. With
// GOSCHED_TEST_RANDOM=1000+5000, so do five thousand others.
func TestRandomCode(t *testing.T) {
	first, n := uint64(0), uint64(500)
	if testing.Short() {
		n = 100
	}
	if _, err := fmt.Sscanf(os.Getenv("GOSCHED_TEST_RANDOM"), "%d+%d", &first, &n); err == nil {
		t.Logf("%d functions from %d on", n, first)
	}
	for seed := first; seed < first+n; seed++ {
		if d := disagreement(t, seed); d != "" {
			t.Fatalf("seed %d: %s", seed, d)
		}
	}
}

func FuzzCode(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(func(t *testing.T, seed uint64) {
		if d := disagreement(t, seed); d != "" {
			t.Fatalf("seed %d: %s", seed, d)
		}
	})
}
