package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// randomPrograms returns n programs that nobody wrote, from a seed. They are
// valid, end, and print what they compute, so that any difference is an error
// of the engine. They look for what a person would not think of: odd nestings
// of loops, jumps, closures and assignments.
func randomPrograms(seed uint64, n int) []program {
	var all []program
	for i := range n {
		s := seed + uint64(i)
		all = append(all, program{name: fmt.Sprintf("random/%d.go", s), group: "random", source: randomProgram(s)})
	}
	return all
}

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

const randomHeader = `package main

import (
	"errors"
	"fmt"
	"iter"
	"strings"
)

type num int16

func (n num) String() string { return fmt.Sprintf("n%d", int16(n)) }
func (n num) add(m num) num  { return n + m }

type rec struct {
	a int
	s string
	c [3]int8
	n num
}

func (r rec) sum() int      { return r.a + len(r.s) + int(r.c[1]) }
func (r *rec) bump(d int)   { r.a += d; r.c[d&1]++ }
func (r rec) with(s string) rec { r.s += s; return r }

type adder interface{ sum() int }

var fuel = 3000

func burn() {
	if fuel--; fuel < 0 {
		panic(errors.New("out of fuel"))
	}
}

var lines = 400

func out(args ...any) {
	if lines--; lines >= 0 {
		fmt.Println(args...)
	}
}

func seq(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i * 3) {
				return
			}
		}
	}
}

func pairs(s []int) iter.Seq2[int, int] {
	return func(yield func(int, int) bool) {
		for i, v := range s {
			if !yield(v, i) {
				return
			}
		}
	}
}

type box[K comparable, V any] struct {
	k K
	v V
	m map[K][]V
}

func (b box[K, V]) get() V { return b.v }
func (b *box[K, V]) put(k K, v V) *box[K, V] {
	if b.m == nil {
		b.m = map[K][]V{}
	}
	b.k, b.v = k, v
	if len(b.m[k]) < 5 {
		b.m[k] = append(b.m[k], v)
	}
	return b
}

func mapTo[S ~[]A, A, B any](s S, f func(A) B) (r []B) {
	for _, x := range s {
		r = append(r, f(x))
	}
	return r
}

func fold[A, B any](s []A, b B, f func(B, A) B) B {
	for _, x := range s {
		b = f(b, x)
	}
	return b
}

type outer struct {
	rec
	p   *rec
	arr [2]rec
	add adder
}

func (o outer) len() int { return len(o.s) + o.arr[1].a }

func produce(n int, f func(int) int) <-chan int {
	c := make(chan int)
	go func() {
		defer close(c)
		for i := range n {
			c <- i*i - 1
		}
	}()
	_ = f
	return c
}

func pick[T any](c bool, a, b T) T {
	if c {
		return a
	}
	return b
}

func at[T any](s []T, i int) T { return s[i] }
func same[T any](x T) T         { return x }
func ix(i, n int) int           { return int(uint(i) % uint(n)) }

func kind(v any) string {
	switch v := v.(type) {
	case nil:
		return "nil"
	case int:
		return fmt.Sprint("int", v&7)
	case num:
		return "num" + v.String()
	case string:
		return strings.ToUpper(v)
	case adder:
		return fmt.Sprint("adder", v.sum())
	case []int:
		return fmt.Sprint(len(v))
	}
	return fmt.Sprintf("%T", v)
}

func try(name string, f func()) {
	fuel, lines = 3000, 400
	defer func() {
		if r := recover(); r != nil {
			fmt.Println(name, "panics:", r)
		}
	}()
	f()
}

func show(v any) any {
	switch v := v.(type) {
	case *rec:
		if v == nil {
			return "nil"
		}
		return *v
	case func(int) int:
		if v == nil {
			return "nil"
		}
		return "func"
	}
	return v
}

`

func randomProgram(seed uint64) string {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 1))}
	g.b.WriteString(randomHeader)
	for i := range 3 {
		typ := g.of(valueTypes[:8])
		fmt.Fprintf(&g.b, "var g%d %s = %s\n\n", i, typ, g.literal(typ))
		g.scope = append(g.scope, variable{name: fmt.Sprintf("g%d", i), typ: typ})
	}
	for range 8 {
		g.function()
	}
	g.b.WriteString("func main() {\n")
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
	return g.b.String()
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

