package compile

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/jit"
	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/run/link"
	"github.com/gosched/gosched/kernel/run/memory"
)

// address lowers a pointer operand.
func (l *lowering) address(v ssa.Value) (jit.Address, bool) {
	if g, ok := v.(*ssa.Global); ok {
		return jit.Address{Base: jit.Imm(uint64(uintptr(l.c.links.Global(g)))), Index: none}, true
	}
	if a := l.c.addrs[v]; a != nil {
		return l.folded(a)
	}
	p, ok := l.one(v)
	if !ok || p.kind != jit.Pointer {
		return jit.Address{}, false
	}
	return jit.Address{Base: l.operand(p), NilCheck: true, Index: none}, true
}

func (l *lowering) folded(a *addr) (m jit.Address, ok bool) {
	if a.size > 1<<20 || a.off > 1<<28 {
		return m, false
	}
	m.Index = none
	switch {
	case a.slice != nil:
		s := l.parts(a.slice)
		if len(s) != 3 {
			return m, false
		}
		m.Base, m.Bounded, m.Bound = l.operand(s[0]), true, l.operand(s[1])
		if m.Base.Var == jit.NoVar {
			return m, false
		}
	case a.region != nil:
		m.Base, m.Disp = none, int32(a.region.Off)
		if a.region.Off > 1<<28 {
			return m, false
		}
	default:
		if m, ok = l.address(a.base); !ok || inFrame(m) {
			return m, false
		}
		if a.index != nil && m.Index != none {
			m = l.computed(m)
		}
	}
	m.Disp += int32(a.off)
	if a.index == nil {
		return m, true
	}
	i, ki, ok := l.use(a.index)
	if !ok || ki == jit.Pointer || ki.Float() {
		return m, false
	}
	m.Index, m.Scale = i, int32(a.size)
	if a.slice == nil {
		m.Bounded, m.Bound = true, jit.Imm(uint64(a.length))
	}
	return m, true
}

// inFrame reports whether an address is that of a place in the frame.
func inFrame(m jit.Address) bool { return m.Base.Var == jit.NoVar && m.Base.Const == 0 }

// computed has an address computed, to go on from there within the instruction.
func (l *lowering) computed(m jit.Address) jit.Address {
	p := l.fresh(jit.Uint64, 7)
	l.emit(jit.Ins{Op: jit.Lea, Kind: jit.Uint64, Dst: p, Memory: m, Exit: l.resume()})
	return jit.Address{Base: jit.Use(p), Index: none}
}

func (l *lowering) load(in *ssa.UnOp) bool {
	d, to := l.parts(in), l.whole(in)
	if d == nil && to == nil {
		return false
	}
	if off, ok := l.scalar(in.X); ok {
		from, _ := movesAt(off, d)
		l.moves(from)
		return true
	}
	m, ok := l.address(in.X)
	if !ok {
		return false
	}
	if d == nil {
		l.copyMemory(l.inFrame(to.Off), m, to.Layout.Size)
		return true
	}
	l.loadParts(d, m)
	return true
}

func (l *lowering) loadParts(d []part, m jit.Address) {
	vars := make([]jit.Var, len(d))
	for i := range d {
		vars[i] = l.variable(d[i])
	}
	l.emit(jit.Ins{Op: jit.Load, Dst: jit.NoVar, Memory: m, Dsts: vars, Exit: l.resume()})
}

// maxWhole is how large a value is that code copies.
const maxWhole = 128

// whole is the slot of a value without pointers that has no parts, or nil.
func (l *lowering) whole(v ssa.Value) *frame.Slot {
	s := l.c.slots[v]
	if s == nil || isConst(v) || s.Layout.Class == memory.ClassZero || pointers(s.Layout) || s.Layout.Size > maxWhole || l.parts(v) != nil {
		return nil
	}
	l.region(*s)
	return s
}

// region says that a slot is no variable, or several, but memory in the frame.
func (l *lowering) region(s frame.Slot) {
	if !slices.ContainsFunc(l.low.regions, func(r frame.Slot) bool { return r.Off == s.Off }) {
		l.low.regions = append(l.low.regions, s)
	}
}

// inFrame is the address of a place in the frame.
func (l *lowering) inFrame(off uintptr) jit.Address {
	return jit.Address{Base: none, Index: none, Disp: int32(off)}
}

