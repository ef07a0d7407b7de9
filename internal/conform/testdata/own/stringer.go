// Where fmt calls String, Error, GoString and Format, and where it does not.
package main

import (
	"errors"
	"fmt"
)

type Color int

func (c Color) String() string { return [...]string{"red", "green", "blue"}[c] }

type ptr struct{ n int }

func (p *ptr) String() string { return fmt.Sprint("ptr ", p.n) }

type secret string

func (secret) GoString() string { return "secret(…)" }

type both struct{ msg string }

func (b both) Error() string  { return "error " + b.msg }
func (b both) String() string { return "string " + b.msg }

type custom struct{ w, h int }

func (c custom) Format(f fmt.State, verb rune) {
	w, ok := f.Width()
	fmt.Fprintf(f, "<%c %d %v %v>", verb, w, ok, f.Flag('+'))
}

type holder struct {
	C     Color
	c     Color
	P     *ptr
	V     ptr
	Inner struct{ C Color }
	M     map[Color][]Color
	E     error
	A     any
}

type embeds struct {
	Color
	n int
}

type panics struct{}

func (panics) String() string { panic("no string") }

type nilsafe struct{ s string }

func (n *nilsafe) String() string { return n.s }

func main() {
	fmt.Println(Color(1), []Color{0, 1, 2}, map[Color]Color{0: 1, 2: 0}, [2]Color{1, 1}, &[]Color{2})
	fmt.Println(&ptr{1}, ptr{2}, []*ptr{}, []ptr{{3}})
	fmt.Printf("%v %+v %#v %s %q\n", secret("x"), secret("x"), secret("x"), secret("x"), secret("x"))
	fmt.Println(both{"b"}, []both{{"c"}}, []any{both{"d"}, Color(2)})
	fmt.Printf("%v %+8v %s %d\n", custom{}, custom{}, custom{}, []custom{{}})
	h := holder{C: 1, c: 2, V: ptr{4}, M: map[Color][]Color{1: {2, 0}}, E: errors.New("e"), A: Color(0)}
	fmt.Printf("%v\n%+v\n", h, h)
	fmt.Println(embeds{1, 2}, &embeds{2, 3})
	fmt.Printf("%d %x %v %T\n", Color(2), Color(2), Color(2), Color(2))
	fmt.Printf("%v %s\n", panics{}, panics{})
	var np *nilsafe
	fmt.Printf("%v %s\n", np, np)
	fmt.Println(error(both{"z"}), fmt.Stringer(Color(1)))
	fmt.Printf("%v %d\n", struct {
		Color
		Other Color
	}{1, 2}, struct{ C Color }{1})
}
