package random

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Programs of pointers: trees that are cut and grown, slices of them, strings,
// interfaces and closures, kept in variables, arrays and structs of functions that call
// each other. What is lost of them is garbage, and whatever is not is read in the end.

type pointers struct {
	r     *rand.Rand
	b     strings.Builder
	funcs int
	names int
	depth int
	trees []string // variables that are *tree
}

func (p *pointers) pick(list ...string) string { return list[p.r.IntN(len(list))] }

func (p *pointers) line(format string, args ...any) {
	p.b.WriteString(strings.Repeat("\t", p.depth+1) + fmt.Sprintf(format, args...) + "\n")
}

// tree is an expression of type *tree without effects.
func (p *pointers) tree() string {
	v := p.trees[p.r.IntN(len(p.trees))]
	switch p.r.IntN(12) {
	case 0, 1:
		return v + ".left"
	case 2, 3:
		return v + ".right"
	case 4:
		return "xs[uint(n)%uint(len(xs))]"
	case 5:
		return "arr[n&3]"
	case 6:
		return "held.pair[n&1]"
	case 7:
		return "root"
	case 8:
		return v + ".left.right"
	}
	return v
}

func (p *pointers) text() string {
	return p.pick("s", "s", "name(p)", "held.s", fmt.Sprintf("%q", p.pick("", "a", "bc", "défg")))
}

func (p *pointers) number() string {
	return p.pick("n", "n", "p.key", "len(s)", "len(xs)", "held.n", fmt.Sprint(p.r.IntN(9)))
}

func (p *pointers) block(n int) {
	p.depth++
	kept := len(p.trees)
	for range n {
		p.stmt()
	}
	p.trees = p.trees[:kept]
	p.depth--
}

func (p *pointers) fresh(prefix string) string {
	p.names++
	return fmt.Sprint(prefix, p.names)
}

