package compile

import (
	"slices"
	"unsafe"

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
	index   []int32      // of slots, from 1 on, by the word of the frame where they are
	all     []int32      // what slotUses are parts of
	blocks  []dyingBlock // of all of the function, by index
	gone    map[ssa.Instruction]slotSet
	moved   map[ssa.Instruction]slotSet // read for the last time, see movedBy
}

// A dyingBlock is what is known of a block.
type dyingBlock struct {
	uses  []slotUses // by instruction
	phis  []slotUses // by predecessor
	live  slotSet    // at the end of the block
	begin slotSet    // alive at its beginning, without what its phis read
	stale slotSet    // at its beginning: may hold something
	lasts []lastAt
}

// A lastAt is an instruction that may last, and what is alive before and after it.
type lastAt struct {
	nth           int
	before, after slotSet
}

// slotUses is what an instruction does to slots: indexes into dying.slots, in dying.all
// from one place to the next the slots that are read, and then those that are written.
type slotUses struct{ reads, writes, end int32 }

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
		w := usesFinder{c: c}
		for _, in := range r.Instrs {
			w.find(in)
			for _, s := range w.regions(in, w.reads) {
				keep(s)
			}
		}
	}
	add := func(s *frame.Slot) {
		if !holdsPointers(s.Layout.Class) || kept[s.Off] {
			return
		}
		word := int(s.Off / unsafe.Sizeof(uintptr(0)))
		if word >= len(d.index) {
			d.index = append(d.index, make([]int32, word+1-len(d.index))...)
		}
		if d.index[word] == 0 {
			d.slots = append(d.slots, *s)
			d.index[word] = int32(len(d.slots))
		}
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

func holdsPointers(c memory.Class) bool {
	switch c {
	case memory.ClassPtr, memory.ClassStr, memory.ClassSlice, memory.ClassIface, memory.ClassTyped:
		return true
	}
	return false
}

func (d *dying) set() slotSet { return bitset.New[int](len(d.slots)) }

// indexOf is the index of a slot, which may be nil, if it is one of d.slots.
func (d *dying) indexOf(s *frame.Slot) (n int, ok bool) {
	if s == nil || !holdsPointers(s.Layout.Class) {
		return 0, false
	}
	word := int(s.Off / unsafe.Sizeof(uintptr(0)))
	if word >= len(d.index) || d.index[word] == 0 {
		return 0, false
	}
	return int(d.index[word]) - 1, true
}

// use adds the indexes of slots to all.
func (d *dying) use(slots ...*frame.Slot) {
	for _, s := range slots {
		if n, ok := d.indexOf(s); ok {
			d.all = append(d.all, int32(n))
		}
	}
}

// used is how many there are in all by now.
func (d *dying) used() int32 { return int32(len(d.all)) }

// read and written are slots that an instruction reads and writes.
func (d *dying) read(t slotUses) []int32    { return d.all[t.reads:t.writes] }
func (d *dying) written(t slotUses) []int32 { return d.all[t.writes:t.end] }

// findUses looks what every instruction does, but for phis, which happen on edges,
// and for what only names parts of values that are there.
func (d *dying) findUses() {
	blocks := d.c.ssa.Blocks
	d.blocks = make([]dyingBlock, len(blocks))
	w := usesFinder{c: d.c}
	for i, b := range blocks {
		uses := make([]slotUses, len(b.Instrs))
		for j, in := range b.Instrs {
			switch in.(type) {
			case *ssa.Phi, *ssa.Extract, *ssa.DebugRef:
				continue
			}
			w.find(in)
			alloc, ok := in.(*ssa.Alloc)
			inFrame := ok && d.c.addrs[alloc] != nil
			if !inFrame {
				w.reads = w.regions(in, w.reads)
			}
			uses[j].reads = d.used()
			d.use(w.reads...)
			uses[j].writes = d.used()
			d.use(w.writes...)
			if inFrame {
				d.use(d.c.addrs[alloc].region)
			}
			uses[j].end = d.used()
		}
		d.blocks[i].uses = uses
		for nth := range b.Preds {
			d.blocks[i].phis = append(d.blocks[i].phis, d.phisFrom(b, nth))
		}
	}
}

// phisFrom is what the phis of a block write, and what they read if it is entered from
// its nth predecessor.
func (d *dying) phisFrom(b *ssa.BasicBlock, nth int) (t slotUses) {
	phis := func(slot func(*ssa.Phi) *frame.Slot) {
		for _, in := range b.Instrs {
			phi, ok := in.(*ssa.Phi)
			if !ok {
				break
			}
			d.use(slot(phi))
		}
	}
	t.reads = d.used()
	phis(func(phi *ssa.Phi) *frame.Slot { return d.c.slots[phi.Edges[nth]] })
	t.writes = d.used()
	phis(func(phi *ssa.Phi) *frame.Slot { return d.c.slots[phi] })
	t.end = d.used()
	return t
}

// before takes what is alive after something back before it.
func (d *dying) before(t slotUses, live slotSet) {
	for _, i := range d.written(t) {
		live.Del(int(i))
	}
	for _, i := range d.read(t) {
		live.Add(int(i))
	}
}

// findLive works out which slots may be read after each block, and after what lasts.
func (d *dying) findLive() {
	blocks := d.c.ssa.Blocks
	for i := range d.blocks {
		b := &d.blocks[i]
		b.live, b.begin = d.set(), d.set()
	}
	live := d.set()
	for again := true; again; {
		again = false
		for i := len(blocks) - 1; i >= 0; i-- {
			b := &d.blocks[i]
			for j, s := range blocks[i].Succs {
				copy(live, d.blocks[s.Index].begin)
				d.before(d.blocks[s.Index].phis[predIndex(blocks[i], j)], live)
				b.live.Union(live)
			}
			copy(live, b.live)
			for j := len(b.uses) - 1; j >= 0; j-- {
				d.before(b.uses[j], live)
			}
			if b.begin.Union(live) {
				again = true
			}
		}
	}
	for i := range d.blocks {
		b := &d.blocks[i]
		copy(live, b.live)
		for j := len(b.uses) - 1; j >= 0; j-- {
			if d.lasting[blocks[i].Instrs[j]] {
				after := live.Copy()
				d.before(b.uses[j], live)
				b.lasts = append(b.lasts, lastAt{j, live.Copy(), after})
				continue
			}
			d.before(b.uses[j], live)
		}
		slices.Reverse(b.lasts)
	}
}

// findStale works out which slots may hold what nobody reads any more, and where
// they are cleared.
func (d *dying) findStale() {
	blocks := d.c.ssa.Blocks
	for i := range d.blocks {
		d.blocks[i].stale = d.set()
	}
	for _, p := range d.c.ssa.Params {
		if n, ok := d.indexOf(d.c.slots[p]); ok {
			d.blocks[0].stale.Add(n)
		}
	}
	d.gone, d.moved = map[ssa.Instruction]slotSet{}, map[ssa.Instruction]slotSet{}
	held, on := d.set(), d.set()
	for again := true; again; {
		again = false
		for i, b := range blocks {
			copy(held, d.blocks[i].stale)
			d.through(b, held)
			for j, s := range b.Succs {
				copy(on, held)
				for _, n := range d.written(d.blocks[s.Index].phis[predIndex(b, j)]) {
					on.Add(int(n))
				}
				if d.blocks[s.Index].stale.Union(on) {
					again = true
				}
			}
		}
	}
}

// through goes through a block with what may be held at its beginning, of which it
// makes what may be held at its end, and notes what is cleared.
func (d *dying) through(b *ssa.BasicBlock, held slotSet) {
	known := &d.blocks[b.Index]
	lasts := known.lasts
	for i := range known.uses {
		if len(lasts) > 0 && lasts[0].nth == i {
			in, at := b.Instrs[i], lasts[0]
			lasts = lasts[1:]
			d.note(d.gone, in, held, at.before)
			if call, ok := in.(*ssa.Call); ok && d.c.passesOn(call) {
				reads := d.set()
				for _, n := range d.read(known.uses[i]) {
					reads.Add(int(n))
				}
				reads.Minus(at.after)
				held.Minus(reads)
				delete(d.moved, in)
				if !reads.Empty() {
					d.moved[in] = reads
				}
			}
		}
		for _, n := range d.written(known.uses[i]) {
			held.Add(int(n))
		}
	}
}

// note has it that what is held and not alive is cleared before an instruction.
func (d *dying) note(gone map[ssa.Instruction]slotSet, in ssa.Instruction, held, live slotSet) {
	dead := gone[in]
	if dead == nil {
		dead = d.set()
	}
	copy(dead, held)
	dead.Minus(live)
	held.Minus(dead)
	if dead.Empty() {
		delete(gone, in)
		return
	}
	gone[in] = dead
}
