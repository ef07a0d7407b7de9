package sessiontest

import "strings"

// A cell that is run again declares its types as they were. Values of the
// earlier run, wherever they are, are values of these types.
func contract3_TypeDeclaredAgainAsItWas(t *T) {
	const types = `type Shape interface{ Area() float64 }
type Sq struct{ s float64 }
func (q Sq) Area() float64 { return scale * q.s * q.s }
func (q *Sq) grow() { q.s++ }
type Node struct { Sq; next *Node }
type Failed struct{ code int }
func (f *Failed) Error() string { return fmt.Sprint("failed with ", f.code) }
type key struct{}
type Op func(Sq) Sq`
	const values = `var shape Shape = Sq{2}
shapes := []any{Sq{1}, &Sq{3}, &Node{Sq{4}, nil}, map[string]Sq{"a": {5}}, Op(func(q Sq) Sq { q.grow(); return q })}
var err error = fmt.Errorf("wrapped: %w", &Failed{7})
ctx := context.WithValue(context.Background(), key{}, "value")
ch := make(chan any, 1)
ch <- Sq{6}
use := func(x Shape) float64 { return x.Area() }`
	const look = `q, ok := shape.(Sq)
fmt.Println(q, ok, shape == Sq{2}, shape.Area(), use(Sq{1}))
for _, s := range shapes {
	switch s := s.(type) {
	case Sq:
		fmt.Println("Sq", s.s, s.Area())
	case *Sq:
		s.grow()
		fmt.Println("*Sq", s.s, s.Area())
	case *Node:
		fmt.Println("*Node", s.Area(), s.next == nil)
	case map[string]Sq:
		fmt.Println("map", s["a"].Area())
	case Op:
		fmt.Println("Op", s(Sq{1}).s)
	default:
		fmt.Printf("another: %T\n", s)
	}
}
var f *Failed
fmt.Println(errors.As(err, &f), err, ctx.Value(key{}))
x, ok := (<-ch).(Shape)
fmt.Println(x, ok)
ch <- Sq{6}
fmt.Println(sort.SliceIsSorted(shapes, func(i, j int) bool { return false }))`
	nb := t.open()
	nb.run("scale := 1.0")
	nb.run(types)
	nb.run(values)
	want := nb.run(look)
	if strings.Contains(want, "another") || strings.Contains(want, "false [") {
		t.Fatalf("before anything is declared again:\n%s", want)
	}
	grown := func(by, area string) string { // the one value that is changed by looking
		return strings.Replace(want, "*Sq 4 16", by+" "+area, 1)
	}
	nb.run(types)
	if got := nb.run(look); got != grown("*Sq 5", "25") {
		t.Errorf("after the types were declared again:\n%s\nwant\n%s", got, grown("*Sq 5", "25"))
	}
	// What the methods use is declared again: so are the methods, and the type.
	nb.run("scale := 10.0")
	got := nb.run("shape.(Sq).Area()")
	if got != "=> 40" {
		t.Errorf("after what a method uses was declared again: %s", got)
	}
	if got := nb.run(`fmt.Println(shape.Area(), use(Sq{1}))
fmt.Sprint(shapes[0])`); got != "40 10\n=> \"{1}\"" {
		t.Errorf("through an interface: %s", got)
	}
	// A type that is really another one is not the same.
	nb.run(strings.Replace(types, "s float64 }", "s float64; name string }", 1))
	if got := nb.run(`_, ok := shape.(Sq)
_, ok2 := shapes[2].(*Node)
_, isKey := ctx.Value(key{}).(string)
fmt.Println(ok, ok2, isKey, shape.Area())`); got != "false false true 40\n" {
		t.Errorf("after a type was changed: %s", got)
	}
}

// A method that is changed makes its type new; values keep the method that they
// were made with.
func contract3_MethodChanged(t *T) {
	nb := t.open()
	nb.run(`type Namer interface{ Name() string }
type T struct{}
func (T) Name() string { return "old" }
var old Namer = T{}`)
	nb.run(`func (T) Name() string { return "new" }`)
	if got := nb.run(`fmt.Println(old.Name(), T{}.Name())
_, ok := old.(T)
ok`); got != "old new\n=> false" {
		t.Errorf("got %s", got)
	}
}