func (p *pointers) stmt() {
	v := p.trees[p.r.IntN(len(p.trees))]
	switch k := p.r.IntN(34); {
	case k < 4:
		p.line("if t := %s; t != nil { %s = t }", p.tree(), v)
	case k < 6:
		p.line("%s%s = %s", v, p.pick(".left", ".right"), p.tree())
	case k == 6:
		p.line("%s.left, %s.right = %s, %s", v, p.trees[p.r.IntN(len(p.trees))], p.tree(), p.tree())
	case k < 10:
		p.line("%s = &tree{left: %s, right: %s, key: %s, name: %s}", v, p.tree(), p.tree(), p.number(), p.text())
	case k == 10:
		w := p.trees[p.r.IntN(len(p.trees))]
		if v != w {
			p.line("%s, %s = %s, %s", v, w, w, v)
		}
	case k == 11:
		p.line("xs[uint(%s)%%uint(len(xs))] = %s", p.number(), p.tree())
	case k == 12:
		p.line("%s", p.pick("xs = append(xs, p)", "if len(xs) > 2 { xs = xs[1:] }", "if len(xs) > 9 { xs = xs[:3:4] }", "xs = append([]*tree(nil), xs...)"))
	case k == 13:
		p.line("arr[n&3] = %s", p.tree())
	case k == 14:
		p.line("%s", p.pick("held.pair[n&1] = p", "held.s = s", "held.any = q", "held.n += n", "pool, held.pair = held.pair, pool", "{ h := held; held = other; other = h }"))
	case k == 15:
		p.line("if len(s) < 40 { s += %s }", p.text())
	case k == 16:
		p.line("%s", p.pick("if len(s) > 1 { s = s[1:] }", "s = string([]byte(s))", "for _, c := range s { n += int(c) & 7 }", "if len(s) > 0 { n += int(s[len(s)/2]) & 15 }", "if s == name(q) { n++ }", "if s < name(p) { n += 2 }"))
	case k == 17:
		p.line("%s.name = %s", v, p.text())
	case k == 18:
		p.line("%s.val = %s", v, p.pick("s", "n", "q", "*q", "xs", "arr"))
	case k == 19:
		p.line("switch x := %s.val.(type) { case string: s = x; case int: n += x & 31; case *tree: if x != nil { p = x }; case tree: n += x.key & 3; case []*tree: if len(x) > 0 { xs = x } }", v)
	case k == 20:
		t := p.fresh("t")
		p.line("%s := *%s", t, v)
		p.line("%s.key++", t)
		p.line("*%s = %s", p.trees[p.r.IntN(len(p.trees))], t)
	case k == 21:
		t := p.fresh("t")
		p.line("%s := %s", t, v)
		p.line("if w := %s; w != nil { %s = w }; _ = %s", p.tree(), t, t)
		p.trees = append(p.trees, t)
	case k == 22 && p.depth < 3:
		i := p.fresh("i")
		p.line("for %s := 0; %s < %d; %s++ {", i, i, 1+p.r.IntN(9), i)
		p.line("\tif fuel--; fuel < 0 { break }")
		p.block(1 + p.r.IntN(4))
		p.line("}")
	case k == 23 && p.depth < 3:
		p.line("for x := %s; x != nil && fuel > 0; x = x.%s {", v, p.pick("left", "right"))
		p.line("\tfuel--; n ^= x.key")
		p.block(1 + p.r.IntN(2))
		p.line("}")
	case k == 24 && p.depth < 3:
		p.line("if %s {", p.pick("n&1 == 0", "p.left == nil", "p == q", "len(s) > 3", "p.val == nil", "xs[0] == q", "p.val == q.val && false"))
		p.block(1 + p.r.IntN(3))
		p.line("} else {")
		p.block(1 + p.r.IntN(2))
		p.line("}")
	case k == 25:
		p.line("m[%s] = %s; if w := m[%s]; w != nil { n += w.key & 7 }", p.text(), p.tree(), p.text())
	case k == 26:
		c := p.fresh("c")
		p.line("%s := func(d int) *tree { n += d & 3; return %s }", c, v)
		p.line("if w := %s(%s); w != nil { q = w }", c, p.number())
	case k == 27:
		p.line("n += value(%s).weigh(%s)", p.pick("p", "q", "number(n)"), p.number())
	case k == 28:
		p.line("w = two{%s, %s, %s}", p.tree(), v, p.number())
	case k == 29:
		p.line("%s", p.pick("w = w.swap()", "w, pairs[n&3] = pairs[(n+1)&3], w", "if w.a != nil { p = w.a }", "if w = turned(w, n&15); w.b != nil { q = w.b }; n += w.n & 7", "p.val = w", "if x, ok := q.val.(two); ok { w = x }", "if w == pairs[n&3] { n++ }"))
	case k == 30 && p.depth < 3:
		p.calls(v)
	case k > 30 && p.funcs > 0:
		f := p.r.IntN(p.funcs)
		p.line("if steps--; steps > 0 && fuel > 0 {")
		t := p.fresh("t")
		p.line("\t%s, u, k := f%d(fuel/2, %s, %s, %s, %s, %s)", t, f, v, p.trees[p.r.IntN(len(p.trees))], p.number(), p.text(), p.pick("xs", "xs", "arr[:]"))
		p.line("\tif %s != nil { %s = %s }", t, v, t)
		p.line("\tif len(u) < 40 { s = u }; n ^= k")
		p.line("}")
	}
}

// calls is a loop of calls of a function value, which may become another one within.
func (p *pointers) calls(v string) {
	f, g, i := p.fresh("do"), p.fresh("or"), p.fresh("i")
	p.line("%s := func(d int) int { %s; return n ^ d }", f, p.pick(
		fmt.Sprintf("if %s != nil { %s.key += d }", v, v), "n += d & 3", "s = name(p)", fmt.Sprintf("%s = %s", v, p.tree()), "m[s] = q",
	))
	p.line("%s := func(d int) int { return d + len(s) + %s }", g, p.number())
	p.line("for %s := range %d {", i, 1+p.r.IntN(40))
	p.line("\tif fuel--; fuel < 0 { break }")
	p.line("\tn += %s(%s) & 15", p.pick(f, g), i)
	if p.r.IntN(2) == 0 {
		p.block(1)
	}
	if p.r.IntN(3) == 0 {
		p.line("\t%s, %s = %s, %s", f, g, g, f)
	}
	p.line("\tn -= %s(n & 7) & 3", p.pick(f, g))
	p.line("}")
	p.line("_, _ = %s, %s", f, g)
}

