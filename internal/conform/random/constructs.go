package random

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
