package jit

import "math/bits"

// A set is a set of variables.
type set []uint64

func newSet(n int) set { return make(set, (n+63)/64) }

func (s set) has(v Var) bool { return s[v/64]>>(v%64)&1 != 0 }
func (s set) add(v Var)      { s[v/64] |= 1 << (v % 64) }
func (s set) del(v Var)      { s[v/64] &^= 1 << (v % 64) }

func (s set) each(f func(Var)) {
	for i, w := range s {
		for ; w != 0; w &= w - 1 {
			f(Var(i*64 + bits.TrailingZeros64(w)))
		}
	}
}

func (s set) copy() set { return append(set(nil), s...) }

func (s set) union(t set) (grown bool) {
	for i, w := range t {
		if w&^s[i] != 0 {
			grown = true
			s[i] |= w
		}
	}
	return grown
}

// step takes the set of what is alive after an instruction back before it.
func (s set) step(in *Ins) {
	in.defs(s.del)
	in.uses(s.add)
}

// liveness returns what is alive where each block begins: variables that may be
// read before they are written.
func liveness(f *Func) []set {
	in := make([]set, len(f.Blocks))
	for i := range in {
		in[i] = newSet(len(f.Vars))
	}
	for again := true; again; {
		again = false
		for i := len(f.Blocks) - 1; i >= 0; i-- {
			b := f.Blocks[i]
			live := liveOut(f, b, in)
			for j := len(b.Ins) - 1; j >= 0; j-- {
				live.step(&b.Ins[j])
			}
			if in[i].union(live) {
				again = true
			}
		}
	}
	return in
}

func liveOut(f *Func, b *Block, in []set) set {
	live := newSet(len(f.Vars))
	b.succs(func(s int) { live.union(in[s]) })
	return live
}
