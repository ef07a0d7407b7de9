// Package flow turns code with jumps, a graph, into WebAssembly's nested blocks. It
// knows nothing of what the code does but where it goes on.
//
// Blocks can be nested as the nodes dominate each other, if every loop has one node by
// which it is entered (see [write]). A loop that has several gets such a node: whoever
// enters it elsewhere says so in a variable, the label, at which that node looks
// (see [regular]). What is entered from outside, at a node of the caller's choice, is
// nothing but another case of this.
//
// The way from dominators to blocks is that of Norman Ramsey, Beyond Relooper, 2022.
package flow

import "github.com/gosched/gosched/kernel/jit/wasm/asm"

// A Node is code without jumps, and where it goes on.
type Node struct {
	asm.Code
	end   end
	to    []*Node // where it goes on: for branch, if the condition holds, and else
	entry bool    // whoever has called begins here
	ended bool

	preds []*Node
	order int // in reverse postorder, from 1; 0 where nothing leads
	idom  *Node
	kids  []*Node // nodes that it dominates, and to which more than one leads
	loop  bool    // something leads back here
	merge bool    // a block ends before it
	part  int     // the part of the graph that is looked at
}

type end uint8

const (
	returns    end = iota // its code does, or nothing follows
	jumps                 // to to[0]
	branches              // to to[0] if what its code leaves on the stack is not 0, else to[1]
	dispatches            // to to[n] if the label is n, and to the last if there are not as many
)

// Jump ends a node with a jump.
func (n *Node) Jump(to *Node) { n.finish(jumps, to) }

// Branch ends a node whose code leaves a number of 32 bits on the stack.
func (n *Node) Branch(yes, no *Node) { n.finish(branches, yes, no) }

// Return ends a node that does not go on.
func (n *Node) Return() { n.finish(returns) }

func (n *Node) finish(end end, to ...*Node) { n.end, n.to, n.ended = end, to, true }

// Ended reports whether it is known where the node goes on.
func (n *Node) Ended() bool { return n.ended }

// Code is the code that begins at one of the entries, the one with the number that is
// in the local label. What follows it is never reached.
func Code(entries []*Node, label uint32) []byte {
	start := &Node{}
	for _, e := range entries {
		e.entry = true
	}
	if len(entries) == 1 {
		start.Jump(entries[0])
	} else {
		start.finish(dispatches, arrivals(entries, label)...)
	}
	r := regular{label: label}
	nodes := reachable(start)
	r.loops(nodes)
	return write(start, label)
}

// arrivals are nodes that take the label back and go on with others.
func arrivals(to []*Node, label uint32) []*Node {
	var all []*Node
	for _, t := range to {
		n := &Node{entry: true}
		n.I32(0)
		n.Set(label)
		n.Jump(t)
		all = append(all, n)
	}
	return all
}

// postorder lists the nodes to which the roots lead, by nodes that are within, each after
// those to which it leads.
func postorder(roots []*Node, within func(*Node) bool) (post []*Node) {
	type visit struct {
		n    *Node
		next int
	}
	seen := map[*Node]bool{}
	for _, root := range roots {
		if seen[root] {
			continue
		}
		seen[root] = true
		for stack := []visit{{root, 0}}; len(stack) > 0; {
			v := &stack[len(stack)-1]
			if v.next == len(v.n.to) {
				post = append(post, v.n)
				stack = stack[:len(stack)-1]
				continue
			}
			t := v.n.to[v.next]
			v.next++
			if within(t) && !seen[t] {
				seen[t] = true
				stack = append(stack, visit{t, 0})
			}
		}
	}
	return post
}

// reachable lists the nodes to which the first one leads, in reverse postorder, and says
// of each where it is in that order and what leads there.
func reachable(start *Node) []*Node {
	post := postorder([]*Node{start}, func(*Node) bool { return true })
	nodes := make([]*Node, len(post))
	for i, n := range post {
		n.order = len(post) - i
		n.preds = n.preds[:0]
		nodes[n.order-1] = n
	}
	for _, n := range nodes {
		for _, t := range n.to {
			t.preds = append(t.preds, n)
		}
	}
	return nodes
}