func (g *generator) statement() {
	if g.depth > 5 {
		g.assign()
		return
	}
	switch g.IntN(32) {
	case 0, 1, 2:
		typ := g.of(valueTypes)
		name := g.fresh("v")
		if g.IntN(3) == 0 {
			g.line("var %s %s = %s", name, typ, g.expr(typ, 2))
		} else {
			g.line("%s := %s", name, g.typed(typ, 2))
		}
		g.line("_ = %s", name)
		g.declare(name, typ, false)
	case 3, 4, 5, 6:
		g.assign()
	case 7, 8:
		g.line("if %s {", g.expr("bool", 2))
		g.nested(1 + g.IntN(2))
		if g.IntN(2) == 0 {
			g.line("} else {")
			g.nested(1 + g.IntN(2))
		}
		g.line("}")
	case 9, 10, 11, 12:
		g.loop()
	case 13:
		g.switches()
	case 14:
		g.closure()
	case 15:
		g.line("out(%s, show(%s))", g.expr("string", 1), g.expr(g.of(valueTypes[:13]), 1))
	case 16, 17:
		g.jump()
	case 18:
		g.deferred()
	case 19:
		g.tuple()
	case 20:
		g.methods()
	case 22, 23, 24:
		g.call()
	case 25:
		g.gotos()
	case 26:
		g.channels()
	case 27:
		g.generics()
	case 28:
		g.composites()
	case 29:
		g.embedding()
	case 30:
		g.complexes()
	case 31:
		g.pointers()
	case 21:
		g.line("out(kind(%s))", g.expr(g.of(valueTypes[:12]), 1))
	}
}

func (g *generator) assign() {
	typ := g.of(valueTypes[:14])
	names := g.vars(typ, true)
	if len(names) == 0 {
		typ = "int"
		names = g.vars(typ, true)
	}
	if len(names) == 0 {
		g.line("out(%s)", g.expr("int", 2))
		return
	}
	v := g.of(names)
	switch {
	case isInteger(typ) && g.IntN(3) == 0:
		switch g.IntN(3) {
		case 0:
			g.line("%s++", v)
		case 1:
			g.line("%s %s %s", v, g.of([]string{"+=", "-=", "*=", "|=", "&=", "^=", "/=", "%="}), "same["+typ+"]("+g.expr(typ, 1)+")")
		case 2:
			g.line("%s %s %s", v, g.of([]string{"<<=", ">>="}), g.expr("uint8", 1))
		}
	case typ == "string" && g.IntN(2) == 0:
		g.line("if len(%s) < 40 {", v)
		g.line("\t%s += %s", v, g.expr("string", 1))
		g.line("}")
	case typ == "[]int" && g.IntN(3) > 0:
		switch g.IntN(3) {
		case 0:
			g.line("if len(%s) < 20 {", v)
			g.line("\t%s = append(%s, %s)", v, v, g.expr("int", 1))
			g.line("}")
		case 1:
			g.line("if len(%s) > 0 {", v)
			g.line("\t%s[%s] %s %s", v, g.index("len("+v+")"), g.of([]string{"=", "+=", "^="}), g.expr("int", 1))
			g.line("}")
		case 2:
			g.line("%s[same(%s)] = %s", v, g.expr("int", 1), g.expr("int", 1))
		}
	case typ == "[4]int" && g.IntN(3) > 0:
		g.line("%s[%s] %s %s", v, g.index("4"), g.of([]string{"=", "-="}), g.expr("int", 1))
	case typ == "map[string]int" && g.IntN(3) > 0:
		switch g.IntN(3) {
		case 0:
			g.line("%s[%s] = %s", v, g.expr("string", 1), g.expr("int", 1))
		case 1:
			g.line("%s[%s]++", v, g.expr("string", 1))
		case 2:
			g.line("delete(%s, %s)", v, g.expr("string", 1))
		}
	case (typ == "rec" || typ == "*rec") && g.IntN(4) > 0:
		switch g.IntN(4) {
		case 0:
			g.line("%s.a %s %s", v, g.of([]string{"=", "+=", "-="}), g.expr("int", 1))
		case 1:
			g.line("%s.s = %s", v, g.expr("string", 1))
		case 2:
			g.line("%s.c[%s] = %s", v, g.index("3"), g.expr("int8", 1))
		case 3:
			g.line("%s.n = %s", v, g.expr("num", 1))
		}
	default:
		g.line("%s = %s", v, g.expr(typ, 3))
	}
}

