package random

import (
	"fmt"
	"strings"
)

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