const pointerHeader = `
type tree struct { left, right *tree; key int; name string; val any }
type record struct { pair [2]*tree; n int; s string; any any }
type two struct { a, b *tree; n int }
type value interface { weigh(n int) int }
type number int

func (t *tree) weigh(n int) int { return t.key&15 + n }
func (k number) weigh(n int) int { return int(k)&7 - n }

func (w two) swap() two { return two{w.b, w.a, w.n + 1} }

func turned(w two, n int) two {
	if n == 0 { return w }
	r := turned(two{w.b, w.a, w.n ^ n}, n-1)
	r.n += len(pool)
	if r.a != nil { r.a = r.a.left }
	return r
}

var root *tree
var pool [2]*tree
var held, other record
var steps int

func name(t *tree) string { return t.name }

func sum(t *tree, depth int) int {
	if t == nil { return 1 }
	if depth == 0 { return t.key }
	n := t.key*31 + len(t.name)
	for i := 0; i < len(t.name); i++ { n = n*7 + int(t.name[i]) }
	switch x := t.val.(type) { case string: n += len(x); case int: n ^= x; case *tree: n += sum(x, depth/3); case []*tree: n += len(x) }
	return n + 3*sum(t.left, depth-1) + 5*sum(t.right, depth-1)
}

func build(depth int) *tree {
	if depth == 0 { return nil }
	return &tree{left: build(depth-1), right: build(depth-1), key: depth, name: "node"[:depth%5]}
}

func try(f func()) {
	defer func() { if e := recover(); e != nil { println(e.(error).Error()) } }()
	steps = 60
	f()
}

`

// Pointers returns a program of pointers that prints with println.
func Pointers(seed uint64) string {
	p := &pointers{r: rand.New(rand.NewPCG(seed, 2))}
	p.b.WriteString(pointerHeader)
	functions := 2 + p.r.IntN(3)
	for i := range functions {
		if p.r.IntN(2) == 0 {
			p.funcs = i + 1 // it calls itself, too
		}
		p.trees = []string{"p", "q"}
		fmt.Fprintf(&p.b, "func f%d(fuel int, p, q *tree, n int, s string, xs []*tree) (*tree, string, int) {\n", i)
		p.line("arr := [4]*tree{p, q, root, p}")
		p.line("w := two{q, p, n}")
		p.line("var pairs [4]two")
		if p.r.IntN(2) == 0 {
			p.line("m := map[string]*tree{}")
		} else {
			p.line("m := table")
		}
		for range 4 + p.r.IntN(12) {
			p.stmt()
		}
		p.line("_, _, _, _ = arr, m, w, pairs")
		p.line("return %s, s, n", p.tree())
		p.b.WriteString("}\n\n")
		p.funcs = i + 1
	}
	p.b.WriteString("var table map[string]*tree\n\nfunc main() {\n\ttable, held, other, pool = map[string]*tree{}, record{}, record{}, [2]*tree{}\n\troot = build(5)\n\ta, b := build(4), root\n\txs := []*tree{a, b, a, nil}\n")
	for i := range functions {
		for range 3 {
			fmt.Fprintf(&p.b, "\ttry(func() { t, s, n := f%d(%d, a, b, %d, %q, xs); if t != nil { a = t }; println(sum(t, 6), s, n) })\n", i, 20+p.r.IntN(200), p.r.IntN(100), p.pick("x", "yz", ""))
			p.b.WriteString("\tprintln(sum(a, 6), sum(b, 6), sum(root, 6), sum(held.pair[0], 5), sum(pool[1], 5), held.n, held.s, len(table))\n")
		}
	}
	p.b.WriteString("}\n")
	return p.b.String()
}