func (g *generator) loop() {
	mark := len(g.scope)
	label := ""
	if g.IntN(2) == 0 {
		label = g.fresh("L")
		// A label must be used.
		g.b.WriteString(label + ":\n")
		g.labels = append(g.labels, label)
	}
	n := g.IntN(4) + 1
	i, v := g.fresh("i"), g.fresh("e")
	switch g.IntN(11) {
	case 0, 1:
		g.line("for %s := 0; %s < %d; %s++ {", i, i, n, i)
		g.declare(i, "int", true)
	case 2:
		g.line("for %s := range %d {", i, n)
		g.declare(i, "int", false)
	case 3:
		g.line("for %s, %s := range %s {", i, v, g.expr("[]int", 1))
		g.declare(i, "int", false)
		g.declare(v, "int", false)
	case 4:
		g.line("for %s, %s := range %s {", i, v, g.expr("[4]int", 1))
		g.declare(i, "int", false)
		g.declare(v, "int", false)
	case 5:
		if outer := g.vars("int", true); len(outer) > 0 {
			g.line("for %s = range %s {", g.of(outer), g.of([]string{g.expr("[]int", 1), fmt.Sprint(n)}))
		} else {
			g.line("for range %d {", n)
		}
	case 6:
		if outer := g.vars("int", true); len(outer) > 1 {
			g.line("for %s, %s = range %s {", outer[0], outer[len(outer)-1], g.expr("[4]int", 1))
		} else {
			g.line("for range %d {", n)
		}
	case 7:
		g.line("for %s := range seq(%d) {", i, n)
		g.declare(i, "int", false)
	case 8:
		g.line("for %s, %s := range pairs(%s) {", i, v, g.expr("[]int", 1))
		g.declare(i, "int", false)
		g.declare(v, "int", false)
	case 9:
		g.line("for %s, %s := range %s {", i, v, g.expr("string", 1))
		g.declare(i, "int", false)
		g.line("\t%s := int8(%s)", v+"r", v)
		g.line("\t_ = %s", v+"r")
		g.declare(v+"r", "int8", false)
	case 10:
		g.line("for %s, %s := 0, %d; %s < %s; %s, %s = %s+1, %s-1 {", i, v, 2*n, i, v, i, v, i, v)
		g.declare(i, "int", true)
		g.declare(v, "int", true)
	}
	g.loops++
	g.depth++
	g.line("burn()")
	g.depth--
	if label != "" {
		g.depth++
		g.line("if %s {", g.expr("bool", 1))
		g.line("\t%s %s", g.of([]string{"break", "continue"}), label)
		g.line("}")
		g.depth--
	}
	// Names of the loop may be unused.
	for _, v := range g.scope[mark:] {
		g.line("\t_ = %s", v.name)
	}
	g.nested(1 + g.IntN(4))
	g.line("}")
	g.loops--
	if label != "" {
		g.labels = g.labels[:len(g.labels)-1]
	}
	g.scope = g.scope[:mark]
}

func (g *generator) jump() {
	if g.loops == 0 || g.IntN(4) == 0 {
		g.line("if %s {", g.expr("bool", 2))
		if g.named && !g.inIter && g.IntN(2) == 0 {
			g.line("\treturn")
		} else if g.inIter {
			g.line("\treturn %s", g.expr("int", 1))
		} else {
			g.line("\treturn %s", g.expr(g.result, 1))
		}
		g.line("}")
		return
	}
	target := ""
	if len(g.labels) > 0 && g.IntN(3) > 0 {
		target = " " + g.of(g.labels)
	}
	g.line("if %s {", g.expr("bool", 2))
	g.line("\t%s%s", g.of([]string{"break", "continue"}), target)
	g.line("}")
}

