package random

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Programs of numbers: integers of all sizes that overflow, shifts by more than there
// are bits, floats that are no numbers, conversions, and slices and structs that have
// more than one name.

var numericTypes = []string{"int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64", "float32", "float64"}

var edgeNumbers = map[string][]string{
	"int": {"-1", "0", "1", "9223372036854775807", "-9223372036854775808"}, "int8": {"-1", "127", "-128"},
	"int16": {"-1", "32767", "-32768"}, "int32": {"-1", "2147483647", "-2147483648"},
	"int64": {"-1", "9223372036854775807", "-9223372036854775808"}, "uint": {"18446744073709551615", "9223372036854775808"},
	"uint8": {"255", "128"}, "uint16": {"65535"}, "uint32": {"4294967295", "2147483648"},
	"uint64":  {"18446744073709551615", "9223372036854775808"},
	"float32": {"1e30", "-0.5", "16777217", "1e-40"}, "float64": {"1e300", "-0.1", "9223372036854775808", "1e-310", "4294967296.5"},
}

func isFloat(t string) bool { return strings.HasPrefix(t, "float") }

type numbers struct {
	r     *rand.Rand
	b     strings.Builder
	vars  []string // of the function, with their types
	types map[string]string
	funcs []numeric
	depth int
	names int
	loops int
	unit  string // what names begin with
	safe  bool   // no two things may go wrong in a statement, as Go leaves open which does first
}

type numeric struct {
	name   string
	params []string
	result string
}

func (m *numbers) pick(list ...string) string { return list[m.r.IntN(len(list))] }

func (m *numbers) number() string { return numericTypes[m.r.IntN(len(numericTypes))] }

// of returns a variable of a type.
func (m *numbers) of(t string) string {
	var have []string
	for _, v := range m.vars {
		if m.types[v] == t {
			have = append(have, v)
		}
	}
	if len(have) > 0 && (m.r.IntN(6) > 0 || t == "bool" || t == "complex128") {
		return m.pick(have...)
	}
	return m.unit + "k_" + t
}

// constant returns a constant, which is not to meet others.
func (m *numbers) constant(t string) string {
	if m.r.IntN(3) == 0 {
		return t + "(" + m.pick(edgeNumbers[t]...) + ")"
	}
	return fmt.Sprintf("%s(%d)", t, m.r.IntN(100))
}

// right is an operand on the right side.
func (m *numbers) right(t string) string {
	if m.r.IntN(4) == 0 {
		return m.constant(t)
	}
	return m.expr(t)
}

func (m *numbers) expr(t string) string {
	m.depth++
	defer func() { m.depth-- }()
	if m.depth > 4 {
		return m.of(t)
	}
	switch t {
	case "bool":
		switch m.r.IntN(5) {
		case 0:
			return "!(" + m.expr("bool") + ")"
		case 1:
			return "(" + m.expr("bool") + m.pick(" && ", " || ", " == ", " != ") + m.expr("bool") + ")"
		}
		n := m.number()
		return "(" + m.expr(n) + m.pick(" < ", " <= ", " > ", " >= ", " == ", " != ") + m.right(n) + ")"
	case "complex128":
		return "(" + m.expr(t) + m.pick(" + ", " - ", " * ", " / ") + m.expr(t) + ")"
	}
	switch m.r.IntN(14) {
	case 0, 1:
		return m.of(t)
	case 2:
		return "-" + "(" + m.expr(t) + ")"
	case 3:
		if !isFloat(t) {
			return "^(" + m.expr(t) + ")"
		}
	case 4, 5:
		return t + "(" + m.expr(m.number()) + ")"
	case 6:
		if !isFloat(t) {
			by := m.number()
			for isFloat(by) {
				by = m.number()
			}
			count := m.expr(by)
			if m.r.IntN(3) > 0 || m.safe && by[0] != 'u' {
				count = "(" + count + " & " + fmt.Sprint(m.r.IntN(80)) + ")"
			}
			return "(" + m.expr(t) + m.pick(" << ", " >> ") + count + ")"
		}
	case 7:
		if t == "float64" {
			return m.pick("real(", "imag(") + m.expr("complex128") + ")"
		}
	case 8:
		if len(m.funcs) > 0 {
			f := m.funcs[m.r.IntN(len(m.funcs))]
			var args []string
			for _, p := range f.params {
				args = append(args, m.of(p))
			}
			call := t + "(" + f.name + "(fuel-1, q, " + strings.Join(args, ", ") + "))"
			if !m.safe {
				return call
			}
			// Whether what it changes is read before is for Go to choose.
			m.names++
			v := fmt.Sprint("c", m.names)
			m.line("%s := %s; _ = %s // an expression that is made need not be used", v, call, v)
			return v
		}
	case 9:
		switch t {
		case "int64":
			return "s[" + m.expr("int") + "&7]"
		case "uint8":
			if m.safe {
				return "q.b[" + m.expr("uint8") + m.pick("&3", "%4") + "]"
			}
			return "q.b[" + m.expr("uint8") + m.pick("&3", "&3", "%4", "&7") + "]"
		case "float64":
			return m.pick("q.f", "q.next.f", "(*q).f")
		case "int16":
			return m.pick("q.h", "q.next.h", "bx.a[uint8("+m.of("int")+")&3]", "q.k.a[uint8("+m.of("int8")+")%4]")
		case "int32":
			return "grid[" + m.expr("uint16") + "%3][" + m.expr("uint8") + "&3]"
		case "uint16":
			return m.pick("uint16(text["+m.expr("uint16")+"%7])", "uint16(len(text))")
		case "int":
			return m.pick("len(s)", "cap(s)", "len(q.s)")
		case "float32":
			return "arr[" + m.expr("uint16") + "%5]"
		case "uint32":
			return "global"
		}
	case 10:
		if m.r.IntN(4) == 0 {
			return m.pick("min(", "max(") + m.of(t) + ", " + m.right(t) + m.pick("", ", "+m.of(t)) + ")"
		}
		if !isFloat(t) {
			by := m.of(t)
			if m.safe {
				by = "(" + by + " | 1)"
			}
			return "(" + m.expr(t) + m.pick(" / ", " % ") + m.pick(by, by, "3", "16", "7", "1") + ")"
		}
		return "(" + m.expr(t) + " / " + m.expr(t) + ")"
	}
	if isFloat(t) {
		return "(" + m.expr(t) + m.pick(" + ", " - ", " * ") + m.right(t) + ")"
	}
	return "(" + m.expr(t) + m.pick(" + ", " - ", " * ", " & ", " | ", " ^ ", " &^ ") + m.right(t) + ")"
}

