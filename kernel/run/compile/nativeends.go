package compile

import (
	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/jit"
	"github.com/gosched/gosched/kernel/run/memory"
)

// takesEnd reports whether the end of a block can be lowered.
func (l *lowering) takesEnd(b *ssa.BasicBlock) bool {
	switch in := b.Instrs[len(b.Instrs)-1].(type) {
	case *ssa.Jump:
		return l.phiMoves(b.Succs[0], jumpIndex(b)) != nil
	case *ssa.If:
		for i, s := range b.Succs {
			if l.phiMoves(s, predIndex(b, i)) == nil {
				return false
			}
		}
		return l.condition(in) != nil
	case *ssa.Return:
		return !l.c.defers && l.results(in) != nil
	}
	return false
}

func jumpIndex(b *ssa.BasicBlock) int {
	for i, p := range b.Succs[0].Preds {
		if p == b {
			return i
		}
	}
	return 0
}

// phiMoves is the moves on an edge, or nil where they cannot be lowered.
func (l *lowering) phiMoves(s *ssa.BasicBlock, pred int) []move {
	out := []move{}
	if len(s.Preds) == 1 && soleSuccessor(s.Preds[0]) == s {
		return out // they are instructions of s
	}
	for _, m := range l.c.phiMoves(s, pred) {
		ds, ss := partsOf(m.dst.Layout.Type, m.dst.Off), partsOf(m.src.Layout.Type, m.src.Off)
		if ds == nil || len(ds) != len(ss) {
			return nil
		}
		for i := range ds {
			if ds[i].kind != ss[i].kind {
				return nil
			}
			out = append(out, move{ds[i], ss[i]})
		}
	}
	return out
}

// condition is the branch of an If, but for where it leads.
func (l *lowering) condition(in *ssa.If) *jit.Ins {
	if cmp, ok := in.Cond.(*ssa.BinOp); ok && l.c.fused[cmp] {
		x, y, k, ok := l.comparison(cmp)
		if !ok {
			return nil
		}
		return &jit.Ins{Op: jit.Branch, Kind: k, Cond: conds[cmp.Op], Dst: jit.NoVar, X: x, Y: y}
	}
	x, k, ok := l.use(in.Cond)
	if !ok {
		return nil
	}
	return &jit.Ins{Op: jit.Branch, Kind: k, Cond: jit.NE, Dst: jit.NoVar, X: x, Y: none}
}

// results is what a return copies, or nil where it cannot be lowered.
func (l *lowering) results(in *ssa.Return) []move {
	out := []move{}
	for i, r := range in.Results {
		d, s := l.c.fn.Results[i], l.c.slot(r)
		if d.Layout.Class == memory.ClassZero {
			continue
		}
		ds, ss := partsOf(d.Layout.Type, d.Off), partsOf(s.Layout.Type, s.Off)
		if ds == nil || len(ds) != len(ss) {
			return nil
		}
		for j := range ds {
			out = append(out, move{ds[j], ss[j]})
		}
	}
	return out
}

// leave ends a block in closures.
func (l *lowering) leave(in ssa.Instruction, b *ssa.BasicBlock, at span) {
	ins := jit.Ins{Op: jit.Leave, Dst: jit.NoVar, Exit: l.place(place{kind: goesOn, span: at})}
	for _, s := range b.Succs {
		ins.Next = append(ins.Next, l.order[s])
	}
	l.out.Ins = append(l.out.Ins, ins)
	t := l.usesOf(in)
	t.writes = nil
	for i, s := range b.Succs {
		for _, m := range l.c.phiMoves(s, predIndex(b, i)) {
			t.reads = append(t.reads, m.src)
		}
	}
	if r, ok := in.(*ssa.Return); ok {
		for _, v := range r.Results {
			if s := l.c.slots[v]; s != nil {
				t.reads = append(t.reads, *s)
			}
			if load, ok := v.(*ssa.UnOp); ok { // a named result, which is read again
				t.reads = append(t.reads, l.usesOf(load).reads...)
			}
		}
	}
	if _, ok := in.(*ssa.Panic); ok { // its words may depend on what was compared before
		for _, p := range b.Preds {
			if iff, ok := p.Instrs[len(p.Instrs)-1].(*ssa.If); ok {
				t.reads = append(t.reads, l.usesOf(iff).reads...)
				if cmp, ok := iff.Cond.(*ssa.BinOp); ok {
					t.reads = append(t.reads, l.usesOf(cmp).reads...)
				}
			}
		}
	}
	t.ins = len(l.out.Ins) - 1
	l.touched[l.out] = append(l.touched[l.out], t)
}