func (g *generator) switches() {
	if g.IntN(2) == 0 {
		g.line("switch x := %s; {", g.expr("int", 1))
		for i := range 3 {
			g.line("case x%%%d == %d:", i+2, g.IntN(2))
			g.nested(1)
			if i < 2 && g.IntN(3) == 0 {
				g.line("\tfallthrough")
			}
		}
		g.line("default:")
		g.nested(1)
		g.line("}")
		return
	}
	g.line("switch %s & 3 {", g.expr("int", 2))
	g.line("case 0, 1:")
	g.nested(1)
	if g.IntN(2) == 0 {
		g.line("\tfallthrough")
	}
	g.line("case 2:")
	g.nested(1)
	g.line("default:")
	g.nested(1)
	g.line("}")
}

// closure declares a function that captures what is in scope, and perhaps
// calls it.
func (g *generator) closure() {
	name, p := g.fresh("fn"), g.fresh("a")
	mark := len(g.scope)
	saved := *g
	g.line("%s := func(%s int) int {", name, p)
	g.declare(p, "int", false)
	g.labels, g.loops, g.inIter, g.result, g.named = nil, 0, true, "int", false
	g.depth++
	g.line("burn()")
	g.block(1 + g.IntN(3))
	g.line("return %s", g.expr("int", 2))
	g.depth--
	g.labels, g.loops, g.inIter, g.result, g.named = saved.labels, saved.loops, saved.inIter, saved.result, saved.named
	g.line("}")
	g.scope = g.scope[:mark]
	g.declare(name, "func(int) int", false)
	g.line("_ = %s", name)
	if g.IntN(2) == 0 {
		g.line("%s(%s)", name, g.expr("int", 1))
	}
}

func (g *generator) deferred() {
	switch {
	case g.named && !g.inIter && g.IntN(2) == 0:
		g.line("defer func() {")
		if g.IntN(2) == 0 {
			g.line("\tif e := recover(); e != nil {")
			g.line("\t\tout(\"recovered\", e)")
			g.line("\t}")
		}
		g.line("\tr = %s", g.expr(g.result, 1))
		g.line("}()")
	default:
		g.line("defer out(\"deferred\", %s)", g.expr(g.of(valueTypes[:8]), 1))
	}
}

// call calls a function in a statement of its own: whether a variable is read
// before or after a call in the same statement is not for Go to say.
func (g *generator) call() {
	if fns := g.vars("func(int) int", false); len(fns) > 0 && g.IntN(2) == 0 {
		name := g.fresh("v")
		g.line("%s := %s(%s)", name, g.of(fns), g.expr("int", 1))
		g.line("_ = %s", name)
		g.declare(name, "int", false)
		return
	}
	if len(g.funcs) == 0 || g.loops > 1 {
		g.assign()
		return
	}
	f := g.funcs[g.IntN(len(g.funcs))]
	var args []string
	for _, p := range f.params {
		args = append(args, g.expr(p, 1))
	}
	call := f.name + "(" + strings.Join(args, ", ") + ")"
	if names := g.vars(f.result, true); len(names) > 0 && g.IntN(2) == 0 {
		g.line("%s = %s", g.of(names), call)
		return
	}
	name := g.fresh("v")
	g.line("%s := %s", name, call)
	g.line("out(show(%s))", name)
	g.declare(name, f.result, false)
}

func (g *generator) tuple() {
	typ := g.of([]string{"int", "string", "int8", "rec", "float64"})
	names := g.vars(typ, true)
	if len(names) < 2 {
		g.assign()
		return
	}
	a, b := g.of(names), g.of(names)
	if typ == "string" {
		g.line("%s, %s = %s, %s", a, b, b, a)
		return
	}
	g.line("%s, %s = %s, %s", a, b, g.expr(typ, 1), g.expr(typ, 1))
}

