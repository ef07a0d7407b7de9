// Types made of types: channels of functions of maps, recursive, mutual.
package main

import "fmt"

type (
	Tree    map[string]Tree
	Chain   []Chain
	FnMap   map[string]func(...any) (FnMap, error)
	ChFn    chan func() chan ChFn
	Ptr     *Ptr
	Matrix  [2][2]complex64
	Visit   func(Node) Visit
	Node    interface{ Children() []Node }
	Leaf    struct{}
	Branch  []Node
	Mutual1 struct{ m *Mutual2 }
	Mutual2 struct {
		m []Mutual1
		f func(Mutual1) *Mutual2
	}
	Sem chan struct{}
)

func (Leaf) Children() []Node     { return nil }
func (b Branch) Children() []Node { return b }
func (t Tree) depth() int {
	d := 0
	for _, c := range t {
		d = max(d, c.depth())
	}
	return d + 1
}
func (s Sem) acquire() { s <- struct{}{} }
func (s Sem) release() { <-s }
func (m Matrix) mul(o Matrix) (r Matrix) {
	for i := range 2 {
		for j := range 2 {
			for k := range 2 {
				r[i][j] += m[i][k] * o[k][j]
			}
		}
	}
	return
}

func walk(n Node, v Visit) int {
	c := 1
	next := v(n)
	for _, k := range n.Children() {
		c += walk(k, next)
	}
	return c
}

func main() {
	t := Tree{"a": {"b": {}, "c": {"d": nil}}}
	fmt.Println(t.depth(), t)
	fmt.Println(Chain{{}, {{}, {}}}, len(Chain{nil}))
	var fm FnMap
	fm = FnMap{"self": func(xs ...any) (FnMap, error) { return fm, fmt.Errorf("%d", len(xs)) }}
	m, err := fm["self"](1, 2)
	fmt.Println(len(m), err)
	c := make(ChFn, 1)
	inner := make(chan ChFn, 1)
	c <- func() chan ChFn { return inner }
	inner <- c
	fmt.Println(<-(<-c)() == c)
	var p Ptr
	p = &p
	fmt.Println(*p == p, **p == p)
	fmt.Println(Matrix{{0, 1i}, {1, 0}}.mul(Matrix{{1, 2}, {3, 4i}}))
	levels := 0
	var v Visit
	v = func(n Node) Visit {
		if _, leaf := n.(Leaf); leaf {
			levels++
		}
		return v
	}
	fmt.Println(walk(Branch{Leaf{}, Branch{Leaf{}, Leaf{}}}, v), levels)
	mu := Mutual1{&Mutual2{m: []Mutual1{{}}, f: func(m Mutual1) *Mutual2 { return m.m }}}
	fmt.Println(mu.m.f(mu) == mu.m, mu.m.m[0].m == nil)
	s := make(Sem, 1)
	s.acquire()
	fmt.Println(len(s))
	s.release()
	x := map[string][]map[int]*[2]func(int) (int, error){
		"k": {{1: {func(n int) (int, error) { return n + 1, nil }, nil}}},
	}
	fmt.Println(x["k"][0][1][0](41))
	fmt.Printf("%T\n%T\n%T\n", x, fm, c)
	var iface interface {
		fmt.Stringer
		interface{ Get() (int, error) }
	}
	fmt.Printf("%T %v\n", &iface, iface)
	anon := struct {
		*Mutual1
		fn func(struct{ a, b int }) interface{ M() }
	}{Mutual1: &mu}
	fmt.Println(anon.m == mu.m, anon.fn == nil)
	fmt.Printf("%T\n", anon)
	grid := [3][4]struct{ n *int }{}
	n := 3
	grid[2][3].n = &n
	*grid[2][3].n++
	fmt.Println(n, grid[0][0].n == nil)
	jag := [][]func() []string{{nil, func() []string { return []string{"deep"} }}}
	fmt.Println(jag[0][1]()[0][1:3])
	var a any = map[any]any{"k": []any{1, map[string]any{"z": nil}}}
	fmt.Println(a.(map[any]any)["k"].([]any)[1].(map[string]any)["z"] == nil, a)
}
