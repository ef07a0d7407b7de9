package compile_test

import (
	"strings"
	"testing"
)

// TestClasses moves values of each class in each way that instructions move them:
// from slot to slot, through pointers, fields, elements and variables, into
// interfaces, on channels and in select statements.
func TestClasses(t *testing.T) {
	const src = `
type T = TYPE
type S struct { pad byte; v T }
var v T
func pass(x T) T { y := x; if zero { y = *new(T) }; return y }
var zero bool
func f() {
	var a, b T = VALUES
	p, s, l := &v, &S{v: a}, []T{a, b}
	*p = b                                         // through a pointer, to a variable
	println(v == b, *p == b, pass(a) == a)
	s.v, l[0] = v, s.v                             // fields and elements
	println(s.v == b, l[0] == a, l[1] == b)
	l = append(l, b, a)
	l = append(l, l...)
	println(len(l), l[7] == a, l[6] == b, any(l[2]) == any(b), any(a).(T) == a)
	var local T
	q := func() T { return local }
	local = a
	println(q() == a, *new(T) == q(), local != b)
	c, d := make(chan T, 2), make(chan T, 2)
	c <- a
	x, ok := <-c
	println(x == a, ok)
	select { case c <- b: println("sent"); default: println("full") }
	select { case x = <-c: println(x == b); default: println("empty") }
	select { case x = <-c: println("got"); default: println("empty") }
	d <- b
	select { case x = <-c: println("c"); case x = <-d: println("d", x == b) }
	select { case c <- a: println("c"); case x = <-d: println("d") }
	big := make(chan [3]T, 1)
	select { case x = <-c: println("c", x == a); case y := <-big: println(y[0] == a) }
	go func() { c <- a; d <- b }()
	println(<-c == a, <-d == b)
	close(c)
	x, ok = <-c
	println(x == *new(T), ok)
}`
	const want = `true true true
true true true
8 true true true true
true false true
true true
sent
true
empty
d true
c
c true
true true
true false
`
	for _, tt := range []struct{ typ, values string }{
		{"bool", "true, false"},
		{"uint8", "200, 7"},
		{"int16", "-300, 7"},
		{"[1]uint16", "[1]uint16{60000}, [1]uint16{1}"},
		{"float32", "1.5, -2"},
		{"int", "-1<<40, 5"},
		{"float64", "0.1, 3"},
		{"*int", "new(int), new(int)"},
		{"string", `"text", ""`},
		{"any", `"text", 7`},
		{"[3]byte", "[3]byte{1, 2}, [3]byte{3}"},
		{"complex128", "1i, 2"},
		{"struct{ s string; n int }", `struct{ s string; n int }{"a", 1}, struct{ s string; n int }{"b", 2}`},
	} {
		t.Run(tt.typ, func(t *testing.T) {
			s := compiled(t, strings.NewReplacer("TYPE", tt.typ, "VALUES", tt.values).Replace(src))
			r := s.Run("f")
			got, failed := r.Printed, r.Failed()
			if got != want || failed != "" {
				t.Errorf("printed\n%s%s\nwant\n%s", got, failed, want)
			}
		})
	}
}

// TestWords16 looks at what values of 16 bits are moved by: instructions of their
// own, as for those of other sizes.
func TestWords16(t *testing.T) {
	s := compiled(t, `
type r struct { n int16 }
func f(p *r, l []uint16, c chan int16) { p.n = <-c; l[0] = uint16(p.n); c <- p.n }`)
	dump := s.Dump("f")
	for _, slow := range []string{").load.func", ").store.func", ").send.func", ").receive.func"} {
		if strings.Contains(dump, slow) {
			t.Errorf("%s in\n%s", slow, dump)
		}
	}
	if !strings.Contains(dump, "storeFastOf[") || !strings.Contains(dump, "(channel.go:") {
		t.Errorf("no field is stored, or nothing is sent, in\n%s", dump)
	}
}