func (g *generator) methods() {
	if names := g.vars("*rec", false); len(names) > 0 && g.IntN(2) == 0 {
		g.line("if x := %s; x != nil {", g.of(names))
		g.line("\tx.bump(%s)", g.expr("int", 1))
		g.line("\tf := x.sum")
		g.line("\tx.a++")
		g.line("\tout(f(), x.sum())")
		g.line("}")
		return
	}
	g.line("out(%s.sum(), %s.add(%s))", g.paren("rec"), g.paren("num"), g.expr("num", 1))
}

func (g *generator) paren(typ string) string { return "(" + g.typed(typ, 1) + ")" }

func isInteger(typ string) bool {
	for _, t := range integers {
		if t == typ {
			return true
		}
	}
	return false
}

// index is an expression that is most often a valid index.
func (g *generator) index(length string) string {
	if g.IntN(12) == 0 {
		return "same(" + g.expr("int", 1) + ")"
	}
	return fmt.Sprintf("ix(%s, %s)", g.expr("int", 1), length)
}

// typed is an expression whose own type is typ, without context.
func (g *generator) typed(typ string, depth int) string {
	x := g.expr(typ, depth)
	switch typ {
	case "any", "func(int) int", "*rec", "[]int":
		return "(" + typ + ")(" + x + ")"
	case "string", "bool", "rec", "[4]int", "map[string]int":
		return x
	}
	return typ + "(" + x + ")"
}

func (g *generator) literal(typ string) string {
	switch typ {
	case "int", "int64":
		return g.of([]string{"0", "1", "-1", "7", "100", "-13", "1 << 40", "3"})
	case "int8":
		return g.of([]string{"0", "1", "-1", "127", "-128", "5"})
	case "uint8":
		return g.of([]string{"0", "1", "255", "3", "64"})
	case "uint32":
		return g.of([]string{"0", "1", "1 << 31", "4294967295", "9"})
	case "num":
		return g.of([]string{"0", "1", "-1", "32767", "44"})
	case "float64":
		return g.of([]string{"0.0", "1.5", "-2.25", "1e10", "0.1", "3.0"})
	case "string":
		return g.of([]string{`""`, `"a"`, `"xyz"`, `"hé世"`, `"0"`})
	case "bool":
		return g.of([]string{"true", "false"})
	case "[]int":
		return g.of([]string{"nil", "[]int{}", "[]int{1, 2, 3}", "[]int{5}", "[]int{9, -9, 0, 4}"})
	case "[4]int":
		return g.of([]string{"[4]int{}", "[4]int{1, 2, 3, 4}", "[4]int{2: 7}"})
	case "map[string]int":
		return g.of([]string{`map[string]int{}`, `map[string]int{"a": 1, "xyz": 2}`, `map[string]int(nil)`})
	case "rec":
		return g.of([]string{"(rec{})", `(rec{a: 3, s: "q"})`, "(rec{c: [3]int8{1, 2, 3}, n: 4})"})
	case "*rec":
		return g.of([]string{"nil", "&rec{a: 1}", "new(rec)"})
	case "any":
		return g.of([]string{"nil", "1", `"s"`, "num(3)", "rec{a: 2}", "[]int{1}", "2.5"})
	}
	return "func(x int) int { return x + 1 }"
}

