// Package random writes Go programs that nobody would. They are valid, end, and
// print what they compute, so that two ways of running one can be compared: any
// difference is an error of one of them. They look for what a person would not
// think of: odd nestings of loops, jumps, closures and assignments ([Program]), and
// arithmetic at the edges of its types ([Numbers]).
//
// It knows Go's syntax and types, and nothing of how programs are run.
package random

import (
	_ "embed"
	"fmt"
	"math/rand/v2"
	"strings"
)

// prelude declares what the programs use.
//
//go:embed prelude.txt
var prelude string

// A generator writes one program.
type generator struct {
	*rand.Rand
	b     strings.Builder
	depth int // of statements
	next  int // number of the next name
	funcs []signature
	scope []variable
	// The function that is being written.
	result string   // its result's type
	named  bool     // its result is called r
	labels []string // of enclosing loops
	loops  int      // enclosing loops in the same function
	inIter bool     // in a function literal
}

type variable struct {
	name, typ string
	fixed     bool // not to be assigned
}

type signature struct {
	name   string
	params []string
	result string
}

// valueTypes are the types of variables.
var valueTypes = []string{"int", "int8", "uint8", "uint32", "int64", "float64", "string", "bool", "[]int", "[4]int", "map[string]int", "rec", "*rec", "any", "num", "func(int) int"}

var integers = []string{"int", "int8", "uint8", "uint32", "int64", "num"}

// Program returns the program that belongs to a seed.
func Program(seed uint64) string {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 1))}
	g.b.WriteString(prelude)
	for i := range 3 {
		typ := g.of(valueTypes[:8])
		fmt.Fprintf(&g.b, "var g%d %s = %s\n\n", i, typ, g.literal(typ))
		g.scope = append(g.scope, variable{name: fmt.Sprintf("g%d", i), typ: typ})
	}
	for range 8 {
		g.function()
	}
	g.b.WriteString(reuseHelpers)
	imports, ask := g.registers()
	g.b.WriteString("func main() {\n")
	g.reuse()
	g.b.WriteString(ask)
	for _, f := range g.funcs {
		for range 2 {
			var args []string
			for _, p := range f.params {
				args = append(args, g.literal(p))
			}
			fmt.Fprintf(&g.b, "\ttry(%q, func() { out(%q, show(%s(%s))) })\n", f.name, f.name, f.name, strings.Join(args, ", "))
		}
	}
	g.b.WriteString("\tfmt.Println(g0, g1, g2)\n}\n")
	return withImports(g.b.String(), imports)
}

func (g *generator) of(list []string) string { return list[g.IntN(len(list))] }

func (g *generator) fresh(prefix string) string {
	g.next++
	return fmt.Sprint(prefix, g.next)
}

func (g *generator) line(format string, args ...any) {
	g.b.WriteString(strings.Repeat("\t", g.depth))
	fmt.Fprintf(&g.b, format+"\n", args...)
}

func (g *generator) declare(name, typ string, fixed bool) {
	g.scope = append(g.scope, variable{name, typ, fixed})
}

// vars are the names in scope of a type.
func (g *generator) vars(typ string, assignable bool) []string {
	var names []string
	for _, v := range g.scope {
		if v.typ == typ && !(assignable && v.fixed) {
			names = append(names, v.name)
		}
	}
	return names
}

func (g *generator) function() {
	f := signature{name: fmt.Sprintf("f%d", len(g.funcs)), result: g.of(valueTypes[:13])}
	mark := len(g.scope)
	var params []string
	for range g.IntN(3) + 1 {
		p, typ := g.fresh("p"), g.of(valueTypes[:13])
		f.params = append(f.params, typ)
		params = append(params, p+" "+typ)
		g.declare(p, typ, false)
	}
	g.result, g.named = f.result, g.IntN(2) == 0
	result := f.result
	if g.named {
		result = "(r " + f.result + ")"
		g.declare("r", f.result, false)
	}
	g.line("func %s(%s) %s {", f.name, strings.Join(params, ", "), result)
	g.depth++
	g.line("burn()")
	g.block(4 + g.IntN(5))
	g.line("return %s", g.expr(f.result, 2))
	g.depth--
	g.line("}\n")
	g.scope = g.scope[:mark]
	g.funcs = append(g.funcs, f)
}

func (g *generator) block(n int) {
	mark := len(g.scope)
	for range n {
		g.statement()
	}
	g.scope = g.scope[:mark]
}

// nested writes a block one level deeper.
func (g *generator) nested(n int) {
	g.depth++
	g.block(n)
	g.depth--
}