func (m *numbers) line(format string, args ...any) {
	m.b.WriteString(strings.Repeat("\t", m.depth+1) + fmt.Sprintf(format, args...) + "\n")
}

func (m *numbers) block(n int) {
	m.depth++
	kept := len(m.vars)
	depth := m.depth
	for range n {
		m.depth = 0
		m.stmt(depth)
		m.depth = depth
	}
	m.vars = m.vars[:kept]
	m.depth--
}

func (m *numbers) assignable() (v, t string) {
	v = m.vars[m.r.IntN(len(m.vars))]
	return v, m.types[v]
}

func (m *numbers) stmt(depth int) {
	switch k := m.r.IntN(20); {
	case k < 5:
		v, t := m.assignable()
		m.line("%s = %s", v, m.expr(t))
	case k == 5:
		v, t := m.assignable()
		w := v
		for _, x := range m.vars {
			if m.types[x] == t && x != v {
				w = x
			}
		}
		if w != v {
			m.line("%s, %s = %s, %s", v, w, w, v)
		}
	case k == 6:
		m.names++
		v := fmt.Sprint("v", m.names)
		t := m.number()
		m.line("%s := %s", v, m.expr(t))
		m.line("_ = %s", v)
		m.vars, m.types[v] = append(m.vars, v), t
	case k == 7 && depth < 3:
		m.line("if %s {", m.expr("bool"))
		m.block(1 + m.r.IntN(3))
		m.line("} else {")
		m.block(1 + m.r.IntN(2))
		m.line("}")
	case k == 8 && depth < 3 && m.loops < 4:
		m.loops++
		m.names++
		i := fmt.Sprint("i", m.names)
		m.line("for %s := 0; %s < %d; %s++ {", i, i, 1+m.r.IntN(12), i)
		m.line("\tif fuel--; fuel < 0 { break }")
		m.block(1 + m.r.IntN(4))
		if m.r.IntN(3) == 0 {
			m.line("\tif %s { %s }", m.expr("bool"), m.pick("break", "continue"))
		}
		m.line("}")
	case k == 9:
		m.line("s[%s&7] = %s", m.expr("int"), m.expr("int64"))
	case k == 10:
		switch m.r.IntN(6) {
		case 0:
			m.line("q.f = %s", m.expr("float64"))
		case 1:
			m.line("q.h += %s", m.expr("int16"))
		case 2:
			m.line("q.b[%s&3] = %s", m.expr("int32"), m.expr("uint8"))
		case 3:
			m.line("q.next, q = q, q.next")
		case 4:
			m.line("q.s, s = s, q.s")
		case 5:
			m.line("if q.any != nil { q.any = q.next.any } else { q.any = %s }", m.expr("int"))
		}
	case k == 11:
		m.line("arr[%s%%5] = %s", m.expr("uint8"), m.expr("float32"))
	case k == 12 && m.r.IntN(3) == 0:
		i, t := m.assignable()
		if !strings.Contains(t, "int") {
			break
		}
		switch m.r.IntN(3) { // each may go wrong
		case 0:
			m.line("arr[%s] = 1", i)
		case 1:
			m.line("global /= uint32(%s)", i)
		case 2:
			m.line("global <<= %s", i)
		}
	case k == 12:
		m.line("global += %s", m.expr("uint32"))
	case k == 14:
		m.arrays()
	case k == 15:
		m.slices()
	case k == 16:
		m.texts()
	case k == 17:
		m.appends()
	case k == 18:
		m.values()
	case k == 19:
		m.structs()
	case k == 13 && m.r.IntN(3) == 0:
		m.line("trace = append(trace, int(%s))", m.of("int8"))
	}
}

