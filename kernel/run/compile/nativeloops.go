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

// loops are those of a function.
type loops struct {
	all       []*loop
	innermost map[*ssa.BasicBlock]*loop
	depth     map[*ssa.BasicBlock]int // in so many of them
}

// findLoops finds the loops of the function.
func (c *compiler) findLoops() *loops {
	if c.loops == nil {
		c.loops = loopsOf(c.ssa.Blocks)
	}
	return c.loops
}

func loopsOf(blocks []*ssa.BasicBlock) *loops {
	var all []*loop
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
	innermost, depth := map[*ssa.BasicBlock]*loop{}, map[*ssa.BasicBlock]int{}
	for _, lp := range all {
		for b := range lp.blocks {
			depth[b]++
			if in := innermost[b]; in == nil || len(lp.blocks) < len(in.blocks) {
				innermost[b] = lp
			}
		}
	}
	return &loops{all, innermost, depth}
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
	p := &nativePlan{
		c: c, order: map[*ssa.BasicBlock]int{}, edges: map[edgeKey]int{},
		ends: map[*ssa.BasicBlock]bool{}, included: map[*ssa.BasicBlock]bool{}, hot: hot,
	}
	found := c.findLoops()
	all := found.all
	p.depth, p.leaf, p.loops, p.innermost = found.depth, len(all) == 0, all, found.innermost
	always := c.jit.always
	if always {
		p.hot = 1
		if len(c.dynamics) > 0 {
			p.hot = hotValue
		}
	}
	callable := !c.defers && fn.Recover == nil && c.fn.Shape.Type.Size() <= jit.MaxCallable
	if len(all) == 0 && !callable && !always {
		return
	}
	c.findAppends()
	if callable = callable && !c.leaves(); len(all) == 0 && !callable && !always {
		return
	}
	for _, b := range fn.Blocks {
		if lp := found.innermost[b]; lp != nil {
			for _, in := range b.Instrs {
				lp.count(c.mayTake(in) || c.varargs[in], c.hasClosures(in))
			}
		}
	}
	if !p.exclude() && !callable {
		return
	}
	n := &native{jit: c.jit, fn: c.fn, plan: p, callable: callable}
	for _, lp := range all {
		if !lp.excluded {
			n.stub(c.blocks[lp.header], lp.header.Index)
		}
	}
	if callable || always {
		n.stub(c.blocks[fn.Blocks[0]], 0)
	}
	c.fn.Native = n
}

// count counts an instruction of a loop.
func (lp *loop) count(taken, closures bool) {
	switch {
	case !closures:
	case taken:
		lp.taken++
	default:
		lp.left++
	}
}

// exclude excludes the loops that are not worth it, and reports whether anything is left.
func (p *nativePlan) exclude() (some bool) {
	always := p.c.jit.always
	for _, lp := range p.loops {
		lp.excluded = !always && lp.taken < worth*lp.left
		some = some || !lp.excluded
	}
	return some || always
}

// settle works out which blocks machine code takes, and reports whether it takes any.
// That is tried with each instruction, which most functions are not called often enough
// for: what is known before is no more than what it may take.
func (n *native) settle() bool {
	p := n.plan
	if p.settled {
		return p.c != nil
	}
	p.settled = true
	c, fn, always := p.c, p.c.ssa, p.c.jit.always
	for _, lp := range p.loops {
		lp.taken, lp.left = 0, 0
	}
	cons := constantsOf(c.fn)
	for _, b := range fn.Blocks {
		lp := p.innermost[b]
		if lp == nil && !n.callable && !always {
			continue // closures do it anyway
		}
		trial := c.lowering(&lowered{}, cons, p.order)
		trial.out = &jit.Block{}
		left := false
		for _, in := range b.Instrs {
			trial.at = c.places.of[in]
			taken := trial.takes(in)
			left = left || !taken && c.hasClosures(in)
			if lp != nil {
				lp.count(taken, c.hasClosures(in))
			}
		}
		panics := endsInPanic(b)
		p.ends[b] = trial.takesEnd(b)
		n.callable = n.callable && (!left || panics) && (panics || p.ends[b]) && !trial.pointerRegion
	}
	if !p.exclude() && !n.callable {
		p.c, p.depth, p.order, p.edges, p.included, p.ends, p.loops, p.innermost = nil, nil, nil, nil, nil, nil, nil, nil
		return false
	}
	for _, b := range fn.Blocks {
		lp := p.innermost[b]
		p.included[b] = always || lp != nil && !lp.excluded || lp == nil && n.callable
	}
	// Blocks get numbers, with those of edges behind the block that they leave.
	next := 0
	for _, b := range fn.Blocks {
		p.order[b] = next
		next++
		if _, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If); ok && p.included[b] && p.ends[b] {
			for i := range b.Succs {
				p.edges[edgeKey{b, i}] = next
				next++
			}
		}
	}
	return true
}

