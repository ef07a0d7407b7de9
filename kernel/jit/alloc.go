package jit

import (
	"slices"

	"github.com/gosched/gosched/kernel/jit/asm"
)

// Registers. RAX, RCX, RDX, X0 and X1 are for the code of single instructions. RBX
// holds the frame, R14 the runtime's record of the goroutine, R15 the context. RBP
// is left as it is, for whoever follows frame pointers.
var (
	intRegs   = []uint8{uint8(asm.RSI), uint8(asm.RDI), uint8(asm.R8), uint8(asm.R9), uint8(asm.R10), uint8(asm.R11), uint8(asm.R12), uint8(asm.R13)}
	floatRegs = []uint8{2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}
)

const noReg = 0xff

// allocate gives each variable a register for its whole life, or none: those
// that are used most come first, and two that are alive at the same time get
// different ones.
func allocate(f *Func, liveIn []set) []uint8 {
	n := len(f.Vars)
	regs := make([]uint8, n)
	weight := make([]float64, n)
	clash := make([]set, n)
	hints := make([][]Var, n)
	for i := range regs {
		regs[i] = noReg
		clash[i] = newSet(n)
	}
	meet := func(v, w Var) {
		if v != w {
			clash[v].add(w)
			clash[w].add(v)
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
				live.each(func(w Var) {
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
			live.step(in)
		}
		if b.Entry || i == 0 { // what is alive here is loaded all at once
			liveIn[i].each(func(v Var) {
				clash[v].union(liveIn[i])
				clash[v].del(v)
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
		choice := intRegs
		if f.Vars[v].Kind.Float() {
			choice = floatRegs
		}
		taken := map[uint8]bool{}
		clash[v].each(func(w Var) {
			if f.Vars[w].Kind.Float() == f.Vars[v].Kind.Float() && regs[w] != noReg {
				taken[regs[w]] = true
			}
		})
		for _, h := range hints[v] {
			if r := regs[h]; r != noReg && f.Vars[h].Kind.Float() == f.Vars[v].Kind.Float() && !taken[r] {
				regs[v] = r
				break
			}
		}
		if regs[v] != noReg {
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