// expr is an expression that can be assigned to typ. Operands are variables,
// so that the compiler cannot compute it beforehand.
func (g *generator) expr(typ string, depth int) string {
	names := g.vars(typ, false)
	if depth <= 0 || g.IntN(4) == 0 {
		if len(names) > 0 && g.IntN(4) > 0 {
			return g.of(names)
		}
		return g.literalOf(typ)
	}
	if g.IntN(10) == 0 {
		return fmt.Sprintf("pick[%s](%s, %s, %s)", typ, g.expr("bool", depth-1), g.expr(typ, depth-1), g.expr(typ, depth-1))
	}
	sub := func(t string) string { return g.expr(t, depth-1) }
	variableOf := func(t string) string {
		if n := g.vars(t, false); len(n) > 0 {
			return g.of(n)
		}
		return g.literalOf(t)
	}
	switch {
	case typ == "int" && g.IntN(2) == 0:
		switch g.IntN(9) {
		case 0:
			return "len(" + variableOf(g.of([]string{"[]int", "string", "map[string]int"})) + ")"
		case 1:
			v := variableOf("[4]int")
			return fmt.Sprintf("%s[%s]", v, g.index("4"))
		case 2:
			return variableOf("map[string]int") + "[" + sub("string") + "]"
		case 3:
			return variableOf("rec") + ".a"
		case 4:
			return "int(" + variableOf(g.of(integers)) + ")"
		case 5:
			return "int(" + g.variableOr("int8") + ")"
		case 6:
			return fmt.Sprintf("at(%s, %s)", sub("[]int"), sub("int"))
		case 7:
			return "func() int { defer func() {}(); return " + sub("int") + " }()"
		default:
			return "min(" + sub("int") + ", " + variableOf("int") + ")"
		}
	case isInteger(typ):
		v := g.variableOr(typ)
		switch g.IntN(5) {
		case 0:
			return fmt.Sprintf("(%s %s %s)", v, g.of([]string{"<<", ">>"}), g.variableOr("uint8"))
		case 1:
			return fmt.Sprintf("%s(%s)", typ, g.variableOr(g.of(integers)))
		case 2:
			return fmt.Sprintf("(%s %s (%s | 1))", v, g.of([]string{"/", "%"}), g.variableOr(typ))
		case 3:
			return g.of([]string{"-", "^"}) + v
		}
		return fmt.Sprintf("(%s %s %s)", v, g.of([]string{"+", "-", "*", "&", "|", "^", "&^"}), sub(typ))
	case typ == "float64":
		if g.IntN(3) == 0 {
			return "float64(" + g.variableOr(g.of(integers)) + ")"
		}
		return fmt.Sprintf("(%s %s %s)", g.variableOr(typ), g.of([]string{"+", "-", "*", "/"}), sub(typ))
	case typ == "bool":
		switch g.IntN(5) {
		case 0:
			return "!" + g.variableOr("bool")
		case 1:
			return fmt.Sprintf("(%s %s %s)", sub("bool"), g.of([]string{"&&", "||"}), sub("bool"))
		case 2:
			t := g.of([]string{"rec", "[4]int", "any", "bool"})
			if t == "any" {
				return fmt.Sprintf("(kind(%s) == kind(%s))", g.variableOr(t), g.variableOr(t))
			}
			return fmt.Sprintf("(%s == %s)", g.variableOr(t), g.variableOr(t))
		}
		t := g.of([]string{"int", "int8", "uint32", "float64", "string", "num"})
		return fmt.Sprintf("(%s %s %s)", g.variableOr(t), g.of([]string{"<", "<=", ">", ">=", "==", "!="}), sub(t))
	case typ == "string":
		switch g.IntN(5) {
		case 0:
			return "kind(" + g.variableOr(g.of(valueTypes[:12])) + ")"
		case 1:
			return "fmt.Sprint(" + g.variableOr(g.of(valueTypes[:12])) + ")"
		case 2:
			return g.variableOr("rec") + ".with(" + sub("string") + ").s"
		case 3:
			v := g.variableOr("string")
			return fmt.Sprintf("%s[%s:]", v, g.index("(len("+v+") + 1)"))
		}
		return "string(rune('a' + " + g.variableOr("int") + "&15))"
	case typ == "[]int":
		v := g.variableOr("[]int")
		switch g.IntN(3) {
		case 0:
			return fmt.Sprintf("append([]int(nil), %s...)", "([]int)("+v+")")
		case 1:
			return fmt.Sprintf("([]int)(%s)[:%s]", v, g.index("(len(([]int)("+v+")) + 1)"))
		}
		return fmt.Sprintf("[]int{%s, %s}", sub("int"), sub("int"))
	case typ == "[4]int":
		return fmt.Sprintf("[4]int{%s, 3: %s}", sub("int"), sub("int"))
	case typ == "rec":
		if g.IntN(2) == 0 {
			return g.variableOr("rec") + ".with(" + sub("string") + ")"
		}
		return fmt.Sprintf("(rec{a: %s, n: %s})", sub("int"), sub("num"))
	case typ == "*rec":
		if v := g.vars("rec", false); len(v) > 0 && g.IntN(2) == 0 {
			return "&" + g.of(v)
		}
		return fmt.Sprintf("&rec{s: %s}", sub("string"))
	case typ == "any":
		return g.typed(g.of(valueTypes[:12]), depth-1)
	case typ == "map[string]int":
		return fmt.Sprintf("map[string]int{%s: %s}", sub("string"), sub("int"))
	}
	return g.literalOf(typ)
}

