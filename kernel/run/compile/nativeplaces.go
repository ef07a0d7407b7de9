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
	count := 0
	for _, b := range c.ssa.Blocks {
		count += len(b.Instrs)
	}
	return &places{make(map[ssa.Instruction]span, count), map[edgeKey]*frame.Block{}}
}

// end notes that the closures of an instruction begin at a place in a block and end
// where another now does.
func (p *places) end(in ssa.Instruction, b *frame.Block, from int, now *frame.Block) {
	if p != nil {
		p.of[in] = span{b, from, len(now.Code)}
	}
}

func (p *places) edge(b *ssa.BasicBlock, i int, copies *frame.Block) {
	if p != nil {
		p.edges[edgeKey{b, i}] = copies
	}
}
