package yaegi_test

import "testing"

// Types that lead to themselves, in any way.
func TestCyclic(t *testing.T) {
	s, _ := compiled(t, `import "fmt"
type tree struct{ name string; kids []tree; index map[string]tree }
type list []list
type state func(n int) state
type table map[string]table
type line chan line
type node struct{ v int; next *node; all []*node }
type self *self
type visitor struct{ visit func(visitor, int) int }
type pair struct{ left, right [2]tree }
func (t tree) depth() int {
	d := 0
	for _, k := range t.kids { d = max(d, k.depth()) }
	return d + 1
}
func down(n int) state { fmt.Println("down", n); if n == 0 { return nil }; return down }
func try(f func()) {
	defer func() { fmt.Println(recover()) }()
	f()
}
func f() {
	t := tree{name: "a", kids: []tree{{name: "b"}, {name: "c", kids: []tree{{name: "d"}}}}}
	t.kids[1].kids[0].name = "e"
	t.kids = append(t.kids, tree{name: "f"})
	t.index = map[string]tree{"b": t.kids[0]}
	k := t.index["b"]
	p := &t.kids[1]
	p.name += "!"
	fmt.Println(t.depth(), len(t.kids), cap(t.kids[:1:1]), k.name, t.kids[1].name, t.kids[1].kids == nil, t.kids[0].kids == nil)
	fmt.Printf("%v %+v\n", t.kids[1], t.kids[0])
	l := list{nil, list{nil}}
	fmt.Println(len(l), len(l[1]), l)
	for s := state(down)(2); s != nil; s = s(1) { break }
	done := make(chan state)
	go func() { done <- state(down)(0) }()
	fmt.Println((<-done) == nil)
	func() { defer state(down)(0) }()
	tb := table{"x": table{"y": nil}}
	tb["z"] = tb["x"]
	delete(tb, "x")
	fmt.Println(len(tb), tb["z"]["y"] == nil, tb)
	for k, v := range tb { fmt.Println(k, len(v)) }
	ln := make(line, 1)
	ln <- ln
	got := <-ln
	fmt.Println(got == ln, got != nil)
	n := &node{v: 1}
	n.next = &node{v: 2, next: n}
	n.all = append(n.all, n, n.next)
	nodes := []node{*n, {v: 5}}
	nodes[1].v++
	fmt.Println(n.next.next == n, n.all[1].v, nodes[1].v, len(nodes[0].all))
	var s self
	s = &s
	fmt.Println(*s == s, s != nil)
	v := visitor{func(v visitor, n int) int { if n == 0 { return 7 }; return v.visit(v, n-1) }}
	fmt.Println(v.visit(v, 3))
	try(func() { var a, b any = tb, tb; fmt.Println(a == b) })
	try(func() { var a, b any = l, l; fmt.Println(a == b) })
	try(func() { var a, b any = t, t; fmt.Println(a == b) })
	try(func() { var a, b any = n, n; fmt.Println(a == b) })
	try(func() { m := map[any]int{}; m[state(down)] = 1 })
	try(func() { var n *node; fmt.Println(n.next) })
	try(func() { var st state; st(1) })
	var x any = t
	if y, ok := x.(tree); ok { fmt.Println(y.kids[1].kids[0].name) }
	_, isList := x.(list)
	fmt.Println(isList, pair{}.left[1].kids == nil)
}`)
	const want = `3 3 1 b c! false true
{c! [{e [] map[]}] map[]} {name:b kids:[] index:map[]}
2 1 [[] [[]]]
down 2
down 0
true
down 0
1 true map[z:map[y:map[]]]
z 1
true true
true 2 6 2
true true
7
runtime error: comparing uncomparable type main.table
runtime error: comparing uncomparable type main.list
runtime error: comparing uncomparable type main.tree
true
<nil>
runtime error: hash of unhashable type main.state
runtime error: invalid memory address or nil pointer dereference
runtime error: invalid memory address or nil pointer dereference
e
false true
`
	if r := s.Run("f"); r.Printed != want {
		t.Errorf("printed\n%s\nwant\n%s\nended with %q", r.Printed, want, r.Failed())
	}
}

// An assertion that does not hold leaves the zero value.
func TestFailedAssertion(t *testing.T) {
	s, _ := compiled(t, `import "fmt"
type a struct{ x, y int }
type b string
func f() {
	var v any = a{1, 2}
	s, ok := v.(b)
	fmt.Printf("%q %v\n", s, ok)
	v = s
	w, ok := v.(a)
	fmt.Println(w, ok)
}`)
	if r := s.Run("f"); r.Printed != "\"\" false\n{0 0} false\n" {
		t.Errorf("printed %q, ended with %q", r.Printed, r.Failed())
	}
}
