package compile

import (
	"go/token"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/lower/rangefunc"
	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/run/memory"
	"github.com/gosched/gosched/kernel/runtimeerror"
)

// terminate generates the end of a block.
func (c *compiler) terminate(b *ssa.BasicBlock) {
	if len(b.Instrs) == 0 {
		c.cur.Next = func(*frame.Frame) *frame.Block { return nil }
		return
	}
	last := b.Instrs[len(b.Instrs)-1]
	if p := last.Pos(); p.IsValid() {
		c.curPos = p
	}
	switch in := last.(type) {
	case *ssa.Jump:
		s := b.Succs[0]
		c.phiCopies(b, s)
		c.cur.Next = jump(c.blocks[s], isBackEdge(b, s))
	case *ssa.If:
		c.cur.Decides = true
		c.cur.Next = c.branch(in, c.edge(b, 0), c.edge(b, 1), isBackEdge(b, b.Succs[0]) || isBackEdge(b, b.Succs[1]))
	case *ssa.Return:
		c.ret(in)
	case *ssa.Panic:
		if c.rangeFuncPanic(in) {
			return
		}
		x := c.off(in.X)
		c.cur.Next = func(fr *frame.Frame) *frame.Block {
			v := *memory.At[any](fr.Mem, x)
			panic(v)
		}
	default:
		c.refuse(last.Pos(), "%T ends a block", last)
	}
}

// isBackEdge reports whether the jump from a to b may close a loop: such
// jumps look whether the goroutine is to stop.
func isBackEdge(a, b *ssa.BasicBlock) bool { return b.Dominates(a) || b.Index <= a.Index }

func jump(to *frame.Block, back bool) func(*frame.Frame) *frame.Block {
	if back {
		return func(fr *frame.Frame) *frame.Block {
			if fr.Thread.Due() {
				fr.Thread.Attend()
			}
			if to.Decides && len(to.Code) == 0 {
				return to.Next(fr)
			}
			return to
		}
	}
	return func(fr *frame.Frame) *frame.Block {
		if to.Decides && len(to.Code) == 0 {
			return to.Next(fr)
		}
		return to
	}
}

// edge returns the block that the i'th edge out of b leads to, by way of a
// block of its own if there are phis to set.
func (c *compiler) edge(b *ssa.BasicBlock, i int) *frame.Block {
	s := b.Succs[i]
	pred := predIndex(b, i)
	moves := c.phiMoves(s, pred)
	if len(moves) == 0 {
		return c.blocks[s]
	}
	saved := c.cur
	c.cur = &frame.Block{}
	c.parallelCopy(moves)
	out := c.cur
	c.places.edge(b, i, out)
	out.Pos = append(out.Pos, c.curPos)
	out.Next = jump(c.blocks[s], false)
	c.cur = saved
	return out
}

// predIndex finds which predecessor of its target the i'th edge out of b is;
// b may have two edges to the same block.
func predIndex(b *ssa.BasicBlock, i int) int {
	s := b.Succs[i]
	nth := 0
	for j := range i {
		if b.Succs[j] == s {
			nth++
		}
	}
	for k, p := range s.Preds {
		if p == b {
			if nth == 0 {
				return k
			}
			nth--
		}
	}
	panic("edge without a predecessor")
}

type phiMove struct{ dst, src frame.Slot }

func (c *compiler) phiMoves(s *ssa.BasicBlock, pred int) []phiMove {
	var moves []phiMove
	for _, in := range s.Instrs {
		phi, ok := in.(*ssa.Phi)
		if !ok {
			break
		}
		dst, src := c.slot(phi), c.slot(phi.Edges[pred])
		if dst.Off != src.Off && dst.Layout.Class != memory.ClassZero {
			moves = append(moves, phiMove{dst, src})
		}
	}
	return moves
}

func (c *compiler) phiCopies(b, s *ssa.BasicBlock) {
	for i, p := range s.Preds {
		if p == b {
			c.parallelCopy(c.phiMoves(s, i))
			return
		}
	}
}

