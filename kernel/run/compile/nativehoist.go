package compile

import (
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/jit"
	"github.com/gosched/gosched/kernel/run/frame"
)

// Whether a function value is one of a certain function is a test of several loads and
// branches, and has the same answer as long as the variable has the same value: what a
// function value has does not change. So in a loop that leaves the variable alone the
// test is made before it, and once more wherever the loop may be entered, since the
// answer is in no frame.

// A functionTest is a test whether a value is one of a function. Until tests are placed,
// the block ends with a branch that stands for it.
type functionTest struct {
	block *jit.Block
	value jit.Operand
	fn    *frame.Function

	word, given, method, found jit.Var // for within the test
}

// newTest is to be made where an instruction begins. What that reads, closures read from
// the first place on where the code may be left, which is behind the test.
func (l *lowering) newTest(value jit.Operand, fn *frame.Function) *functionTest {
	l.emitted = append(l.emitted, emitted{l.out, len(l.out.Ins)})
	return &functionTest{
		value: value, fn: fn,
		word: l.fresh(jit.Uint64, 0), given: l.fresh(jit.Uint64, 1), method: l.fresh(jit.Uint64, 2), found: l.fresh(jit.Uint64, 4),
	}
}

// tested goes into a block for where a test holds.
func (l *lowering) tested(t *functionTest, otherwise int) {
	this := l.aside(true)
	t.block = l.out
	l.low.tests = append(l.low.tests, t)
	l.branch(jit.Pointer, jit.EQ, t.value, none, this, otherwise)
	l.goInto(this)
}

// isOurs goes into a block for where a value is of a function that closures have, which
// is then in t.found.
func (l *lowering) isOurs(t *functionTest, slow int) {
	for _, step := range t.steps() {
		for _, in := range step.ins {
			l.emit(in)
		}
		if step.last {
			break
		}
		next := l.aside(true)
		l.branch(jit.Uint64, step.cond, step.x, step.y, next, slow)
		l.goInto(next)
	}
}

// A testStep is a part of a test: instructions, and what has to hold then.
type testStep struct {
	ins  []jit.Ins
	cond jit.Cond
	x, y jit.Operand
	last bool
}

// steps is a test in parts. The last one tells the function.
func (t *functionTest) steps() []testStep {
	load := func(v jit.Var, disp int32) jit.Ins {
		return jit.Ins{Op: jit.Load, Dst: jit.NoVar, Dsts: []jit.Var{v}, Memory: jit.Address{Base: t.value, Index: none, Disp: disp}}
	}
	return []testStep{
		{cond: jit.NE, x: t.value, y: none},
		{
			ins:  []jit.Ins{load(t.word, 0)},
			cond: jit.EQ, x: jit.Use(t.word), y: jit.Imm(uint64(goruntime.MadeCode())),
		},
		{
			ins: []jit.Ins{
				load(t.given, int32(goruntime.MadeGiven)),
				{Op: jit.Add, Kind: jit.Uint64, Dst: t.method, X: t.value, Y: jit.Imm(uint64(goruntime.MadeMethod))},
			},
			cond: jit.EQ, x: jit.Use(t.given), y: jit.Use(t.method),
		},
		{
			ins:  []jit.Ins{load(t.found, frame.FuncValueFn)},
			cond: jit.EQ, x: jit.Use(t.found), y: jit.Imm(uint64(uintptr(unsafe.Pointer(t.fn)))), last: true,
		},
	}
}

// placeTests puts tests where they are made: before loops, or where they are needed.
func (low *lowered) placeTests() {
	if len(low.tests) == 0 {
		return
	}
	g := newFlow(low)
	for _, lp := range g.loops() {
		for _, t := range low.tests {
			if lp.leavesAlone(t) && low.own < maxOwn {
				lp.hoist(t)
			}
		}
		g.enter(lp)
	}
	for _, t := range low.tests {
		if n := g.endsWith(t); n != nil {
			end := n.cut()
			g.test(t, n, end.then, end.otherwise)
		}
	}
	g.number()
}

// test has a node end with a test. What is needed for it comes right behind the node.
func (g *flow) test(t *functionTest, n, then, otherwise *node) {
	steps := t.steps()
	for i, step := range steps {
		n.block.Ins = append(n.block.Ins, step.ins...)
		next := then
		if i < len(steps)-1 {
			next = g.add(n, n.block.Depth)
		}
		n.end(jit.Ins{Op: jit.Branch, Kind: jit.Uint64, Cond: step.cond, Dst: jit.NoVar, X: step.x, Y: step.y}, next, otherwise)
		n = next
	}
}

// leavesAlone reports whether a test is made in the loop, and always has the same answer.
func (lp *flowLoop) leavesAlone(t *functionTest) bool {
	for n := range lp.nodes {
		if n.block == t.block {
			return t.value.Var >= 0 && lp.fixed(t.value.Var)
		}
	}
	return false
}

// endsWith is the node that ends with what stands for a test, or nil if that is made
// elsewhere.
func (g *flow) endsWith(t *functionTest) *node {
	for _, n := range g.nodes {
		if n.block == t.block && n.last().Op == jit.Branch && n.last().Kind == jit.Pointer {
			return n
		}
	}
	return nil
}

// hoist has a test made before a loop.
func (lp *flowLoop) hoist(t *functionTest) {
	holds := jit.NoVar
	for i, o := range lp.tests {
		if o.value == t.value && o.fn == t.fn {
			holds = lp.holds[i]
		}
	}
	if holds == jit.NoVar {
		holds = lp.low.ownVar(jit.Uint64)
		lp.tests, lp.holds = append(lp.tests, t), append(lp.holds, holds)
	}
	end := &t.block.Ins[len(t.block.Ins)-1]
	end.Kind, end.Cond, end.X = jit.Uint64, jit.NE, jit.Use(holds)
}

// enter has the tests of a loop made before it, and after what closures do within it.
func (g *flow) enter(lp *flowLoop) {
	if len(lp.tests) == 0 {
		return
	}
	before := g.add(g.before(lp.header), lp.header.block.Depth-1)
	before.block.Entry, lp.header.block.Entry = lp.header.block.Entry, false
	for _, n := range g.nodes {
		if !lp.nodes[n] {
			n.redirect(lp.header, before)
		}
		for i, next := range n.next { // closures that get there enter anew
			if next == lp.header {
				n.next[i] = before
			}
		}
	}
	for i, n := range g.entries {
		if n == lp.header {
			g.entries[i] = before
		}
	}
	g.tests(lp, before).jump(lp.header)
	for n := range lp.nodes {
		for i := 0; i < len(n.block.Ins)-1; i++ {
			if n.block.Ins[i].Op == jit.Closure {
				rest := g.split(n, i+1)
				g.tests(lp, n).jump(rest)
				n, i = rest, -1
			}
		}
	}
}

// tests appends the tests of a loop to a node without an end, and returns the one behind
// them, which has none.
func (g *flow) tests(lp *flowLoop, n *node) *node {
	for i, t := range lp.tests {
		is := func(holds uint64) jit.Ins {
			return jit.Ins{Op: jit.Move, Kind: jit.Uint64, Dst: lp.holds[i], X: jit.Imm(holds), Y: none}
		}
		n.block.Ins = append(n.block.Ins, is(0))
		after := g.add(n, n.block.Depth)
		held := g.add(n, n.block.Depth)
		held.block.Ins = append(held.block.Ins, is(1))
		held.jump(after)
		g.test(t, n, held, after)
		n = after
	}
	return n
}
