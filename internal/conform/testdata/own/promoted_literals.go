// Promoted fields as keys of struct literals, and generic functions where a
// function type is wanted.

//go:build go1.27

package main

import "fmt"

type Point struct{ X, Y int }

type Circle struct {
	Point
	Radius int
}

type Wheel struct {
	Circle
	Spokes int
	Name   string
}

type Box[T any] struct{ Value T }

type Label struct {
	Box[string]
	Box2
}

type Box2 struct{ N *int }

func trace(s string, n int) int {
	fmt.Println("evaluates", s)
	return n
}

func identity[T any](x T) T { return x }

func double[T ~int | ~string](x T) T { return x + x }

type change func(int) int

func chosen(first bool) func(string) string {
	if first {
		return identity
	}
	return double
}

func main() {
	w := Wheel{Spokes: trace("Spokes", 20), Y: trace("Y", 2), Radius: trace("Radius", 5), X: trace("X", 1)}
	fmt.Printf("%+v\n", w)
	p := &Wheel{X: 8, Name: "p"}
	fmt.Printf("%+v %v\n", *p, p.Circle.Point == Point{X: 8})
	n := 3
	l := []Label{{Value: "a", N: &n}, {Box: Box[string]{"b"}}}
	fmt.Println(l[0].Value, *l[0].N, l[1].Value, l[1].N == nil)
	m := map[string]Circle{"unit": {X: 1, Radius: 1}}
	fmt.Println(m)
	var zero Wheel
	zero = Wheel{Circle: zero.Circle, Name: "zero"}
	fmt.Printf("%+v\n", zero)

	fs := []func(int) int{identity, double}
	named := map[string]func(string) string{"id": identity, "twice": double}
	s := struct{ f change }{double}
	ch := make(chan func(float64) float64, 1)
	ch <- identity
	fmt.Println(fs[0](3), fs[1](3), named["twice"]("ab"), s.f(4), change(double)(5), (<-ch)(1.5))
	fmt.Println(chosen(true)("q"), chosen(false)("q"))
}
