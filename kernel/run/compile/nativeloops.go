package compile

import (
	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/jit"
)

// A loop is the blocks of a natural loop, by its header.
type loop struct {
	header   *ssa.BasicBlock
	blocks   map[*ssa.BasicBlock]bool
	taken    int // instructions that machine code takes, in no inner loop
	left     int // and those that it leaves to closures
	excluded bool
}

// findLoops finds the loops of a function, and the innermost of each block.
func findLoops(blocks []*ssa.BasicBlock) (all []*loop, innermost map[*ssa.BasicBlock]*loop, depth map[*ssa.BasicBlock]int) {
	byHeader := map[*ssa.BasicBlock]*loop{}
	for _, b := range blocks {
		for _, s := range b.Succs {
			if !isBackEdge(b, s) {
				continue
			}
			lp := byHeader[s]
			if lp == nil {
				lp = &loop{header: s, blocks: map[*ssa.BasicBlock]bool{s: true}}
				byHeader[s] = lp
				all = append(all, lp)
			}
			if !s.Dominates(b) {
				lp.blocks[b] = true
				continue
			}
			work := []*ssa.BasicBlock{b}
			for len(work) > 0 {
				x := work[len(work)-1]
				work = work[:len(work)-1]
				if lp.blocks[x] {
					continue
				}
				lp.blocks[x] = true
				work = append(work, x.Preds...)
			}
		}
	}
	innermost, depth = map[*ssa.BasicBlock]*loop{}, map[*ssa.BasicBlock]int{}
	for _, lp := range all {
		for b := range lp.blocks {
			depth[b]++
			if in := innermost[b]; in == nil || len(lp.blocks) < len(in.blocks) {
				innermost[b] = lp
			}
		}
	}
	return all, innermost, depth
}

// worth is how many instructions have to be taken for one that is left to its
// closures, for a loop to be worth it: to leave machine code and to come back
// costs as much as that many closures.
const worth = 5

// maxFrame is how large frames may be.
const maxFrame = 1 << 20

// maxInstructions is how many instructions a function may have.
const maxInstructions = 6000

// machineCode prepares a function for machine code, if it is a candidate: where
// loops begin, and where the function does, closures look whether there is some.
func (c *compiler) machineCode() {
	if c.places == nil {
		return
	}
	fn := c.ssa
	count := 0
	for _, b := range fn.Blocks {
		count += len(b.Instrs)
		for _, in := range b.Instrs {
			if call, ok := in.(ssa.CallInstruction); ok {
				if f := call.Common().StaticCallee(); f != nil && f.Name() == "SetPanicOnFault" && f.String() == "runtime/debug.SetPanicOnFault" {
					c.jit.faults.Store(true)
				}
			}
		}
	}
	if count > maxInstructions || c.fn.Shape.Type.Size() > maxFrame {
		return
	}
	all, innermost, depth := findLoops(fn.Blocks)
	always := c.jit.always
	simple := !c.defers && fn.Recover == nil && len(fn.FreeVars) == 0 && c.fn.Shape.Type.Size() <= jit.MaxCallable
	if len(all) == 0 && !simple && !always {
		return
	}
	n := &native{jit: c.jit, fn: c.fn, places: make([]place, 1)}
	l := &lowering{
		c: c, n: n, f: &jit.Func{Name: fn.String(), Size: int32(c.fn.Shape.Type.Size()+15) &^ 15},
		vars: map[uintptr]jit.Var{}, cons: constantsOf(c.fn),
		order: map[*ssa.BasicBlock]int{}, touched: map[*jit.Block][]slotUse{},
	}
	n.ir = l.f
	l.f.Owner = n

	// What can be taken, and which loops are worth it.
	left := map[*ssa.BasicBlock]int{}
	taken := map[*ssa.BasicBlock]int{}
	ends := map[*ssa.BasicBlock]bool{}
	callable := simple
	for _, b := range fn.Blocks {
		trial := &lowering{
			c: c, n: &native{}, f: &jit.Func{}, vars: map[uintptr]jit.Var{}, cons: l.cons,
			order: l.order, touched: map[*jit.Block][]slotUse{}, out: &jit.Block{},
		}
		for _, in := range b.Instrs {
			if trial.takes(in) {
				taken[b]++
			} else if s := c.places.of[in]; s.from < s.to {
				left[b]++
			}
		}
		_, panics := b.Instrs[len(b.Instrs)-1].(*ssa.Panic)
		ends[b] = trial.takesEnd(b)
		callable = callable && (left[b] == 0 || panics) && (panics || ends[b])
		if trial.pointerRegion {
			callable = false
		}
		if lp := innermost[b]; lp != nil {
			lp.taken += taken[b]
			lp.left += left[b]
		}
	}
	included := map[*ssa.BasicBlock]bool{}
	some := false
	for _, lp := range all {
		lp.excluded = !always && lp.taken < worth*lp.left
		some = some || !lp.excluded
	}
	if !some && !callable && !always {
		return
	}
	for _, b := range fn.Blocks {
		lp := innermost[b]
		included[b] = always || lp != nil && !lp.excluded || lp == nil && callable
	}
	l.f.Callable = callable
	l.f.Leaf = len(all) == 0

	// Blocks get numbers, with those of edges behind the block that they leave.
	next := 0
	edges := map[edgeKey]int{}
	for _, b := range fn.Blocks {
		l.order[b] = next
		next++
		if _, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If); ok && included[b] && ends[b] {
			for i := range b.Succs {
				edges[edgeKey{b, i}] = next
				next++
			}
		}
	}
	for _, b := range fn.Blocks {
		l.out = &jit.Block{Depth: depth[b]}
		l.f.Blocks = append(l.f.Blocks, l.out)
		if !included[b] {
			l.exclude(b)
			continue
		}
		for _, in := range b.Instrs {
			l.at = c.places.of[in]
			start := len(l.out.Ins)
			l.emitted = l.emitted[:0]
			if l.takes(in) {
				l.keep(in)
			} else {
				l.out.Ins = l.out.Ins[:start]
				l.closure(in)
			}
		}
		l.end(b, ends[b], edges)
	}
	if len(l.n.calls) > 0 {
		l.f.Leaf = false
	}
	for b, ts := range l.touched {
		for _, t := range ts {
			b.Ins[t.ins].Uses, b.Ins[t.ins].Defs = l.within(t.reads), l.within(t.writes)
		}
	}
	if l.errors != nil {
		return
	}
	for _, lp := range all {
		if included[lp.header] {
			n.stub(c.blocks[lp.header], l.order[lp.header])
		}
	}
	if (callable || always) && included[fn.Blocks[0]] {
		n.stub(c.blocks[fn.Blocks[0]], 0)
	}
	c.fn.Native = n
}
