package engine

import (
	"strings"
	"testing"
)

// A cell that is run again declares its types as they were. Values of the
// earlier run, wherever they are, are values of these types.
func TestContract3_TypeDeclaredAgainAsItWas(t *testing.T) {
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
	nb := open(t)
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
func TestContract3_MethodChanged(t *testing.T) {
	nb := open(t)
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
