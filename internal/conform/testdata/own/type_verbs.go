// %T, %v, %+v and %#v of named types and of what contains them.
package main

import "fmt"

type (
	Celsius float64
	Name    string
	Flags   uint8
	point   struct{ X, y int }
	Line    struct {
		From, To point
		name     Name
		tags     []Name
		attrs    map[Name]Celsius
		next     *Line
		fn       func(int) Name
		ch       chan<- point
		any      any
	}
	Names  []Name
	Matrix [2][2]Celsius
	Table  map[string]Names
	Op     func(a, b Celsius) (Celsius, error)
)

type outer struct {
	point
	*Line
	Flags
}

func main() {
	for _, v := range []any{
		Celsius(36.6), Name("n"), Flags(3), point{1, 2}, &point{3, 4},
		Names{"a", "b"}, Matrix{{1, 2}, {3, 4}}, Table{"k": {"v"}},
		Line{From: point{1, 2}, name: "x", tags: []Name{"t"}, attrs: map[Name]Celsius{"a": 1}},
		outer{point: point{5, 6}, Flags: 7},
		struct {
			A int `json:"a"`
			b string
		}{1, "two"},
		[]any{1, Name("q"), nil}, map[point]bool{{1, 2}: true},
		[3]Flags{1, 2, 3}, []point{{1, 2}}, []*point{nil},
	} {
		fmt.Printf("%T\n\t%v\n\t%+v\n\t%#v\n", v, v, v, v)
	}
	fmt.Printf("%T %T %T %T\n", Op(nil), make(chan Names), (func(point, ...Name) *Line)(nil), (*interface{ M(Name) })(nil))
	fmt.Printf("%d %x %q %08b %s\n", Flags(10), Flags(255), Name("q"), Flags(5), Names{"a", "b"})
	fmt.Printf("%6.2f|%-8s|%+d|%v|%s\n", Celsius(3.14159), Name("ab"), Flags(3), []byte("hi"), []byte("hi"))
	fmt.Printf("%d %s\n", point{1, 2}, point{1, 2})
	fmt.Printf("%!|%d|%z|%d\n", 1, 2)
}
