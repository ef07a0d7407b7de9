package compile

import "github.com/gosched/gosched/kernel/jit"

// Within a block, what has just been stored or loaded need not be loaded again: methods
// that are copied into their callers do little else. Nobody else's stores come in
// between, as far as Go's memory model goes: there are no calls.

// A memoryWord is a place in memory, by a pointer that has been looked at.
type memoryWord struct {
	base jit.Operand
	disp int32
	kind jit.Kind
}

// A forwarding is what is known of memory while a block is gone through.
type forwarding struct {
	vars  []jit.VarInfo
	known map[memoryWord]jit.Operand
}

// forward has values that are known moved, in place of loads.
func (low *lowered) forward() {
	for _, b := range low.ir.Blocks {
		f := &forwarding{low.ir.Vars, map[memoryWord]jit.Operand{}}
		var out []jit.Ins
		for i := range b.Ins {
			in := b.Ins[i]
			if in.Op == jit.Load && !in.Memory.NilCheck {
				if moves := f.moves(&in); moves != nil {
					if out == nil {
						out = append(out, b.Ins[:i]...)
					}
					out = append(out, moves...)
					f.after(&in)
					continue
				}
			}
			f.after(&in)
			if out != nil {
				out = append(out, in)
			}
		}
		if out != nil {
			b.Ins = out
		}
	}
}

// isPlain reports whether a place is known without an index, and is not in the frame.
func isPlain(m *jit.Address) bool {
	return m.Index == none && !m.Bounded && !inFrame(*m)
}

// moves is what does the same as a load, or nil.
func (f *forwarding) moves(in *jit.Ins) (all []jit.Ins) {
	if !isPlain(&in.Memory) {
		return nil
	}
	disp := in.Memory.Disp
	for i, d := range in.Dsts {
		if d < 0 {
			return nil
		}
		k := f.vars[d].Kind
		v, ok := f.known[memoryWord{in.Memory.Base, disp, k}]
		if !ok {
			return nil
		}
		for _, before := range in.Dsts[:i] {
			if v == jit.Use(before) {
				return nil
			}
		}
		if v != jit.Use(d) {
			all = append(all, jit.Ins{Op: jit.Move, Kind: k, Dst: d, X: v, Y: none})
		}
		disp += int32(k.Size())
	}
	if all == nil {
		all = []jit.Ins{} // nothing is to be done
	}
	return all
}

// after notes what an instruction makes of memory and variables.
func (f *forwarding) after(in *jit.Ins) {
	switch in.Op {
	case jit.Call, jit.Closure:
		clear(f.known)
		return
	case jit.Store:
		f.stored(in)
		return
	}
	in.Writes(func(v jit.Var) {
		for w, x := range f.known {
			if w.base.Var == v || x.Var == v {
				delete(f.known, w)
			}
		}
	})
	if in.Op != jit.Load || !isPlain(&in.Memory) {
		return
	}
	disp := in.Memory.Disp
	for _, d := range in.Dsts {
		if d < 0 {
			return
		}
		k := f.vars[d].Kind
		if d != in.Memory.Base.Var {
			f.note(memoryWord{in.Memory.Base, disp, k}, jit.Use(d))
		}
		disp += int32(k.Size())
	}
}

func (f *forwarding) stored(in *jit.Ins) {
	if inFrame(in.Memory) {
		return // no pointer leads there
	}
	size := int32(0)
	for _, k := range in.Kinds {
		size += int32(k.Size())
	}
	m := &in.Memory
	for w := range f.known {
		apart := isPlain(m) && w.base == m.Base && (w.disp+int32(w.kind.Size()) <= m.Disp || m.Disp+size <= w.disp)
		if !apart {
			delete(f.known, w)
		}
	}
	if !isPlain(m) {
		return
	}
	disp := m.Disp
	for i, k := range in.Kinds {
		if s := in.Srcs[i]; s.Var == jit.NoVar || s.Var >= 0 && f.vars[s.Var].Kind == k {
			f.note(memoryWord{m.Base, disp, k}, s)
		}
		disp += int32(k.Size())
	}
}

// note notes a value: of pointers and of variables whose place others have, too, it is
// not.
func (f *forwarding) note(w memoryWord, v jit.Operand) {
	if w.kind == jit.Pointer || v.Var >= 0 && f.vars[v.Var].Off < 0 && f.vars[v.Var].Off > jit.Nowhere(firstOwn) {
		return
	}
	if w.base.Var >= 0 && f.vars[w.base.Var].Off < 0 && f.vars[w.base.Var].Off > jit.Nowhere(firstOwn) {
		return
	}
	f.known[w] = v
}
