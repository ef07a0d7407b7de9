package compile

import (
	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/bitset"
	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/run/memory"
)

// A dying is which slots may be cleared where.
type dying struct {
	c       *compiler
	depth   map[*ssa.BasicBlock]int // in so many loops
	lasting map[ssa.Instruction]bool
	slots   []frame.Slot
	index   map[uintptr]int // of slots, by offset
	uses    map[ssa.Instruction]*slotSets
	phis    map[*ssa.BasicBlock][]slotSets // by predecessor
	live    map[*ssa.BasicBlock]slotSet    // at the end of the block
	stale   map[*ssa.BasicBlock]slotSet    // at its beginning: may hold something
	gone    map[ssa.Instruction]slotSet
	moved   map[ssa.Instruction]slotSet // read for the last time, see movedBy
}

// slotSets is what an instruction does to slots.
type slotSets struct{ reads, writes slotSet }

// A slotSet is a set of indexes into dying.slots.
type slotSet = bitset.Set[int]

// candidates lists the slots that hold pointers and belong to one call.
func (d *dying) candidates() {
	c := d.c
	kept := map[uintptr]bool{}
	keep := func(s *frame.Slot) {
		if holdsPointers(s.Layout.Class) { // others may have no place of their own
			kept[s.Off] = true
		}
	}
	lateReads := c.defers || c.ssa.Recover != nil // by deferred calls
	for v, s := range c.slots {
		switch v := v.(type) {
		case *ssa.Const, *ssa.Global, *ssa.Function, *ssa.FreeVar:
			keep(s)
		case *ssa.Alloc:
			if lateReads {
				keep(s)
			}
		case *ssa.IndexAddr: // a pointer into the frame, which may go on to others
			if a := c.addrs[v.X]; a != nil && a.region != nil {
				keep(a.region)
			}
		}
	}
	if r := c.ssa.Recover; r != nil { // it may follow anything
		for _, in := range r.Instrs {
			for _, s := range append(c.slotUseOf(in).reads, c.regionsOf(in)...) {
				keep(&s)
			}
		}
	}
	d.index = map[uintptr]int{}
	add := func(s *frame.Slot) {
		if _, ok := d.index[s.Off]; ok || kept[s.Off] || !holdsPointers(s.Layout.Class) {
			return
		}
		d.index[s.Off] = len(d.slots)
		d.slots = append(d.slots, *s)
	}
	for _, s := range c.slots {
		add(s)
	}
	for _, parts := range c.tuples {
		for _, s := range parts {
			add(s)
		}
	}
	for _, a := range c.addrs {
		if a.region != nil && !lateReads {
			add(a.region)
		}
	}
}

// regionsOf lists the variables in the frame that an instruction may read or write.
func (c *compiler) regionsOf(in ssa.Instruction) (slots []frame.Slot) {
	var ops [16]*ssa.Value
	for _, op := range in.Operands(ops[:0]) {
		if *op == nil {
			continue
		}
		if a := c.addrs[*op]; a != nil && a.region != nil {
			slots = append(slots, *a.region)
		}
		if c.fused[*op] {
			slots = append(slots, c.regionsOf((*op).(ssa.Instruction))...)
		}
	}
	return slots
}

func holdsPointers(c memory.Class) bool {
	switch c {
	case memory.ClassPtr, memory.ClassStr, memory.ClassSlice, memory.ClassIface, memory.ClassTyped:
		return true
	}
	return false
}

func (d *dying) set() slotSet { return bitset.New[int](len(d.slots)) }

func (d *dying) setOf(slots []frame.Slot) slotSet {
	s := d.set()
	for i := range slots {
		if n, ok := d.index[slots[i].Off]; ok && holdsPointers(slots[i].Layout.Class) {
			s.Add(n)
		}
	}
	return s
}

// findUses looks what every instruction does, but for phis, which happen on edges,
// and for what only names parts of values that are there.
func (d *dying) findUses() {
	d.uses, d.phis = map[ssa.Instruction]*slotSets{}, map[*ssa.BasicBlock][]slotSets{}
	for _, b := range d.c.ssa.Blocks {
		for _, in := range b.Instrs {
			switch in.(type) {
			case *ssa.Phi, *ssa.Extract, *ssa.DebugRef:
				continue
			}
			t := d.c.slotUseOf(in)
			if alloc, ok := in.(*ssa.Alloc); ok && d.c.addrs[alloc] != nil {
				t.writes = append(t.writes, *d.c.addrs[alloc].region)
			} else {
				t.reads = append(t.reads, d.c.regionsOf(in)...)
			}
			d.uses[in] = &slotSets{d.setOf(t.reads), d.setOf(t.writes)}
		}
		for nth := range b.Preds {
			d.phis[b] = append(d.phis[b], d.phisFrom(b, nth))
		}
	}
}

