package flow

import (
	"slices"

	"github.com/gosched/gosched/kernel/jit/wasm/asm"
)

// A writer nests the code of nodes. What a node dominates lies within its blocks: where
// only it leads to, in its place, and where several do, after a block, out of which
// these jump. It works off a list instead of calling itself, as graphs are deep.
type writer struct {
	out   asm.Code
	label uint32
	open  []*Node // what leads out of each open block, or back to the loop, or nil
	tasks []task
}

// A task is to write a node, or to end a block where there is none.
type task struct{ n *Node }

// write writes a graph every loop of which is entered at one node.
func write(start *Node, label uint32) []byte {
	nodes := reachable(start)
	dominate(nodes)
	w := &writer{label: label, tasks: []task{{start}}}
	for len(w.tasks) > 0 {
		t := w.tasks[len(w.tasks)-1]
		w.tasks = w.tasks[:len(w.tasks)-1]
		if t.n == nil {
			w.out.Op(asm.End)
			w.open = w.open[:len(w.open)-1]
		} else {
			w.node(t.n)
		}
	}
	w.out.Op(asm.Unreachable)
	return w.out.Bytes
}

func (w *writer) later(ns ...*Node) {
	for _, n := range ns {
		w.tasks = append(w.tasks, task{n})
	}
}

func (w *writer) begin(op asm.Op, leads *Node) {
	w.out.Open(op, asm.Nothing)
	w.open = append(w.open, leads)
}

func (w *writer) node(n *Node) {
	if n.loop {
		w.begin(asm.Loop, n)
		w.later(nil)
	}
	for _, k := range n.kids { // the last ones first
		w.begin(asm.Block, k)
		w.later(k, nil)
	}
	w.out.Bytes = append(w.out.Bytes, n.Bytes...)
	switch n.end {
	case jumps:
		w.goOn(n, n.to[0])
	case branches:
		yes, no := n.to[0], n.to[1]
		switch {
		case yes == no:
			panic("flow: a branch leads to one node")
		case !w.inPlace(n, yes):
			w.out.Index(asm.BrIf, w.depth(yes))
			w.goOn(n, no)
		case !w.inPlace(n, no):
			w.out.Op(asm.I32Eqz)
			w.out.Index(asm.BrIf, w.depth(no))
			w.goOn(n, yes)
		default:
			w.begin(asm.If, nil)
			w.later(no, nil, yes)
		}
	case dispatches:
		w.out.Get(w.label)
		last := len(n.to) - 1
		to := make([]uint32, last)
		for i := range to {
			to[i] = w.depth(n.to[i])
		}
		w.out.BranchTable(to, w.depth(n.to[last]))
	}
}

// inPlace reports whether a node's code stands where n goes on to it.
func (w *writer) inPlace(n, to *Node) bool { return to.order > n.order && !to.merge }

func (w *writer) goOn(n, to *Node) {
	if w.inPlace(n, to) {
		w.later(to)
	} else {
		w.out.Index(asm.Br, w.depth(to))
	}
}

// depth is how many blocks a jump leads out of.
func (w *writer) depth(to *Node) uint32 {
	for i := len(w.open) - 1; i >= 0; i-- {
		if w.open[i] == to {
			return uint32(len(w.open) - 1 - i)
		}
	}
	panic("flow: a loop is entered at two nodes")
}

// dominate finds what nodes dominate, which are in reverse postorder: the way of Cooper,
// Harvey and Kennedy.
func dominate(nodes []*Node) {
	start := nodes[0]
	for _, n := range nodes {
		n.idom, n.kids, n.loop, n.merge = nil, nil, false, false
	}
	start.idom = start
	for again := true; again; {
		again = false
		for _, n := range nodes[1:] {
			var dom *Node
			for _, p := range n.preds {
				switch {
				case p.idom == nil:
				case dom == nil:
					dom = p
				default:
					dom = common(dom, p)
				}
			}
			if n.idom != dom {
				n.idom, again = dom, true
			}
		}
	}
	for _, n := range slices.Backward(nodes[1:]) {
		forward := 0
		for _, p := range n.preds {
			if p.order >= n.order {
				n.loop = true
				continue
			}
			forward++
			if p.end == dispatches {
				n.merge = true
			}
		}
		if n.merge = n.merge || forward > 1; n.merge {
			n.idom.kids = append(n.idom.kids, n)
		}
	}
}

func common(a, b *Node) *Node {
	for a != b {
		for a.order > b.order {
			a = a.idom
		}
		for b.order > a.order {
			b = b.idom
		}
	}
	return a
}
