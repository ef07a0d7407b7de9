package jit

import (
	"slices"

	"github.com/gosched/gosched/kernel/bitset"
)

// NoReg is the register of a variable that has none.
const NoReg = 0xff

// allocate gives each variable a register for its whole life, or none: those
// that are used most come first, and two that are alive at the same time get
// different ones.
func allocate(f *Func, liveIn []set, ints, floats []uint8) []uint8 {
	n := len(f.Vars)
	regs := make([]uint8, n)
	weight := make([]float64, n)
	clash := make([]set, n)
	hints := make([][]Var, n)
	for i := range regs {
		regs[i] = NoReg
		clash[i] = bitset.New[Var](n)
	}
	meet := func(v, w Var) {
		if v != w {
			clash[v].Add(w)
			clash[w].Add(v)
		}
	}
	for i, b := range f.Blocks {
		cost := 1.0
		for range min(b.Depth, 8) {
			cost *= 10
		}
		live := liveOut(f, b, liveIn)
		for j := len(b.Ins) - 1; j >= 0; j-- {
			in := &b.Ins[j]
			if in.Op == Move && in.Dst >= 0 && in.X.Var >= 0 {
				hints[in.Dst] = append(hints[in.Dst], in.X.Var)
				hints[in.X.Var] = append(hints[in.X.Var], in.Dst)
			}
			var defs []Var
			in.defs(func(v Var) {
				defs = append(defs, v)
				live.Each(func(w Var) {
					if in.Op != Move || w != in.X.Var {
						meet(v, w)
					}
				})
			})
			for k, v := range defs {
				for _, w := range defs[k+1:] {
					meet(v, w)
				}
			}
			if in.Op != Closure {
				in.defs(func(v Var) { weight[v] += cost })
				in.operands(func(v Var) { weight[v] += cost })
			}
			step(live, in)
		}
		if b.Entry || i == 0 { // what is alive here is loaded all at once
			liveIn[i].Each(func(v Var) {
				clash[v].Union(liveIn[i])
				clash[v].Del(v)
			})
		}
	}
	order := make([]Var, 0, n)
	for v := range Var(n) {
		if weight[v] > 0 {
			order = append(order, v)
		}
	}
	slices.SortStableFunc(order, func(a, b Var) int {
		switch {
		case weight[a] > weight[b]:
			return -1
		case weight[a] < weight[b]:
			return 1
		}
		return 0
	})
	for _, v := range order {
		choice := ints
		if f.Vars[v].Kind.Float() {
			choice = floats
		}
		taken := map[uint8]bool{}
		clash[v].Each(func(w Var) {
			if f.Vars[w].Kind.Float() == f.Vars[v].Kind.Float() && regs[w] != NoReg {
				taken[regs[w]] = true
			}
		})
		for _, h := range hints[v] {
			if r := regs[h]; r != NoReg && f.Vars[h].Kind.Float() == f.Vars[v].Kind.Float() && !taken[r] {
				regs[v] = r
				break
			}
		}
		if regs[v] != NoReg {
			continue
		}
		for _, r := range choice {
			if !taken[r] {
				regs[v] = r
				break
			}
		}
	}
	return regs
}
