package compile

import (
	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/run/frame"
)

// places is where the closures of instructions are; see [native.places].
type places struct {
	of    map[ssa.Instruction]span
	edges map[edgeKey]*frame.Block // those that set phis
}

// A span is closures of a block, one after the other.
type span struct {
	b        *frame.Block
	from, to int
}

type edgeKey struct {
	b *ssa.BasicBlock
	i int
}

func (c *compiler) newPlaces() *places {
	if !c.jit.on || c.fn.Wrapper {
		return nil
	}
	return &places{map[ssa.Instruction]span{}, map[edgeKey]*frame.Block{}}
}

func (p *places) begin(in ssa.Instruction, b *frame.Block) {
	if p != nil {
		p.of[in] = span{b, len(b.Code), len(b.Code)}
	}
}

func (p *places) end(in ssa.Instruction, b *frame.Block) {
	if p != nil {
		s := p.of[in]
		s.to = len(b.Code)
		p.of[in] = s
	}
}

func (p *places) edge(b *ssa.BasicBlock, i int, copies *frame.Block) {
	if p != nil {
		p.edges[edgeKey{b, i}] = copies
	}
}