// phisFrom is what the phis of a block write, and what they read if it is entered from
// its nth predecessor.
func (d *dying) phisFrom(b *ssa.BasicBlock, nth int) (t slotSets) {
	var reads, writes []frame.Slot
	for _, in := range b.Instrs {
		phi, ok := in.(*ssa.Phi)
		if !ok {
			break
		}
		if s := d.c.slots[phi]; s != nil {
			writes = append(writes, *s)
		}
		if s := d.c.slots[phi.Edges[nth]]; s != nil {
			reads = append(reads, *s)
		}
	}
	return slotSets{d.setOf(reads), d.setOf(writes)}
}

// before takes what is alive after an instruction back before it.
func (d *dying) before(live slotSet, in ssa.Instruction) {
	if t := d.uses[in]; t != nil {
		live.Minus(t.writes)
		live.Union(t.reads)
	}
}

// findLive works out which slots may be read after each block.
func (d *dying) findLive() {
	blocks := d.c.ssa.Blocks
	d.live = map[*ssa.BasicBlock]slotSet{}
	begins := map[*ssa.BasicBlock]slotSet{}
	for _, b := range blocks {
		d.live[b], begins[b] = d.set(), d.set()
	}
	for again := true; again; {
		again = false
		for i := len(blocks) - 1; i >= 0; i-- {
			b := blocks[i]
			live := d.live[b]
			for j, s := range b.Succs {
				t := d.phis[s][predIndex(b, j)]
				on := begins[s].Copy()
				on.Minus(t.writes)
				on.Union(t.reads)
				live.Union(on)
			}
			live = live.Copy()
			for j := len(b.Instrs) - 1; j >= 0; j-- {
				d.before(live, b.Instrs[j])
			}
			if begins[b].Union(live) {
				again = true
			}
		}
	}
}

// findStale works out which slots may hold what nobody reads any more, and where
// they are cleared.
func (d *dying) findStale() {
	blocks := d.c.ssa.Blocks
	d.stale = map[*ssa.BasicBlock]slotSet{}
	for _, b := range blocks {
		d.stale[b] = d.set()
	}
	for _, p := range d.c.ssa.Params {
		d.stale[blocks[0]].Union(d.setOf([]frame.Slot{d.c.slot(p)}))
	}
	for again := true; again; {
		again = false
		d.gone, d.moved = map[ssa.Instruction]slotSet{}, map[ssa.Instruction]slotSet{}
		for _, b := range blocks {
			held := d.through(b)
			for j, s := range b.Succs {
				held := held.Copy()
				held.Union(d.phis[s][predIndex(b, j)].writes)
				if d.stale[s].Union(held) {
					again = true
				}
			}
		}
	}
}

// through goes through a block, notes what is cleared, and returns what may be held
// at its end.
func (d *dying) through(b *ssa.BasicBlock) slotSet {
	live := make([]slotSet, len(b.Instrs)+1) // before each, and after all
	live[len(b.Instrs)] = d.live[b].Copy()
	for i := len(b.Instrs) - 1; i >= 0; i-- {
		live[i] = live[i+1].Copy()
		d.before(live[i], b.Instrs[i])
	}
	held := d.stale[b].Copy()
	for i, in := range b.Instrs {
		if d.lasting[in] {
			dead := held.Copy()
			dead.Minus(live[i])
			if !dead.Empty() {
				d.gone[in] = dead
				held.Minus(dead)
			}
			if call, ok := in.(*ssa.Call); ok && d.c.passesOn(call) {
				moved := d.uses[in].reads.Copy()
				moved.Minus(live[i+1])
				if !moved.Empty() {
					d.moved[in] = moved
					held.Minus(moved)
				}
			}
		}
		if t := d.uses[in]; t != nil {
			held.Union(t.writes)
		}
	}
	return held
}
