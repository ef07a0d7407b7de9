package compile

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/jit"
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
		if m, ok = l.address(a.base); !ok || m.Bounded || m.Base.Var == jit.NoVar && m.Base.Const == 0 {
			return m, false
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

func (l *lowering) load(in *ssa.UnOp) bool {
	d := l.parts(in)
	if d == nil {
		return false
	}
	m, ok := l.address(in.X)
	if !ok {
		return false
	}
	vars := make([]jit.Var, len(d))
	for i := range d {
		vars[i] = l.variable(d[i])
	}
	l.emit(jit.Ins{Op: jit.Load, Dst: jit.NoVar, Memory: m, Dsts: vars, Exit: l.resume()})
	return true
}

func (l *lowering) store(in *ssa.Store) bool {
	if fa, ok := in.Addr.(*ssa.FieldAddr); ok {
		if st := link.ElemOf(fa.X.Type()).Underlying().(*types.Struct); st.Field(fa.Field).Name() == "_" {
			return false
		}
	}
	v := l.parts(in.Val)
	if v == nil {
		return false
	}
	m, ok := l.address(in.Addr)
	if !ok {
		return false
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
			if l.c.addrs[in.X] != nil {
				return false
			}
		}
		if m, ok = l.folded(a); !ok {
			return false
		}
	}
	if m.Base.Var == jit.NoVar && m.Base.Const == 0 {
		return false // into the frame: it is not for others to keep
	}
	l.emit(jit.Ins{Op: jit.Lea, Kind: jit.Pointer, Dst: l.variable(d), Memory: m, Exit: l.resume()})
	return true
}

// index lowers s[i] of a string.
func (l *lowering) index(in *ssa.Index) bool {
	s, okd := l.parts(in.X), l.c.slot(in.X).Layout.Class == memory.ClassStr
	d, ok1 := l.one(in)
	i, ki, ok2 := l.use(in.Index)
	if !okd || !ok1 || !ok2 || ki == jit.Pointer || len(s) != 2 {
		return false
	}
	m := jit.Address{Base: l.operand(s[0]), Index: i, Scale: 1, Bounded: true, Bound: l.operand(s[1])}
	if m.Base.Var == jit.NoVar && m.Base.Const == 0 {
		return false
	}
	l.emit(jit.Ins{Op: jit.Load, Dst: jit.NoVar, Memory: m, Dsts: []jit.Var{l.variable(d)}, Exit: l.resume()})
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
	m := jit.Address{Base: none, Index: none, Disp: int32(from)}
	vars := make([]jit.Var, len(d))
	for i := range d {
		vars[i] = l.variable(d[i])
	}
	l.emit(jit.Ins{Op: jit.Load, Dst: jit.NoVar, Memory: m, Dsts: vars, Exit: l.resume()})
	return true
}
