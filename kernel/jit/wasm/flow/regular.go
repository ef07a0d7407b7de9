package flow

import "slices"

// regular gives loops one node each by which they are entered.
type regular struct {
	label uint32
	parts int
}

// loops does so for all loops that nodes are in, those within others included. Preds
// are what they are in the whole graph.
func (r *regular) loops(nodes []*Node) {
	for _, loop := range r.cycles(nodes) {
		inside := r.mark(loop)
		var entries []*Node
		for _, n := range loop {
			for _, p := range n.preds {
				if p.part != inside {
					entries = append(entries, n)
					break
				}
			}
		}
		head := header(entries, inside)
		rest := loop
		if len(entries) > 1 {
			rest = append(r.single(loop, entries, head, inside), rest...)
		} else {
			rest = without(loop, head)
		}
		r.loops(rest)
	}
}

// header is the entry by which a loop is entered most naturally: by what the caller's
// code leads to.
func header(entries []*Node, inside int) *Node {
	for _, n := range entries {
		for _, p := range n.preds {
			if p.part != inside && !p.entry {
				return n
			}
		}
	}
	return entries[0]
}

// single puts a node before a loop by which all enter it that entered elsewhere, and
// returns the nodes that are in the loop then, but that one.
func (r *regular) single(loop, entries []*Node, head *Node, inside int) (within []*Node) {
	others := without(entries, head)
	front := &Node{part: inside}
	arrive := arrivals(others, r.label)
	front.finish(dispatches, append([]*Node{head}, arrive...)...)
	for i, n := range others {
		enter := &Node{entry: true} // says where to go on
		enter.I32(int32(i + 1))
		enter.Set(r.label)
		enter.Jump(front)
		kept := []*Node{arrive[i]}
		for _, p := range n.preds {
			if p.part == inside {
				kept = append(kept, p)
				continue
			}
			p.redirect(n, enter)
			enter.preds = append(enter.preds, p)
		}
		n.preds = kept
		arrive[i].part, arrive[i].preds = inside, []*Node{front}
		front.preds = append(front.preds, enter)
	}
	for _, p := range head.preds {
		p.redirect(head, front)
		front.preds = append(front.preds, p)
	}
	head.preds = []*Node{front}
	return arrive
}

func (n *Node) redirect(from, to *Node) {
	for i, t := range n.to {
		if t == from {
			n.to[i] = to
		}
	}
}

// mark says that nodes are in a part of the graph of their own.
func (r *regular) mark(nodes []*Node) (part int) {
	r.parts++
	for _, n := range nodes {
		n.part = r.parts
	}
	return r.parts
}

func without(nodes []*Node, not *Node) []*Node {
	return slices.DeleteFunc(slices.Clone(nodes), func(n *Node) bool { return n == not })
}

// cycles lists the sets of nodes that lead to each other without leaving nodes, each in
// the order of the nodes. (That of Kosaraju.)
func (r *regular) cycles(nodes []*Node) [][]*Node {
	part := r.mark(nodes)
	post := postorder(nodes, func(n *Node) bool { return n.part == part })
	component := map[*Node]int{}
	count := 0
	for i := len(post) - 1; i >= 0; i-- {
		if component[post[i]] != 0 {
			continue
		}
		count++
		component[post[i]] = count
		for stack := []*Node{post[i]}; len(stack) > 0; {
			n := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			for _, p := range n.preds {
				if p.part == part && component[p] == 0 {
					component[p] = count
					stack = append(stack, p)
				}
			}
		}
	}
	sets := make([][]*Node, count)
	for _, n := range nodes {
		c := component[n] - 1
		sets[c] = append(sets[c], n)
	}
	var out [][]*Node
	for _, s := range sets {
		if len(s) > 1 || slices.Contains(s[0].to, s[0]) {
			out = append(out, s)
		}
	}
	return out
}
