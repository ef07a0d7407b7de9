package compile

import (
	"go/ast"
	"go/token"
	"math/bits"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/run/memory"
)

// A frame must not keep for the garbage collector what its function has done with,
// as compiled code does not. Slots are cleared when the call is over, which comes
// too late where the function goes on for long. So what may hold pointers and is not
// read any more is cleared before what may last: before a wait, before a loop, and,
// outside of loops, before a call. Within a loop a slot is soon written again.
//
// Values in machine registers and variables that live in the frame itself (addr's
// region) are not looked at, nor the arguments of a call that is in progress.

// largestLetGo is how many blocks a function may have for this to be worked out.
const largestLetGo = 2000

// A dying is which slots may be cleared where.
type dying struct {
	c       *compiler
	loops   map[*ssa.BasicBlock]bool
	lasting map[ssa.Instruction]bool
	slots   []frame.Slot
	index   map[uintptr]int // of slots, by offset
	uses    map[ssa.Instruction]*slotSets
	live    map[*ssa.BasicBlock]slotSet // at the end of the block
	stale   map[*ssa.BasicBlock]slotSet // at its beginning: may hold something
	gone    map[ssa.Instruction]slotSet
}

// slotSets is what an instruction does to slots.
type slotSets struct{ reads, writes slotSet }

// A slotSet is a set of indexes into dying.slots.
type slotSet []uint64

func (s slotSet) has(i int) bool { return s[i/64]>>(i%64)&1 != 0 }
func (s slotSet) add(i int)      { s[i/64] |= 1 << (i % 64) }
func (s slotSet) copy() slotSet  { return append(slotSet(nil), s...) }

func (s slotSet) union(t slotSet) (grown bool) {
	for i, w := range t {
		grown = grown || w&^s[i] != 0
		s[i] |= w
	}
	return grown
}

func (s slotSet) minus(t slotSet) {
	for i, w := range t {
		s[i] &^= w
	}
}

func (s slotSet) empty() bool {
	for _, w := range s {
		if w != 0 {
			return false
		}
	}
	return true
}

// lettingGo works out what is cleared before which instruction.
func (c *compiler) lettingGo() *dying {
	blocks := c.ssa.Blocks
	if c.fn.Wrapper || len(blocks) > largestLetGo {
		return nil
	}
	d := &dying{c: c, loops: loopsOf(blocks)}
	d.findLasting()
	if len(d.lasting) == 0 {
		return nil
	}
	d.candidates()
	if len(d.slots) == 0 {
		return nil
	}
	d.findUses()
	d.findLive()
	d.findStale()
	return d
}

// loopsOf lists the blocks that are in loops.
func loopsOf(blocks []*ssa.BasicBlock) map[*ssa.BasicBlock]bool {
	in := map[*ssa.BasicBlock]bool{}
	for _, b := range blocks {
		for _, head := range b.Succs {
			if !isBackEdge(b, head) {
				continue
			}
			of := map[*ssa.BasicBlock]bool{head: true}
			work := []*ssa.BasicBlock{b}
			for len(work) > 0 {
				x := work[len(work)-1]
				work = work[:len(work)-1]
				if !of[x] {
					of[x] = true
					work = append(work, x.Preds...)
				}
			}
			for x := range of {
				in[x] = true
			}
		}
	}
	return in
}

// findLasting lists the instructions that may last.
func (d *dying) findLasting() {
	d.lasting = map[ssa.Instruction]bool{}
	for _, b := range d.c.ssa.Blocks {
		for _, in := range b.Instrs {
			if d.mayLast(in) {
				d.lasting[in] = true
			}
		}
	}
}

func (d *dying) mayLast(in ssa.Instruction) bool {
	loops := d.loops[in.Block()]
	switch in := in.(type) {
	case *ssa.Send:
		return true
	case *ssa.Select:
		return in.Blocking
	case *ssa.UnOp:
		return in.Op == token.ARROW
	case *ssa.Jump:
		return !loops && d.loops[in.Block().Succs[0]]
	case *ssa.Call:
		if _, ok := in.Call.Value.(*ssa.Builtin); ok {
			return false
		}
		fn := in.Call.StaticCallee()
		if fn == nil {
			return !loops
		}
		if d.c.links.BodyOf(fn) == nil {
			return !loops || d.c.links.Intrinsic(fn) != nil
		}
		return !loops && fn != d.c.ssa && hasLoops(fn.Syntax())
	}
	return false
}

// hasLoops reports whether a function has loops or waits of its own. One that only
// calls others is taken to be short: where it is not, those let go.
func hasLoops(syntax ast.Node) (found bool) {
	if syntax == nil {
		return true
	}
	ast.Inspect(syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ForStmt, *ast.RangeStmt, *ast.SelectStmt, *ast.SendStmt:
			found = true
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW
		}
		return !found
	})
	return found
}