func (m *numbers) function(n int) {
	f := numeric{name: fmt.Sprint(m.unit, "f", n), result: m.pick("int", "float64", "uint8", "int32", "uint64", "float32")}
	m.vars, m.types, m.loops, m.depth = nil, map[string]string{}, 0, 0
	var params []string
	for i := range 1 + m.r.IntN(4) {
		p, t := fmt.Sprint("p", i), m.number()
		f.params = append(f.params, t)
		params = append(params, p+" "+t)
		m.vars, m.types[p] = append(m.vars, p), t
	}
	fmt.Fprintf(&m.b, "func %s(fuel int, q *node, %s) (%s) {\n", f.name, strings.Join(params, ", "), f.result)
	m.line("if steps--; fuel < 0 || steps < 0 { return %s }", f.result+"(1)")
	m.line("s := q.s")
	m.line("var arr [5]float32")
	m.line("var grid [3][4]int32")
	m.line("var bx box")
	m.line("text, more := \"machine, wörter\", q.text")
	m.line("z := complex(%s, 1)", m.of("float64"))
	m.line("ok := fuel > 2")
	m.vars = append(m.vars, "z", "ok")
	m.types["z"], m.types["ok"] = "complex128", "bool"
	m.line("w, u := wide{1, 2, %s}, total", m.of("float64"))
	for _, w := range []string{"w", "u"} {
		m.vars = append(m.vars, w+".a", w+".b", w+".f")
		m.types[w+".a"], m.types[w+".b"], m.types[w+".f"] = "int32", "int32", "float64"
	}
	for _, t := range []string{"int", "float64", "uint32"} {
		m.names++
		v := fmt.Sprint("v", m.names)
		m.line("%s := %s", v, m.expr(t))
		m.vars, m.types[v] = append(m.vars, v), t
	}
	if m.r.IntN(2) == 0 { // calls itself, too
		m.funcs = append(m.funcs, f)
	} else {
		defer func() { m.funcs = append(m.funcs, f) }()
	}
	for range 3 + m.r.IntN(8) {
		m.depth = 0
		m.stmt(0)
	}
	m.line("_, _, _, _, _, _, _, _ = s, arr, z, ok, grid, bx, text, more")
	for _, v := range m.vars {
		m.line("_ = %s", v)
	}
	m.depth = 0
	m.line("return %s", m.expr(f.result))
	m.b.WriteString("}\n\n")
}

// Fault returns a program of numbers, of one unit, that prints with println. More
// than one thing may go wrong in a statement, and which does first Go leaves open: it
// is for the comparison of ways to run one intermediate form.
func Fault(seed uint64) string { return numbersOf(seed, 1, false) }

// Numbers returns a program of so many units that have nothing to do with each other:
// to build one takes much longer than to run it. It prints the same wherever Go
// programs run on this kind of processor.
func Numbers(seed uint64, units int) string {
	src := numbersOf(seed, units, true)
	src = strings.ReplaceAll(src, "println(", "fmt.Println(")
	src = strings.ReplaceAll(src, " print(", " fmt.Print(")
	return strings.Replace(src, `import "math"`, "import (\n\t\"fmt\"\n\t\"math\"\n)", 1)
}

func numbersOf(seed uint64, units int, safe bool) string {
	m := &numbers{r: rand.New(rand.NewPCG(seed, 1)), safe: safe}
	main := "func main() {\n"
	if safe {
		m.b.WriteString("package main\n\n")
	}
	m.b.WriteString("import \"math\"\n" + header)
	for i := range units {
		if units > 1 {
			m.unit = fmt.Sprint("u", i)
		}
		m.funcs = nil
		for _, t := range numericTypes {
			fmt.Fprintf(&m.b, "var %sk_%s %s = %s\n", m.unit, t, t, m.constant(t))
		}
		m.b.WriteString("\n")
		for i := range 2 + m.r.IntN(3) {
			m.function(i)
		}
		fmt.Fprintf(&m.b, "func %smain() {\n\ttrace, global, boxes = nil, 0, [2]box{}\n\tq := &node{s: make([]int64, 8)}\n\tq.next = &node{s: make([]int64, 8, 10), next: q}\n", m.unit+"u")
		for _, f := range m.funcs {
			m.vars, m.types = nil, map[string]string{}
			for range 3 {
				var args []string
				for _, p := range f.params {
					args = append(args, m.constant(p))
				}
				fmt.Fprintf(&m.b, "\ttry(%q, func() { println(bits(float64(%s(%d, q, %s)))) })\n\tshow(q)\n", f.name, f.name, 5+m.r.IntN(60), strings.Join(args, ", "))
			}
		}
		m.b.WriteString("}\n\n")
		main += fmt.Sprintf("\t%smain()\n", m.unit+"u")
	}
	m.b.WriteString(main + "}\n")
	return m.b.String()
}
