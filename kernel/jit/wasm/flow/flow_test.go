package flow

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gosched/gosched/kernel/jit/wasm/asm"
)

// In these tests a node's code is a call of a function with its number, which notes that
// the node has been reached and, if it branches, answers where to. The label is local 0.

// A walk is which nodes were reached. Branches take turns by the bits of ways.
type walk struct {
	ways    uint64
	reached []int
}

// most is how many nodes are walked through.
const most = 64

func (w *walk) reach(n int) (yes bool) {
	yes = w.ways>>len(w.reached)&1 != 0
	w.reached = append(w.reached, n)
	return yes
}

// A graph is where nodes go on: nowhere, to one, or to one of two others.
type graph [][]int

// nodes are those of a graph.
func (g graph) nodes() []*Node {
	all := make([]*Node, len(g))
	for i := range all {
		all[i] = &Node{}
	}
	for i, n := range all {
		n.Index(asm.Call, uint32(i))
		switch to := g[i]; len(to) {
		case 0:
			n.Op(asm.Return)
			n.Return()
		case 1:
			n.Jump(all[to[0]])
		default:
			n.Branch(all[to[0]], all[to[1]])
		}
	}
	return all
}

// from walks through the graph itself.
func (g graph) from(entry int, ways uint64) []int {
	w := walk{ways: ways}
	for n := entry; ; {
		yes := w.reach(n)
		to := g[n]
		switch {
		case len(to) == 0 || len(w.reached) == most:
			return w.reached
		case len(to) == 1 || yes:
			n = to[0]
		default:
			n = to[1]
		}
	}
}

func TestCode(t *testing.T) {
	for _, tt := range []struct {
		name    string
		g       graph
		entries []int
	}{
		{"straight", graph{{1}, {}}, []int{0}},
		{"either", graph{{1, 2}, {3}, {3}, {}}, []int{0}},
		{"loop", graph{{1}, {1, 2}, {}}, []int{0}},
		{"loop entered twice", graph{{1, 2}, {2}, {1, 3}, {}}, []int{0}},
		{"loops in loops", graph{{1}, {2, 4}, {2, 3}, {1}, {}}, []int{0, 2, 3}},
		{"to itself", graph{{0}}, []int{0}},
		{"entered everywhere", graph{{1, 3}, {2, 0}, {3, 1}, {0}}, []int{0, 1, 2, 3}},
	} {
		t.Run(tt.name, func(t *testing.T) { tt.g.check(t, tt.entries, rand.New(rand.NewPCG(1, 2))) })
	}
}

func TestRandomGraphs(t *testing.T) {
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 0))
		g := make(graph, 1+r.IntN(12))
		for i := range g {
			switch r.IntN(6) {
			case 0:
			case 1, 2:
				g[i] = []int{r.IntN(len(g))}
			default:
				if a, b := r.IntN(len(g)), r.IntN(len(g)); a != b {
					g[i] = []int{a, b}
				}
			}
		}
		entries := r.Perm(len(g))[:1+r.IntN(len(g))]
		g.check(t, entries, r)
		if t.Failed() {
			t.Fatal("seed ", seed)
		}
	}
}

// check enters the code of a graph at each of its entries.
func (g graph) check(t *testing.T, entries []int, r *rand.Rand) {
	t.Helper()
	nodes := g.nodes()
	var at []*Node
	for _, e := range entries {
		at = append(at, nodes[e])
	}
	code := Code(at, 0)
	for i, e := range entries {
		for range 8 {
			w := walk{ways: r.Uint64()}
			run(t, code, int32(i), &w)
			if want := g.from(e, w.ways); !slices.Equal(w.reached, want) {
				t.Fatalf("%v: from %d it goes %v, want %v\n% x", g, e, w.reached, want, code)
			}
		}
	}
}

// run carries out code of the few instructions that there are in these tests.
func run(t *testing.T, code []byte, label int32, w *walk) {
	t.Helper()
	type block struct{ begin, end int } // begin, if it is a loop
	var open []block
	var stack []int32
	pc := 0
	number := func() int {
		n, size := binary.Uvarint(code[pc:])
		pc += size
		return int(n)
	}
	pop := func() (v int32) {
		v, stack = stack[len(stack)-1], stack[:len(stack)-1]
		return v
	}
	branch := func(depth int) {
		b := open[len(open)-1-depth]
		if b.begin > 0 {
			open, pc = open[:len(open)-depth], b.begin
		} else {
			open, pc = open[:len(open)-1-depth], b.end
		}
	}
	for pc < len(code) && len(w.reached) < most {
		op := asm.Op(code[pc])
		pc++
		switch op {
		case asm.Block, asm.Loop, asm.If:
			pc++
			b := block{end: endOf(t, code, pc)}
			if op == asm.Loop {
				b.begin = pc
			}
			open = append(open, b)
			if op == asm.If && pop() == 0 {
				branch(0)
			}
		case asm.End:
			open = open[:len(open)-1]
		case asm.Br:
			branch(number())
		case asm.BrIf:
			if n := number(); pop() != 0 {
				branch(n)
			}
		case asm.BrTable:
			to := make([]int, number()+1)
			for i := range to {
				to[i] = number()
			}
			branch(to[min(uint32(pop()), uint32(len(to)-1))])
		case asm.I32Const:
			stack = append(stack, int32(number()))
		case asm.I32Eqz:
			if pop() == 0 {
				stack = append(stack, 1)
			} else {
				stack = append(stack, 0)
			}
		case asm.LocalGet:
			if number() == 0 {
				stack = append(stack, label)
			}
		case asm.LocalSet:
			if v := pop(); number() == 0 {
				label = v
			}
		case asm.Call:
			answer := int32(0)
			if w.reach(number()) {
				answer = 1
			}
			if next := asm.Op(code[pc]); next == asm.If || next == asm.BrIf || next == asm.I32Eqz {
				stack = append(stack, answer)
			}
		case asm.Return:
			return
		default:
			t.Fatalf("instruction %#x at %d of % x", byte(op), pc, code)
		}
		if label != 0 && op == asm.Call {
			t.Fatalf("the label is %d in the midst of code", label)
		}
	}
}

// endOf is what follows a block, which begins at pc.
func endOf(t *testing.T, code []byte, pc int) int {
	depth := 0
	for pc < len(code) {
		op := asm.Op(code[pc])
		pc++
		number := func() uint64 {
			n, size := binary.Uvarint(code[pc:])
			pc += size
			return n
		}
		switch op {
		case asm.Block, asm.Loop, asm.If:
			pc++
			depth++
		case asm.End:
			if depth--; depth < 0 {
				return pc
			}
		case asm.BrTable:
			for range number() + 1 {
				number()
			}
		case asm.Br, asm.BrIf, asm.I32Const, asm.LocalGet, asm.LocalSet, asm.Call:
			number()
		}
	}
	t.Fatalf("a block without end in % x", code)
	return 0
}
