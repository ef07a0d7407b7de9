package compile

import (
	"slices"

	"github.com/gosched/gosched/kernel/jit"
)

// A flow is a function's blocks while some are added: they know each other, and get
// their numbers in the end.
type flow struct {
	low     *lowered
	nodes   []*node // in their order in the code
	entries []*node // of the blocks of the function, see lowered.blocks
}

// A node is a block, and where it leads.
type node struct {
	block           *jit.Block
	then, otherwise *node   // of a Jump or a Branch
	next            []*node // of a Leave
}

func newFlow(low *lowered) *flow {
	g := &flow{low: low}
	for _, b := range low.ir.Blocks {
		g.nodes = append(g.nodes, &node{block: b})
	}
	for _, n := range g.nodes {
		end := n.last()
		switch end.Op {
		case jit.Branch:
			n.otherwise = g.nodes[end.Else]
			fallthrough
		case jit.Jump:
			n.then = g.nodes[end.Then]
		}
		for _, next := range end.Next {
			n.next = append(n.next, g.nodes[next])
		}
	}
	for _, b := range low.blocks {
		g.entries = append(g.entries, g.nodes[b])
	}
	return g
}

// number gives the blocks to the function.
func (g *flow) number() {
	number := make(map[*node]int, len(g.nodes))
	blocks := make([]*jit.Block, len(g.nodes))
	for i, n := range g.nodes {
		number[n], blocks[i] = i, n.block
	}
	for _, n := range g.nodes {
		end := n.last()
		end.Then, end.Else = number[n.then], number[n.otherwise]
		for i, next := range n.next {
			end.Next[i] = number[next]
		}
	}
	for i, n := range g.entries {
		g.low.blocks[i] = number[n]
	}
	g.low.ir.Blocks = blocks
}

func (n *node) last() *jit.Ins { return &n.block.Ins[len(n.block.Ins)-1] }

// end ends a node.
func (n *node) end(in jit.Ins, then, otherwise *node) {
	n.block.Ins = append(n.block.Ins, in)
	n.then, n.otherwise = then, otherwise
}

func (n *node) jump(to *node) { n.end(jit.Ins{Op: jit.Jump, Dst: jit.NoVar}, to, nil) }

// cut takes the end off a node, and returns where that led.
func (n *node) cut() (led node) {
	led = *n
	n.block.Ins = n.block.Ins[:len(n.block.Ins)-1]
	n.then, n.otherwise = nil, nil
	return led
}

// redirect has a node lead elsewhere.
func (n *node) redirect(from, to *node) {
	if n.then == from {
		n.then = to
	}
	if n.otherwise == from {
		n.otherwise = to
	}
}

// add adds a node without an end right behind another one, or at the beginning for nil.
func (g *flow) add(behind *node, depth int) *node {
	n := &node{block: &jit.Block{Depth: depth}}
	g.nodes = slices.Insert(g.nodes, slices.Index(g.nodes, behind)+1, n)
	return n
}

// before is the node in front of another one in the code; nil for the first.
func (g *flow) before(n *node) *node {
	if i := slices.Index(g.nodes, n); i > 0 {
		return g.nodes[i-1]
	}
	return nil
}

// split makes a node end before the ith instruction, and leaves it without an end. One
// behind it has the block with the others.
func (g *flow) split(n *node, i int) (rest *node) {
	rest = g.add(n, n.block.Depth)
	all := n.block.Ins
	rest.block, n.block = n.block, &jit.Block{Depth: n.block.Depth, Entry: n.block.Entry, Ins: slices.Clone(all[:i])}
	rest.block.Entry, rest.block.Ins = false, all[i:]
	rest.then, rest.otherwise, rest.next = n.then, n.otherwise, n.next
	n.then, n.otherwise, n.next = nil, nil, nil
	return rest
}

// A flowLoop is a loop before which something can be done.
type flowLoop struct {
	low    *lowered
	header *node
	nodes  map[*node]bool
	fixed  func(jit.Var) bool // is not written

	tests []*functionTest // that are made before it
	holds []jit.Var       // by test: not 0 where it holds
}

// loops lists the innermost loops that are entered at their headers only and make no
// calls, over which nothing is kept that is in no frame.
func (g *flow) loops() (all []*flowLoop) {
	preds := map[*node][]*node{}
	ends := map[*node][]*node{} // of rounds, by header
	var headers []*node
	for _, n := range g.nodes {
		for _, s := range append([]*node{n.then, n.otherwise}, n.next...) {
			if s != nil {
				preds[s] = append(preds[s], n)
			}
		}
		if end := n.last(); end.Op == jit.Jump && end.Poll {
			if ends[n.then] == nil {
				headers = append(headers, n.then)
			}
			ends[n.then] = append(ends[n.then], n)
		}
	}
	for _, h := range headers {
		lp := &flowLoop{low: g.low, header: h, nodes: map[*node]bool{h: true}}
		for work := slices.Clone(ends[h]); len(work) > 0; {
			n := work[len(work)-1]
			work = work[:len(work)-1]
			if !lp.nodes[n] {
				lp.nodes[n] = true
				work = append(work, preds[n]...)
			}
		}
		written, ok := map[jit.Var]bool{}, true
		for n := range lp.nodes {
			ok = ok && n != g.nodes[0] && (n == h || ends[n] == nil && !n.block.Entry)
			for i := range n.block.Ins {
				ok = ok && n.block.Ins[i].Op != jit.Call
				n.block.Ins[i].Writes(func(v jit.Var) { written[v] = true })
			}
		}
		if ok {
			lp.fixed = func(v jit.Var) bool { return !written[v] }
			all = append(all, lp)
		}
	}
	return all
}
