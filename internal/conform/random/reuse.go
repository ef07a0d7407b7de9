package random

import "fmt"

// reuse writes statements of main that declare some names and use others again:
// what a cell of several statements is made of.
func (g *generator) reuse() {
	g.depth = 1
	mark := len(g.scope)
	labels := 0
	for i := range 6 + g.IntN(6) {
		v := fmt.Sprintf("v%d", i)
		switch g.IntN(7) {
		case 0, 1:
			g.line("%s, err := pair(%s)", v, g.expr("int", 1))
			g.line("out(%s, err)", v)
			g.declare(v, "int", false)
		case 2:
			g.line("%s, ok := table[%s]", v, g.expr("string", 1))
			g.line("out(%s, ok)", v)
			g.declare(v, "int", false)
		case 3:
			g.line("%s, ok := any(%s).(int)", v, g.expr(g.of([]string{"int", "string", "num"}), 1))
			g.line("out(%s, ok)", v)
			g.declare(v, "int", false)
		case 4:
			labels++
			g.line("again%d:", labels)
			g.line("%s := counter()", v)
			g.line("if %s < %d {", v, 3+4*labels)
			g.line("\tgoto again%d", labels)
			g.line("}")
			g.line("out(%s)", v)
			// Nothing may be declared between a goto and its label, and no
			// other statement comes between.
			g.declare(v, "int", false)
		case 5:
			g.line("queue <- %s", g.expr("int", 1))
			g.line("%s, ok := <-queue", v)
			g.line("out(%s, ok)", v)
			g.declare(v, "int", false)
		case 6:
			g.line("%s := func(%s int) int {", v, g.of([]string{"strings", "errors", "iter"}))
			g.line("\tfmt := %s", g.expr("string", 1))
			g.line("\treturn len(fmt)")
			g.line("}")
			g.line("out(%s(1))", v)
		}
	}
	g.scope = g.scope[:mark]
	g.depth = 0
}

// reuseHelpers are what the statements call.
const reuseHelpers = `func pair(n int) (int, error) {
	if n < 0 {
		return -n, fmt.Errorf("negative: %d", n)
	}
	return n, nil
}

var (
	table = map[string]int{"": 1, "a": 2}
	queue = make(chan int, 1)
	count int
)

func counter() int {
	count++
	return count
}

`
