package compile

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/run/frame"
)

// A sharing is a set of values that live in one slot: a phi and what flows
// into it. No two of them are alive at the same time with different values.
type sharing struct {
	c       *compiler
	members map[*frame.Slot][]ssa.Value
}

// coalescePhis lets the values that flow into a phi live in its slot, where
// they do not get in each other's way, so that nothing has to be copied on the
// edges.
func (c *compiler) coalescePhis(blocks []*ssa.BasicBlock) {
	s := &sharing{c, map[*frame.Slot][]ssa.Value{}}
	for _, b := range blocks {
		for _, in := range b.Instrs {
			phi, ok := in.(*ssa.Phi)
			if !ok {
				break
			}
			at := c.slots[phi]
			if at == nil {
				c.curPos = phi.Pos()
				at = c.newSlot(phi.Type())
				c.slots[phi] = at
				s.members[at] = []ssa.Value{phi}
			}
			for _, e := range phi.Edges {
				if s.mayJoin(at, e) {
					c.slots[e] = at
					s.members[at] = append(s.members[at], e)
				}
			}
		}
	}
}

// mayJoin reports whether v can live in the slot.
func (s *sharing) mayJoin(at *frame.Slot, v ssa.Value) bool {
	c := s.c
	if c.slots[v] != nil || c.addrs[v] != nil || c.fused[v] {
		return false
	}
	switch v := v.(type) {
	case *ssa.BinOp, *ssa.UnOp, *ssa.Convert, *ssa.Slice, *ssa.Phi:
		if u, ok := v.(*ssa.UnOp); ok && u.CommaOk {
			return false
		}
	case *ssa.Call:
		if b, ok := v.Call.Value.(*ssa.Builtin); !ok || b.Name() != "append" {
			return false
		}
	default:
		return false
	}
	for _, m := range s.members[at] {
		if s.alive(m, v.(ssa.Instruction)) || s.alive(v, m.(ssa.Instruction)) {
			return false
		}
	}
	return true
}

// longestWalk bounds the search for uses in very large functions.
const longestWalk = 200

// alive reports whether x may still be read after def, before it is computed
// again.
func (s *sharing) alive(x ssa.Value, def ssa.Instruction) bool {
	home := x.(ssa.Instruction)
	seen := map[*ssa.BasicBlock]bool{}
	work := []*ssa.BasicBlock{}
	// scan looks at the instructions of a block and then at its edges.
	scan := func(b *ssa.BasicBlock, instrs []ssa.Instruction) bool {
		for _, in := range instrs {
			if _, ok := in.(*ssa.Phi); !ok && s.c.uses(in, x) {
				return true
			}
			if in == home {
				return false
			}
		}
		for _, succ := range b.Succs {
			for _, in := range succ.Instrs {
				phi, ok := in.(*ssa.Phi)
				if !ok {
					break
				}
				for k, e := range phi.Edges {
					if e == x && succ.Preds[k] == b {
						return true
					}
				}
			}
			if !seen[succ] {
				seen[succ] = true
				work = append(work, succ)
			}
		}
		return false
	}
	b := def.Block()
	start := slices.Index(b.Instrs, def) + 1
	if scan(b, b.Instrs[start:]) {
		return true
	}
	for n := 0; len(work) > 0; n++ {
		if n == longestWalk {
			return true
		}
		next := work[len(work)-1]
		work = work[:len(work)-1]
		if scan(next, next.Instrs) {
			return true
		}
	}
	return false
}

// uses reports whether an instruction reads v, also by way of an address or a
// comparison that is computed where it is used.
func (c *compiler) uses(in ssa.Instruction, v ssa.Value) bool {
	var ops [16]*ssa.Value
	for _, op := range in.Operands(ops[:0]) {
		if *op == v {
			return true
		}
		if *op == nil {
			continue
		}
		if a := c.addrs[*op]; a != nil && (a.base == v || a.slice == v || a.index == v) {
			return true
		}
		if c.fused[*op] && c.uses((*op).(ssa.Instruction), v) {
			return true
		}
	}
	return false
}