// Types that cells declare are themselves: in interfaces, switches, maps and
// what fmt prints.
func contract6_NamedTypes(t *T) {
	for _, test := range []struct{ name, src, want string }{
		{"fmt", "type C float64\ntype P struct{ X, y int; c C }\nfmt.Printf(\"%T %v %+v %#v %T\\n\", P{1, 2, 3}, P{1, 2, 3}, P{1, 2, 3}, P{1, 2, 3}, []C{1})",
			"main.P {1 2 3} {X:1 y:2 c:3} main.P{X:1, y:2, c:3} []main.C\n"},
		{"methods in fmt", "type C float64\nfunc (c C) String() string { return fmt.Sprintf(\"%.1f°\", float64(c)) }\ntype P struct{ T C }\nfmt.Println(C(1), []C{2}, P{3}, map[string]C{\"a\": 4})",
			"1.0° [2.0°] {3.0°} map[a:4.0°]\n"},
		{"switch", "type A int\ntype B int\nfor _, v := range []any{A(1), B(1), 1, []A{1}, &struct{ A }{2}} {\n\tswitch v := v.(type) {\n\tcase A: fmt.Print(\"A\", v)\n\tcase B: fmt.Print(\"B\", v)\n\tcase int: fmt.Print(\"int\", v)\n\tcase []A: fmt.Print(\"[]A\", v)\n\tdefault: fmt.Printf(\"%T\", v)\n\t}\n}",
			"A1B1int1[]A[1]*struct { main.A }"},
		{"map keys", "type K struct{ a int }\nm := map[any]string{K{1}: \"k\", 1: \"one\"}\nfmt.Println(m[K{1}], m[1], m[struct{ a int }{1}] == \"\")", "k one true\n"},
		{"errors", "type E struct{ code int }\nfunc (e *E) Error() string { return fmt.Sprint(\"code \", e.code) }\nerr := fmt.Errorf(\"wrapped: %w\", &E{3})\nvar e *E\nfmt.Println(err, errors.As(err, &e), e.code, errors.Unwrap(err) == error(e))", "wrapped: code 3 true 3 true\n"},
		{"recursive", "type Node struct{ v int; next *Node; kids []*Node; up map[string]*Node }\nl := &Node{v: 1, next: &Node{v: 2}}\nl.kids = append(l.kids, l.next)\nl.next.up = map[string]*Node{\"l\": l}\nfor n := l; n != nil; n = n.next { fmt.Print(n.v, \" \") }\nfmt.Println(l.kids[0].up[\"l\"].v)", "1 2 1\n"},
		{"state function", "type state func(n int) state\nvar a, b state\na = func(n int) state { fmt.Print(\"a\", n); return b }\nb = func(n int) state { fmt.Print(\"b\", n); return nil }\nn := 0\nfor s := a; s != nil; n++ { s = s(n) }", "a0b1"},
		{"embedding", "type Base struct{ n int }\nfunc (b *Base) Inc() { b.n++ }\nfunc (b Base) Get() int { return b.n }\ntype D struct{ Base; name string }\ntype G interface{ Get() int; Inc() }\nd := D{name: \"d\"}\nvar g G = &d\ng.Inc()\ng.Inc()\nfmt.Println(g.Get(), d.Get(), d.name)", "2 2 d\n"},
		{"interfaces of the library", "type R struct{ n int }\nfunc (r *R) Read(p []byte) (int, error) { if r.n == 0 { return 0, io.EOF }; r.n--; return copy(p, \"ab\"), nil }\nb, err := io.ReadAll(&R{2})\nfmt.Println(string(b), err)\ntype L []int\nfunc (l L) Len() int { return len(l) }\nfunc (l L) Less(i, j int) bool { return l[i] > l[j] }\nfunc (l L) Swap(i, j int) { l[i], l[j] = l[j], l[i] }\nl := L{1, 3, 2}\nsort.Sort(l)\nfmt.Println(l)", "abab <nil>\n[3 2 1]\n"},
	} {
		t.Run(test.name, func(t *T) {
			if got := t.open().run(test.src); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}