// copyMemory copies values without pointers. They are the same memory, or nothing of
// them is.
func (l *lowering) copyMemory(to, from jit.Address, size uintptr) {
	if to.Index != none || from.Index != none {
		// One of them is computed: the other is in the frame or has no index.
		if from.Index != none {
			from = l.computed(from)
		} else {
			to = l.computed(to)
		}
	}
	for size > 0 {
		load := jit.Ins{Op: jit.Load, Dst: jit.NoVar, Memory: from, Exit: l.resume()}
		store := jit.Ins{Op: jit.Store, Dst: jit.NoVar, Memory: to, Exit: l.resume()}
		for nth := 0; nth < 6 && size > 0; nth++ {
			k := jit.Uint64
			switch {
			case size >= 8:
			case size >= 4:
				k = jit.Uint32
			case size >= 2:
				k = jit.Uint16
			default:
				k = jit.Uint8
			}
			v := l.fresh(k, nth)
			load.Dsts = append(load.Dsts, v)
			store.Srcs, store.Kinds = append(store.Srcs, jit.Use(v)), append(store.Kinds, k)
			n := uintptr(k.Size())
			size, from.Disp, to.Disp = size-n, from.Disp+int32(n), to.Disp+int32(n)
		}
		l.emit(load)
		l.emit(store)
		from.NilCheck, to.NilCheck = false, false
	}
}

func (l *lowering) store(in *ssa.Store) bool {
	if fa, ok := in.Addr.(*ssa.FieldAddr); ok {
		if st := link.ElemOf(fa.X.Type()).Underlying().(*types.Struct); st.Field(fa.Field).Name() == "_" {
			return false
		}
	}
	v, from := l.parts(in.Val), l.whole(in.Val)
	if v == nil && from == nil {
		return false
	}
	if off, ok := l.scalar(in.Addr); ok {
		_, to := movesAt(off, v)
		l.moves(to)
		return true
	}
	m, ok := l.address(in.Addr)
	if !ok {
		return false
	}
	if v == nil {
		l.copyMemory(m, l.inFrame(from.Off), from.Layout.Size)
		return true
	}
	l.storeParts(m, v)
	return true
}

func (l *lowering) storeParts(m jit.Address, v []part) {
	ins := jit.Ins{Op: jit.Store, Dst: jit.NoVar, Memory: m, Exit: l.resume()}
	for _, p := range v {
		ins.Srcs = append(ins.Srcs, l.operand(p))
		ins.Kinds = append(ins.Kinds, p.kind)
	}
	l.emit(ins)
}

// lea lowers an address that is kept.
func (l *lowering) lea(v ssa.Value) bool {
	d, ok := l.one(v)
	if !ok {
		return false
	}
	var m jit.Address
	switch in := v.(type) {
	case *ssa.FieldAddr:
		if m, ok = l.address(in.X); !ok {
			return false
		}
		off := l.c.fieldOffset(in.X.Type(), in.Field)
		if off > 1<<28 {
			return false
		}
		m.Disp += int32(off)
	case *ssa.IndexAddr:
		a := &addr{index: in.Index, size: l.c.memory(link.ElemOf(in.Type())).Size}
		if _, isSlice := in.X.Type().Underlying().(*types.Slice); isSlice {
			a.slice = in.X
		} else {
			a.length = arrayLen(in.X.Type())
			a.base = in.X
		}
		if m, ok = l.folded(a); !ok {
			return false
		}
	}
	if inFrame(m) {
		return false // into the frame: it is not for others to keep
	}
	l.emit(jit.Ins{Op: jit.Lea, Kind: jit.Pointer, Dst: l.variable(d), Memory: m, Exit: l.resume()})
	return true
}

// index lowers s[i] of a string or an array.
func (l *lowering) index(in *ssa.Index) bool {
	d := l.parts(in)
	i, ki, ok := l.use(in.Index)
	if d == nil || !ok || ki == jit.Pointer {
		return false
	}
	m := jit.Address{Index: i, Bounded: true}
	if x := l.c.slot(in.X); x.Layout.Class == memory.ClassStr {
		s := l.parts(in.X)
		m.Base, m.Bound, m.Scale = l.operand(s[0]), l.operand(s[1]), 1
		if inFrame(m) {
			return false
		}
	} else if from := l.whole(in.X); from != nil {
		m.Base, m.Disp, m.Scale = none, int32(from.Off), int32(l.c.slot(in).Layout.Size)
		m.Bound = jit.Imm(uint64(from.Layout.Type.Len()))
	} else {
		return false
	}
	l.loadParts(d, m)
	return true
}

// field lowers x.f of a struct in the frame.
func (l *lowering) field(in *ssa.Field) bool {
	d, x := l.parts(in), l.c.slots[in.X]
	if d == nil || x == nil {
		return false
	}
	from := x.Off + l.c.fieldOffset(in.X.Type(), in.Field)
	if all := l.parts(in.X); all != nil {
		var ms []move
		for _, p := range d {
			src := part{from + p.off - d[0].off, p.kind}
			if !slices.Contains(all, src) {
				return false
			}
			ms = append(ms, move{p, src})
		}
		l.moves(ms)
		return true
	}
	if isConst(in.X) {
		return false
	}
	l.loadParts(d, l.inFrame(from))
	return true
}
