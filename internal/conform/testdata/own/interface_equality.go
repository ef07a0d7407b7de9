// Comparison of interfaces, and interfaces as map keys.
package main

import "fmt"

type (
	KeyA string
	KeyB string
	S    struct {
		n int
		v any
	}
	Empty struct{}
	Un    struct{ f []int }
)

type I interface{ M() }

func (KeyA) M() {}
func (*S) M()   {}

func try(f func()) {
	defer func() {
		if r := recover(); r != nil {
			_, isErr := r.(interface{ RuntimeError() })
			fmt.Println("panic:", r, isErr)
		}
	}()
	f()
}

func main() {
	var a, b any = KeyA("k"), KeyB("k")
	fmt.Println(a == b, a == any(KeyA("k")), a == any("k"), a != nil)
	fmt.Println(any(S{1, KeyA("x")}) == any(S{1, KeyA("x")}), any(S{1, KeyA("x")}) == any(S{1, KeyB("x")}))
	fmt.Println(any(Empty{}) == any(struct{}{}), any(1) == any(int64(1)), any(1) == any(1.0))
	var i, j I = KeyA("k"), KeyA("k")
	fmt.Println(i == j, i == a, any(i) == a, i == I(KeyA("z")))
	s := &S{n: 1}
	i, j = s, &S{n: 1}
	fmt.Println(i == j, i == I(s))
	m := map[any]string{KeyA("x"): "A", KeyB("x"): "B", "x": "string", 1: "int", int8(1): "int8", nil: "nil", [2]int{1, 2}: "array", S{1, 2}: "struct"}
	fmt.Println(len(m), m[KeyA("x")], m[KeyB("x")], m["x"], m[1], m[int8(1)], m[nil], m[[2]int{1, 2}], m[S{1, 2}], m[S{1, int8(2)}] == "")
	var nilPtr *S
	var nilI I = nilPtr
	fmt.Println(nilI == nil, nilI == I((*S)(nil)), nilI != nil)
	try(func() { fmt.Println(any([]int{1}) == any([]int{1})) })
	try(func() { fmt.Println(any(Un{}) == any(Un{})) })
	try(func() { m[[]int{1}] = "x" })
	try(func() { _ = m[func() {}] })
	try(func() { fmt.Println(any(S{1, []int{}}) == any(S{1, []int{}})) })
	try(func() { fmt.Println(any(S{1, []int{}}) == any(S{2, []int{}})) })
	fmt.Println(any([]int(nil)) == nil, any(map[string]int(nil)) == any(1))
}