// parallelCopy emits moves that all read before any writes.
func (c *compiler) parallelCopy(moves []phiMove) {
	for len(moves) > 0 {
		progress := false
		for i, mv := range moves {
			blocked := false
			for j, other := range moves {
				if j != i && other.src.Off == mv.dst.Off {
					blocked = true
					break
				}
			}
			if !blocked {
				c.emit(copyInstr(mv.dst.Layout, mv.dst.Off, mv.src.Off))
				moves = append(moves[:i:i], moves[i+1:]...)
				progress = true
				break
			}
		}
		if !progress {
			// Only cycles are left: do them through copies of the sources.
			c.emit(cycleCopy(moves))
			return
		}
	}
}

// cycleCopy exchanges values along cycles of moves.
func cycleCopy(moves []phiMove) frame.Instr {
	return func(fr *frame.Frame) {
		tmp := make([]unsafe.Pointer, len(moves))
		for i := range moves {
			m := &moves[i]
			tmp[i] = m.src.Layout.Alloc()
			m.src.Layout.Move(tmp[i], unsafe.Add(fr.Mem, m.src.Off))
		}
		for i := range moves {
			m := &moves[i]
			m.dst.Layout.Move(unsafe.Add(fr.Mem, m.dst.Off), tmp[i])
		}
	}
}

// branch generates an If.
func (c *compiler) branch(in *ssa.If, yes, no *frame.Block, back bool) func(*frame.Frame) *frame.Block {
	if cmp, ok := in.Cond.(*ssa.BinOp); ok && c.fused[cmp] {
		if f := c.fusedBranch(cmp, yes, no, back); f != nil {
			return f
		}
		cond := c.condition(cmp)
		if back {
			return func(fr *frame.Frame) *frame.Block {
				if fr.Thread.Due() {
					fr.Thread.Attend()
				}
				if cond(fr) {
					return yes
				}
				return no
			}
		}
		return func(fr *frame.Frame) *frame.Block {
			if cond(fr) {
				return yes
			}
			return no
		}
	}
	x := c.off(in.Cond)
	return func(fr *frame.Frame) *frame.Block {
		if back && fr.Thread.Due() {
			fr.Thread.Attend()
		}
		if *memory.At[bool](fr.Mem, x) {
			return yes
		}
		return no
	}
}

// ret generates a return: the results go to their slots.
func (c *compiler) ret(in *ssa.Return) {
	if c.fn.Defers && !runsDefers(in.Block()) && in.Block() != c.ssa.Recover {
		// Only range-over-func bodies defer here, and the SSA builder does not
		// say when these calls run: now, and named results are read after it.
		if body := functionBody(c.ssa.Syntax()); body != nil {
			c.curPos = body.Rbrace
		}
		c.emit(func(fr *frame.Frame) { fr.NormalDefers() })
		for _, r := range in.Results {
			if load, ok := r.(*ssa.UnOp); ok && load.Op == token.MUL && isNamedResult(c.ssa, load.X) {
				c.load(load)
			}
		}
	}
	var moves []phiMove
	for i, r := range in.Results {
		if m := (phiMove{c.fn.Results[i], c.slot(r)}); m.dst.Layout.Class != memory.ClassZero {
			moves = append(moves, m)
		}
	}
	c.parallelCopy(moves)
	c.cur.Next = func(*frame.Frame) *frame.Block { return nil }
}

func runsDefers(b *ssa.BasicBlock) bool {
	for _, in := range b.Instrs {
		if _, ok := in.(*ssa.RunDefers); ok {
			return true
		}
	}
	return false
}

// isNamedResult reports whether v is the variable of one of fn's results.
func isNamedResult(fn *ssa.Function, v ssa.Value) bool {
	a, ok := v.(*ssa.Alloc)
	if !ok {
		return false
	}
	for r := range fn.Signature.Results().Variables() {
		if r.Name() != "" && r.Pos() == a.Pos() {
			return true
		}
	}
	return false
}

// rangeFuncPanic generates a panic about the use of the body of a range over a
// function in Go's words.
func (c *compiler) rangeFuncPanic(in *ssa.Panic) bool {
	variable, otherwise, ok := rangefunc.Check(in)
	if !ok {
		return false
	}
	state := func(*frame.Frame) int { return otherwise }
	if variable != nil {
		x := c.off(variable)
		state = func(fr *frame.Frame) int { return *memory.At[int](fr.Mem, x) }
	}
	c.cur.Next = func(fr *frame.Frame) *frame.Block {
		panic(runtimeerror.Of("%s", rangefunc.Text(state(fr))))
	}
	return true
}
