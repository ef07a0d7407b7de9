package jit

import "github.com/gosched/gosched/kernel/bitset"

// A set is a set of variables.
type set = bitset.Set[Var]

// step takes the set of what is alive after an instruction back before it.
func step(live set, in *Ins) {
	in.defs(live.Del)
	in.uses(live.Add)
}

// liveness returns what is alive where each block begins: variables that may be
// read before they are written.
func liveness(f *Func) []set {
	in := make([]set, len(f.Blocks))
	for i := range in {
		in[i] = bitset.New[Var](len(f.Vars))
	}
	for again := true; again; {
		again = false
		for i := len(f.Blocks) - 1; i >= 0; i-- {
			b := f.Blocks[i]
			live := liveOut(f, b, in)
			for j := len(b.Ins) - 1; j >= 0; j-- {
				step(live, &b.Ins[j])
			}
			if in[i].Union(live) {
				again = true
			}
		}
	}
	return in
}

func liveOut(f *Func, b *Block, in []set) set {
	live := bitset.New[Var](len(f.Vars))
	b.succs(func(s int) { live.Union(in[s]) })
	return live
}
