package compile

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/lower/operand"
	"github.com/gosched/gosched/kernel/run/frame"
)

// A sharing is a set of values that live in one slot: a phi and what flows
// into it. No two of them are alive at the same time with different values.
type sharing struct {
	c       *compiler
	members map[*frame.Slot][]ssa.Value
	reads   map[ssa.Value]*reads

	seen  []int // the walk that has been to a block, by its index
	walks int
}

// coalescePhis lets the values that flow into a phi live in its slot, where
// they do not get in each other's way, so that nothing has to be copied on the
// edges.
func (c *compiler) coalescePhis(blocks []*ssa.BasicBlock) {
	s := &sharing{c: c, members: map[*frame.Slot][]ssa.Value{}, reads: c.readsOf(blocks), seen: make([]int, len(blocks))}
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
	read := s.reads[x]
	s.walks++
	work := []*ssa.BasicBlock{}
	// scan looks at the instructions of a block, from one on, and then at its edges.
	scan := func(b *ssa.BasicBlock, from int) bool {
		next, isRead := read.next(b, from)
		if b == home.Block() {
			if at := slices.Index(b.Instrs, home); at >= from {
				return isRead && next <= at
			}
		}
		if isRead || read.onEdge(b) {
			return true
		}
		for _, succ := range b.Succs {
			if s.seen[succ.Index] != s.walks {
				s.seen[succ.Index] = s.walks
				work = append(work, succ)
			}
		}
		return false
	}
	b := def.Block()
	if scan(b, slices.Index(b.Instrs, def)+1) {
		return true
	}
	for n := 0; len(work) > 0; n++ {
		if n == longestWalk {
			return true
		}
		next := work[len(work)-1]
		work = work[:len(work)-1]
		if scan(next, 0) {
			return true
		}
	}
	return false
}

// A reads is the places that read a value, in the order of the function's code.
type reads struct {
	at    []readAt
	edges []*ssa.BasicBlock // at whose end it flows into a phi
}

// A readAt is the nth instruction of a block.
type readAt struct {
	block *ssa.BasicBlock
	nth   int
}

// next is the first place in a block, from one on, that reads the value.
func (r *reads) next(b *ssa.BasicBlock, from int) (nth int, ok bool) {
	for _, p := range r.at {
		if p.block == b && p.nth >= from {
			return p.nth, true
		}
	}
	return 0, false
}

func (r *reads) onEdge(b *ssa.BasicBlock) bool { return slices.Contains(r.edges, b) }

// readsOf finds what reads phis and what flows into them.
func (c *compiler) readsOf(blocks []*ssa.BasicBlock) map[ssa.Value]*reads {
	all := map[ssa.Value]*reads{}
	of := func(v ssa.Value) *reads {
		r := all[v]
		if r == nil {
			r = &reads{}
			all[v] = r
		}
		return r
	}
	for _, b := range blocks {
		for _, in := range b.Instrs {
			phi, ok := in.(*ssa.Phi)
			if !ok {
				break
			}
			of(phi)
			for k, e := range phi.Edges {
				r := of(e)
				r.edges = append(r.edges, b.Preds[k])
			}
		}
	}
	if len(all) == 0 {
		return nil
	}
	var ops operand.Stack
	for _, b := range blocks {
		for nth, in := range b.Instrs {
			if _, ok := in.(*ssa.Phi); ok {
				continue
			}
			c.eachRead(in, &ops, func(v ssa.Value) {
				if r := all[v]; r != nil {
					r.at = append(r.at, readAt{b, nth})
				}
			})
		}
	}
	return all
}

// eachRead calls what with each value that an instruction reads, also by way of an
// address or a comparison that is computed where it is used.
func (c *compiler) eachRead(in ssa.Instruction, stack *operand.Stack, what func(ssa.Value)) {
	ops := stack.Push(in)
	defer stack.Pop(ops)
	for _, op := range ops {
		if *op == nil {
			continue
		}
		what(*op)
		if a := c.addrs[*op]; a != nil {
			for _, v := range [...]ssa.Value{a.base, a.slice, a.index} {
				if v != nil {
					what(v)
				}
			}
		}
		if c.fused[*op] {
			c.eachRead((*op).(ssa.Instruction), stack, what)
		}
	}
}
