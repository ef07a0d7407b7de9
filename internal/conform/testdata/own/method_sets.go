// Which methods a value, a pointer and an interface have.
package main

import (
	"fmt"
	"sort"
)

type Shape interface {
	Area() float64
	Perimeter() float64
}
type Named interface{ Name() string }
type NamedShape interface {
	Shape
	Named
	fmt.Stringer
}
type Scaler interface{ Scale(float64) }

type Rect struct{ w, h float64 }

func (r Rect) Area() float64      { return r.w * r.h }
func (r Rect) Perimeter() float64 { return 2 * (r.w + r.h) }
func (r *Rect) Scale(f float64)   { r.w *= f; r.h *= f }
func (r Rect) Name() string       { return "rect" }
func (r Rect) String() string     { return fmt.Sprintf("%s %gx%g", r.Name(), r.w, r.h) }

type Square struct{ Rect }

func (s Square) Name() string { return "square" }

type Circle float64

func (c Circle) Area() float64      { return 3 * float64(c) * float64(c) }
func (c Circle) Perimeter() float64 { return 6 * float64(c) }

type ByArea []Shape

func (s ByArea) Len() int           { return len(s) }
func (s ByArea) Swap(i, j int)      { s[i], s[j] = s[j], s[i] }
func (s ByArea) Less(i, j int) bool { return s[i].Area() < s[j].Area() }

type Func func(float64) float64

func (f Func) Area() float64      { return f(1) }
func (f Func) Perimeter() float64 { return f(2) }

type unexported interface{ secret() int }
type hasSecret struct{ n int }

func (h hasSecret) secret() int { return h.n }

func describe(v any) {
	_, shape := v.(Shape)
	_, named := v.(Named)
	_, ns := v.(NamedShape)
	_, sc := v.(Scaler)
	_, un := v.(unexported)
	fmt.Printf("%T shape=%v named=%v both=%v scaler=%v secret=%v\n", v, shape, named, ns, sc, un)
}

func main() {
	r := Rect{2, 3}
	for _, v := range []any{r, &r, Square{r}, &Square{r}, Circle(1), new(Circle), Func(nil), hasSecret{1}, 5} {
		describe(v)
	}
	shapes := ByArea{Rect{3, 4}, Circle(1), Square{Rect{2, 2}}, &r, Func(func(x float64) float64 { return x * 100 })}
	sort.Sort(shapes)
	for _, s := range shapes {
		fmt.Printf("%T:%g ", s, s.Area())
	}
	fmt.Println()
	var sc Scaler = &r
	sc.Scale(2)
	fmt.Println(r, r.String())
	sq := &Square{Rect{1, 1}}
	sq.Scale(3)
	var ns NamedShape = sq
	fmt.Println(ns, ns.Name(), ns.Area())
	var sh Shape = ns
	if n, ok := sh.(Named); ok {
		fmt.Println(n.Name())
	}
	var u unexported = hasSecret{4}
	fmt.Println(u.secret(), u.(hasSecret).n)
	arr := []interface{ Area() float64 }{r, sq, Circle(2)}
	total := 0.0
	for _, a := range arr {
		total += a.Area()
	}
	fmt.Println(total)
	copyOf := sh
	sq.Scale(0.5)
	fmt.Println(copyOf.Area() == sh.Area(), Shape.Area(r), (*Rect).Area(&r), NamedShape.Name(sq))
	type pair struct {
		Shape
		label string
	}
	p := pair{r, "lab"}
	fmt.Println(p.Area(), p.label)
	m := map[Shape]string{Circle(1): "c", Rect{1, 2}: "r"}
	fmt.Println(m[Circle(1)], m[Rect{1, 2}], m[Rect{2, 1}] == "")
}
