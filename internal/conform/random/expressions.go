package random

import "fmt"

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