// exclude makes a block one that is left where it begins.
func (l *lowering) exclude(b *ssa.BasicBlock) {
	last := b.Instrs[len(b.Instrs)-1]
	first := l.c.places.of[b.Instrs[0]]
	l.leave(last, b, span{first.b, first.from, first.from})
	ts := l.touched[l.out]
	t := &ts[len(ts)-1]
	for _, in := range b.Instrs[:len(b.Instrs)-1] {
		// What the block itself writes first it is said to read, too: that keeps a
		// value for longer and harms nobody.
		if _, ok := in.(*ssa.Phi); ok && !(len(b.Preds) == 1 && soleSuccessor(b.Preds[0]) == b) {
			continue
		}
		t.reads = append(t.reads, l.usesOf(in).reads...)
	}
}

// end lowers the end of a block.
func (l *lowering) end(b *ssa.BasicBlock, taken bool, edges map[edgeKey]int) {
	last := b.Instrs[len(b.Instrs)-1]
	l.at = l.c.places.of[last]
	if !taken {
		l.leave(last, b, l.at)
		return
	}
	switch in := last.(type) {
	case *ssa.Jump:
		l.moves(l.phiMoves(b.Succs[0], jumpIndex(b)))
		l.jump(b, b.Succs[0])
	case *ssa.If:
		br := l.condition(in)
		br.Then, br.Else = edges[edgeKey{b, 0}], edges[edgeKey{b, 1}]
		// An edge without anything on it leads straight on.
		l.emit(*br)
		end := &l.out.Ins[len(l.out.Ins)-1]
		for i, s := range b.Succs {
			depth := l.out.Depth
			l.out = &jit.Block{Depth: depth}
			l.f.Blocks = append(l.f.Blocks, l.out)
			moves := l.phiMoves(s, predIndex(b, i))
			if blk := l.c.places.edges[edgeKey{b, i}]; blk != nil {
				l.at = span{blk, 0, 0}
			}
			l.moves(moves)
			l.jump(b, s)
			if len(l.out.Ins) == 1 && !l.out.Ins[0].Poll {
				if i == 0 {
					end.Then = l.order[s]
				} else {
					end.Else = l.order[s]
				}
			}
		}
	case *ssa.Return:
		// The closures would copy all of them, so it is before the first that the code
		// leaves, if at all.
		results := l.results(in)
		for _, m := range results {
			if m.dst.kind == jit.Pointer {
				l.emit(jit.Ins{Op: jit.Barrier, Kind: jit.Pointer, Dst: jit.NoVar, Exit: l.resume()})
				break
			}
		}
		for _, m := range results {
			l.emit(jit.Ins{
				Op: jit.Store, Dst: jit.NoVar, Guarded: true,
				Memory: jit.Address{Base: none, Index: none, Disp: int32(m.dst.off)},
				Srcs:   []jit.Operand{l.operand(m.src)}, Kinds: []jit.Kind{m.src.kind},
			})
		}
		l.emit(jit.Ins{Op: jit.Return, Dst: jit.NoVar})
	}
}

func (l *lowering) jump(b, s *ssa.BasicBlock) {
	ins := jit.Ins{Op: jit.Jump, Dst: jit.NoVar, Then: l.order[s]}
	if isBackEdge(b, s) {
		ins.Poll = true
		ins.Exit = l.place(place{kind: polled, span: span{b: l.c.blocks[s]}})
	}
	l.emit(ins)
}