// literalOf is a literal of exactly that type.
func (g *generator) literalOf(typ string) string {
	switch typ {
	case "string", "bool", "rec", "[4]int", "map[string]int":
		return g.literal(typ)
	}
	return "(" + typ + ")(" + g.literal(typ) + ")"
}

// variableOr is a variable of the type, or a call that stands for one.
func (g *generator) variableOr(typ string) string {
	if n := g.vars(typ, false); len(n) > 0 {
		return g.of(n)
	}
	return fmt.Sprintf("pick[%s](fuel > 0, %s, %s)", typ, g.literalOf(typ), g.literalOf(typ))
}

// gotos jumps forwards, over a block, or backwards.
func (g *generator) gotos() {
	label := g.fresh("J")
	g.line("{")
	g.depth++
	if g.IntN(2) == 0 {
		g.line("if %s {", g.expr("bool", 2))
		g.line("\tgoto %s", label)
		g.line("}")
		g.line("{")
		g.nested(2)
		g.line("}")
		g.b.WriteString(label + ":\n")
		g.line("burn()")
	} else {
		n := g.fresh("n")
		g.line("%s := 0", n)
		g.b.WriteString(label + ":\n")
		g.line("burn()")
		g.line("%s++", n)
		g.declare(n, "int", true)
		g.line("{")
		g.nested(2)
		g.line("}")
		g.line("if %s < 3 && %s {", n, g.expr("bool", 1))
		g.line("\tgoto %s", label)
		g.line("}")
		g.scope = g.scope[:len(g.scope)-1]
	}
	g.depth--
	g.line("}")
}

func (g *generator) channels() {
	c, v, ok := g.fresh("c"), g.fresh("v"), g.fresh("ok")
	switch g.IntN(3) {
	case 0:
		g.line("%s := make(chan int, 3)", c)
		g.line("%s <- %s", c, g.expr("int", 1))
		g.line("%s <- %s", c, g.expr("int", 1))
		g.line("if %s {", g.expr("bool", 1))
		g.line("\tclose(%s)", c)
		g.line("}")
		g.line("<-%s", c)
		g.line("%s, %s := <-%s", v, ok, c)
		g.line("_, _ = %s, %s", v, ok)
		g.declare(v, "int", false)
		g.declare(ok, "bool", false)
	case 1:
		g.line("%s := make(chan rec, 1)", c)
		g.line("for %s := range 2 {", v)
		g.line("\tselect {")
		g.line("\tcase %s <- %s:", c, g.expr("rec", 1))
		g.line("\t\tout(%s, len(%s))", v, c)
		g.line("\tcase x := <-%s:", c)
		g.line("\t\tout(x.a, x)")
		g.line("\t}")
		g.line("}")
	case 2:
		g.line("for %s := range produce(%d, nil) {", v, g.IntN(4)+1)
		g.depth++
		g.line("burn()")
		g.line("_ = %s", v)
		mark := len(g.scope)
		g.declare(v, "int", false)
		g.loops++
		g.block(2)
		g.loops--
		g.scope = g.scope[:mark]
		g.depth--
		g.line("}")
	}
}

func (g *generator) generics() {
	v := g.fresh("v")
	switch g.IntN(3) {
	case 0:
		typ := g.of([]string{"int8", "string", "rec", "num", "float64"})
		g.line("%s := mapTo(%s, func(x int) %s { return pick(x > 1, %s, %s) })", v, g.typed("[]int", 1), typ, g.typed(typ, 1), g.typed(typ, 1))
		g.line("out(len(%s), %s)", v, v)
	case 1:
		g.line("%s := fold(%s, %s, func(b %s, x int) %s { return pick(x&1 == 0, b, %s) })", v, g.typed("[]int", 1), g.typed("string", 1), "string", "string", g.expr("string", 1))
		g.line("_ = %s", v)
		g.declare(v, "string", false)
	case 2:
		k, t := g.of([]string{"int", "string", "num", "rec", "bool", "[4]int"}), g.of([]string{"int", "rec", "any", "[]int", "float64"})
		g.line("var %s box[%s, %s]", v, k, t)
		for range 2 {
			g.line("%s.put(%s, %s).put(%s, %s)", v, g.expr(k, 1), g.expr(t, 1), g.expr(k, 1), g.expr(t, 1))
		}
		g.line("out(len(%s.m), %s.k, show(%s.get()), fmt.Sprintf(\"%%T\", %s))", v, v, v, v)
	}
}

