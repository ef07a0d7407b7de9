// Variables are initialised in the order of their dependencies, then init runs.
package main

import "fmt"

var (
	a = c + b
	b = f("b", 2)
	c = f("c", d)
	d = 3
)

var x, y = pair("xy")
var _ = f("blank", 0)
var table = map[string]int{"a": a, "size": len(list)}
var list = []string{name(), "z"}
var late func() int = func() int { return z * 2 }
var z = late0()

var s = &shape{kind: kinds[1]}
var kinds = [...]string{"circle", "square"}

type shape struct{ kind string }

func (s *shape) String() string { return "shape " + s.kind + suffix }

var suffix = f2("!")
var text = s.String()

func f(n string, v int) int {
	fmt.Println("init", n, v)
	return v
}

func f2(s string) string {
	fmt.Println("f2", s)
	return s
}

func pair(s string) (int, string) {
	fmt.Println("pair", s, d)
	return d * 10, s
}

func name() string { return fmt.Sprint("n", y) }
func late0() int   { return 21 }

func init() {
	fmt.Println("init 1", a, b, c, d)
	a = 100
}

func init() {
	fmt.Println("init 2", a)
}

func main() {
	fmt.Println(a, b, c, d, x, y, table, list, late(), z, s, text)
}