// leaves reports whether a function has an instruction that is for closures whatever its
// operands are. Most have, so that no more need be tried of them than their loops.
func (c *compiler) leaves() bool {
	for _, b := range c.ssa.Blocks {
		if endsInPanic(b) {
			continue
		}
		for _, in := range b.Instrs {
			if !c.mayTake(in) && !c.varargs[in] && c.hasClosures(in) {
				return true
			}
		}
	}
	return false
}

func endsInPanic(b *ssa.BasicBlock) bool {
	_, panics := b.Instrs[len(b.Instrs)-1].(*ssa.Panic)
	return panics
}

// hasClosures reports whether closures do something for an instruction.
func (c *compiler) hasClosures(in ssa.Instruction) bool {
	s := c.places.of[in]
	return s.from < s.to
}

// A nativePlan is how a function is lowered, which is done when it is hot: what it
// calls is known by then.
type nativePlan struct {
	c        *compiler
	hot      int32
	settled  bool
	leaf     bool // there are no loops
	depth    map[*ssa.BasicBlock]int
	order    map[*ssa.BasicBlock]int // where a block is among those made for the function
	edges    map[edgeKey]int         // and those of edges
	included map[*ssa.BasicBlock]bool
	ends     map[*ssa.BasicBlock]bool // that are taken

	loops     []*loop
	innermost map[*ssa.BasicBlock]*loop
}

// unworthy lists the headers of loops that are not worth it after all, by their
// indexes: what they call is for closures.
func (p *nativePlan) unworthy() map[int]bool {
	if p.c.jit.always {
		return nil
	}
	calls := map[*loop]int{}
	for b, lp := range p.innermost {
		for _, in := range b.Instrs {
			call, ok := in.(*ssa.Call)
			if !ok || call.Call.StaticCallee() == nil {
				continue
			}
			if callee := p.c.links.Interpreted(call.Call.StaticCallee()); callee != nil {
				if err := callee.Ready(); err != nil || nativeOf(callee) == nil || !nativeOf(callee).callable {
					calls[lp]++
				}
			}
		}
	}
	all := map[int]bool{}
	for lp, n := range calls {
		if lp.taken-n < worth*(lp.left+n) {
			all[lp.header.Index] = true
		}
	}
	return all
}

func (c *compiler) lowering(low *lowered, cons map[uintptr]uint64, order map[*ssa.BasicBlock]int) *lowering {
	return &lowering{
		c: c, low: low, f: &jit.Func{Name: c.ssa.String(), Size: machineSize(c.fn)},
		vars: map[uintptr]jit.Var{}, cons: cons, order: order, touched: map[*jit.Block][]slotUse{},
		scalars: map[*ssa.Alloc]bool{},
	}
}

// lower lowers the function, or returns nil if it cannot be.
func (p *nativePlan) lower(n *native) *lowered {
	c, fn := p.c, p.c.ssa
	low := &lowered{n: n, places: make([]place, 1)}
	l := c.lowering(low, constantsOf(c.fn), p.order)
	low.ir = l.f
	l.f.Owner = low
	for _, b := range fn.Blocks {
		l.out = &jit.Block{Depth: p.depth[b]}
		l.asides.parent = l.out
		l.f.Blocks = append(l.f.Blocks, l.out)
		if !p.included[b] {
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
		l.end(b, p.ends[b], p.edges)
	}
	l.f.Leaf = p.leaf && len(low.calls) == 0
	l.declare()
	for b, ts := range l.touched {
		for _, t := range ts {
			if t.kept {
				b.Ins[t.ins].Kept = l.within(t.reads)
			} else {
				b.Ins[t.ins].Uses, b.Ins[t.ins].Defs = l.within(t.reads), l.within(t.writes)
			}
		}
	}
	if l.errors != nil {
		return nil
	}
	at := l.arrange()
	for _, b := range fn.Blocks {
		low.blocks = append(low.blocks, at[p.order[b]])
	}
	low.dropNilChecks()
	low.short = low.inlinable()
	for _, s := range n.stubs {
		if p.included[fn.Blocks[s.number]] {
			l.f.Blocks[low.blocks[s.number]].Entry = true
		}
	}
	return low
}