// candidates lists the slots that hold pointers and belong to one call.
func (d *dying) candidates() {
	c := d.c
	kept := map[uintptr]bool{}
	for v, s := range c.slots {
		switch v.(type) {
		case *ssa.Const, *ssa.Global, *ssa.Function, *ssa.FreeVar:
			kept[s.Off] = true
		case *ssa.Alloc: // deferred calls may have it read once more
			kept[s.Off] = kept[s.Off] || c.defers || c.ssa.Recover != nil
		}
	}
	if r := c.ssa.Recover; r != nil { // it may follow anything
		for _, in := range r.Instrs {
			for _, s := range c.slotUseOf(in).reads {
				kept[s.Off] = true
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
}

func holdsPointers(c memory.Class) bool {
	switch c {
	case memory.ClassPtr, memory.ClassStr, memory.ClassSlice, memory.ClassIface, memory.ClassTyped:
		return true
	}
	return false
}

func (d *dying) set() slotSet { return make(slotSet, (len(d.slots)+63)/64) }

func (d *dying) setOf(slots []frame.Slot) slotSet {
	s := d.set()
	for i := range slots {
		if n, ok := d.index[slots[i].Off]; ok && holdsPointers(slots[i].Layout.Class) {
			s.add(n)
		}
	}
	return s
}

// findUses looks what every instruction does, but for phis, which happen on edges,
// and for what only names parts of values that are there.
func (d *dying) findUses() {
	d.uses = map[ssa.Instruction]*slotSets{}
	for _, b := range d.c.ssa.Blocks {
		for _, in := range b.Instrs {
			switch in.(type) {
			case *ssa.Phi, *ssa.Extract, *ssa.DebugRef:
				continue
			}
			t := d.c.slotUseOf(in)
			d.uses[in] = &slotSets{d.setOf(t.reads), d.setOf(t.writes)}
		}
	}
}

// phis is what the phis of a block write, and what they read if it is entered from
// its nth predecessor.
func (d *dying) phis(b *ssa.BasicBlock, nth int) (t slotSets) {
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
		live.minus(t.writes)
		live.union(t.reads)
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
				t := d.phis(s, predIndex(b, j))
				on := begins[s].copy()
				on.minus(t.writes)
				on.union(t.reads)
				live.union(on)
			}
			live = live.copy()
			for j := len(b.Instrs) - 1; j >= 0; j-- {
				d.before(live, b.Instrs[j])
			}
			if begins[b].union(live) {
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
		d.stale[blocks[0]].union(d.setOf([]frame.Slot{d.c.slot(p)}))
	}
	for again := true; again; {
		again = false
		d.gone = map[ssa.Instruction]slotSet{}
		for _, b := range blocks {
			held := d.through(b)
			for j, s := range b.Succs {
				held := held.copy()
				held.union(d.phis(s, predIndex(b, j)).writes)
				if d.stale[s].union(held) {
					again = true
				}
			}
		}
	}
}

// through goes through a block, notes what is cleared, and returns what may be held
// at its end.
func (d *dying) through(b *ssa.BasicBlock) slotSet {
	live := make([]slotSet, len(b.Instrs)) // before each
	at := d.live[b].copy()
	for i := len(b.Instrs) - 1; i >= 0; i-- {
		d.before(at, b.Instrs[i])
		live[i] = at.copy()
	}
	held := d.stale[b].copy()
	for i, in := range b.Instrs {
		if d.lasting[in] {
			dead := held.copy()
			dead.minus(live[i])
			if !dead.empty() {
				d.gone[in] = dead
				held.minus(dead)
			}
		}
		if t := d.uses[in]; t != nil {
			held.union(t.writes)
		}
	}
	return held
}

// letGo clears what is done with before an instruction that may last.
func (c *compiler) letGo(d *dying, in ssa.Instruction) {
	if d == nil {
		return
	}
	var ptrs []uintptr
	for i, w := range d.gone[in] {
		for ; w != 0; w &= w - 1 {
			s := d.slots[i*64+bits.TrailingZeros64(w)]
			switch o := byClass[s.Layout.Class]; {
			case s.Layout.Class == memory.ClassPtr:
				ptrs = append(ptrs, s.Off)
			case s.Layout.Class == memory.ClassTyped || o == nil:
				c.emit(func(fr *frame.Frame) { s.Layout.Clear(unsafe.Add(fr.Mem, s.Off)) })
			default:
				c.emit(o.clear(s.Off))
			}
		}
	}
	switch len(ptrs) {
	case 0:
	case 1:
		c.emit(byClass[memory.ClassPtr].clear(ptrs[0]))
	default:
		c.emit(func(fr *frame.Frame) {
			for _, off := range ptrs {
				*memory.At[unsafe.Pointer](fr.Mem, off) = nil
			}
		})
	}
}