func (g *generator) composites() {
	v := g.fresh("v")
	switch g.IntN(3) {
	case 0:
		g.line("%s := [3]rec{%s, 2: %s}", v, g.expr("rec", 1), g.expr("rec", 1))
		g.line("for i, e := range %s {", v)
		g.line("\te.a++")
		g.line("\t%s[(i+1)%%3].a += e.a", v)
		g.line("}")
		g.line("%s[0], %s[1] = %s[1], %s[0]", v, v, v, v)
		g.line("out(%s)", v)
	case 1:
		g.line("%s := map[rec][]num{%s: {1, %s}}", v, g.expr("rec", 1), g.expr("num", 1))
		g.line("%s[%s] = append(%s[%s], %s)", v, g.expr("rec", 1), v, g.expr("rec", 1), g.expr("num", 1))
		g.line("out(len(%s), %s[%s])", v, v, g.expr("rec", 1))
	case 2:
		g.line("%s := [][]int{%s, {%s}, nil}", v, g.expr("[]int", 1), g.expr("int", 1))
		g.line("%s[2] = append(%s[1], %s...)", v, v, g.typed("[]int", 1))
		g.line("%s[1][0]++", v)
		g.line("out(%s, copy(%s[2], %s[0]), %s[2][:1:1])", v, v, v, v)
	}
}

func (g *generator) embedding() {
	v := g.fresh("v")
	g.line("%s := outer{rec: %s, p: %s, arr: [2]rec{1: %s}}", v, g.expr("rec", 1), "&rec{a: 5}", g.expr("rec", 1))
	g.line("%s.add = %s.rec", v, v)
	g.line("%s.bump(%s)", v, g.expr("int", 1))
	g.line("%s.p.bump(%s)", v, g.expr("int", 1))
	w := g.fresh("v")
	g.line("%s := %s", w, v)
	g.line("%s.arr[1].a, %s.p.a = %s, %s", w, w, g.expr("int", 1), g.expr("int", 1))
	f, h := g.fresh("f"), g.fresh("h")
	g.line("%s, %s := %s.sum, outer.len", f, h, v)
	g.line("%s.a = -1", v)
	g.line("out(%s(), %s(%s), %s.len(), %s.add.sum(), %s.p.a, %s.sum(), %s.rec == %s.arr[0])", f, h, v, w, w, v, w, v, w)
}

func (g *generator) complexes() {
	v := g.fresh("v")
	g.line("%s := complex(%s, %s)", v, g.typed("float64", 1), g.typed("float64", 1))
	g.line("%s *= complex(%s, 1)", v, g.typed("float64", 1))
	g.line("out(real(%s), imag(%s), %s == 0, %s+2i, complex64(%s))", v, v, v, v, v)
}

func (g *generator) pointers() {
	typ := g.of([]string{"int", "string", "int8", "rec", "bool"})
	names := g.vars(typ, true)
	if len(names) == 0 {
		g.assign()
		return
	}
	p, v := g.fresh("p"), g.of(names)
	g.line("%s := &%s", p, v)
	g.line("*%s = %s", p, g.expr(typ, 1))
	g.line("func() {")
	g.line("\tq := &%s", p)
	g.line("\t**q = %s", g.expr(typ, 1))
	g.line("\tif %s {", g.expr("bool", 1))
	g.line("\t\t*q = new(%s)", typ)
	g.line("\t}")
	g.line("}()")
	g.line("out(%s == *%s, %s)", v, p, v)
}
