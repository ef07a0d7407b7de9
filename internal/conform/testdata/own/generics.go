// Generic functions and types: methods, constraints, inference.
package main

import (
	"cmp"
	"errors"
	"fmt"
	"sort"
	"strconv"
	"strings"
)

type Number interface {
	~int | ~int64 | ~float64
}
type Meters float64

func Sum[T Number](xs ...T) (s T) {
	for _, x := range xs {
		s += x
	}
	return
}

func Map[S ~[]E, E, R any](s S, f func(E) R) []R {
	r := make([]R, 0, len(s))
	for _, x := range s {
		r = append(r, f(x))
	}
	return r
}

func Reduce[T, A any](s []T, a A, f func(A, T) A) A {
	for _, x := range s {
		a = f(a, x)
	}
	return a
}

func Filter[S ~[]E, E any](s S, keep func(E) bool) S {
	var r S
	for _, x := range s {
		if keep(x) {
			r = append(r, x)
		}
	}
	return r
}

func Keys[M ~map[K]V, K cmp.Ordered, V any](m M) []K {
	ks := make([]K, 0, len(m))
	for k := range m {
		ks = append(ks, k)
	}
	sort.Slice(ks, func(i, j int) bool { return ks[i] < ks[j] })
	return ks
}

type Stack[T any] struct{ items []T }

func (s *Stack[T]) Push(x T) *Stack[T] { s.items = append(s.items, x); return s }
func (s *Stack[T]) Pop() (x T, err error) {
	if len(s.items) == 0 {
		return x, errors.New("empty")
	}
	x = s.items[len(s.items)-1]
	s.items = s.items[:len(s.items)-1]
	return x, nil
}
func (s Stack[T]) Each(f func(int, T)) {
	for i, x := range s.items {
		f(i, x)
	}
}

type Pair[K comparable, V any] struct {
	Key K
	Val V
}

func (p Pair[K, V]) String() string                     { return fmt.Sprintf("<%v=%v>", p.Key, p.Val) }
func MakePair[K comparable, V any](k K, v V) Pair[K, V] { return Pair[K, V]{k, v} }
func (p Pair[K, V]) Swap() any                          { return p.Val }

type Tree[T any] struct {
	left, right *Tree[T]
	val         T
	cmp         func(a, b T) int
}

func (t *Tree[T]) Insert(v T) *Tree[T] {
	if t == nil {
		return &Tree[T]{val: v}
	}
	return t
}

type Ordered[T any] interface{ Less(T) bool }

func Min[T Ordered[T]](a, b T) T {
	if b.Less(a) {
		return b
	}
	return a
}

type Age int

func (a Age) Less(b Age) bool { return a < b }

type Parser[T any] interface {
	*T
	Parse(string) error
}
type Num struct{ n int }

func (n *Num) Parse(s string) (err error) { n.n, err = strconv.Atoi(s); return }

func ParseAll[T any, P Parser[T]](ss ...string) ([]T, error) {
	var out []T
	for _, s := range ss {
		var v T
		if err := P(&v).Parse(s); err != nil {
			return out, err
		}
		out = append(out, v)
	}
	return out, nil
}

type Set[T comparable] map[T]struct{}

func (s Set[T]) Add(x T) Set[T] { s[x] = struct{}{}; return s }
func (s Set[T]) Has(x T) bool   { _, ok := s[x]; return ok }
func Zero[T any]() (z T)        { return }
func Ptr[T any](v T) *T         { return &v }
func Is[T any](v any) bool      { _, ok := v.(T); return ok }

func Kind[T any](v T) string {
	switch any(v).(type) {
	case int:
		return "int"
	case string:
		return "string"
	case []T:
		return "slice of itself"
	case fmt.Stringer:
		return "stringer"
	}
	return fmt.Sprintf("%T", v)
}

type Vec[T any] []T
type Alias[T any] = map[string]T
type Num2 interface{ int | string }

func Add[T Num2](a, b T) T { return a + b }

func main() {
	fmt.Println(Sum(1, 2, 3), Sum(1.5, 2), Sum[Meters](1, 2.5), Sum[int]())
	fmt.Printf("%T %T\n", Sum[Meters](1), Sum(1, 2))
	fmt.Println(Map([]int{1, 2}, strconv.Itoa), Map([]string{"a"}, strings.ToUpper), Map(Vec[int]{3}, func(i int) float64 { return float64(i) / 2 }))
	fmt.Println(Reduce([]string{"a", "bb"}, 0, func(n int, s string) int { return n + len(s) }))
	fmt.Printf("%T %v\n", Filter(Vec[int]{1, 2, 3, 4}, func(i int) bool { return i%2 == 0 }), Keys(map[string]bool{"z": true, "a": false}))
	s := &Stack[Pair[string, int]]{}
	s.Push(MakePair("a", 1)).Push(MakePair("b", 2))
	s.Each(func(i int, p Pair[string, int]) { fmt.Print(i, p, " ") })
	p, err := s.Pop()
	fmt.Println(p, err, p.Swap())
	s.Pop()
	_, err = s.Pop()
	fmt.Println(err)
	fmt.Printf("%T %T %v %+v\n", s, Stack[[]int]{}, Pair[Age, *int]{Key: 3}, struct{ P Pair[int, bool] }{})
	var t *Tree[Age]
	t = t.Insert(5).Insert(6)
	fmt.Println(t.val, Min(Age(4), Age(3)))
	ns, err := ParseAll[Num]("1", "2", "x")
	fmt.Println(ns, err)
	set := Set[Age]{}
	fmt.Println(set.Add(1).Add(1).Has(1), len(set), set.Has(2))
	fmt.Println(Zero[int](), Zero[*int](), Zero[Pair[int, string]](), Zero[error]() == nil, *Ptr("x"))
	fmt.Println(Is[int](1), Is[Age](1), Is[Age](Age(1)), Is[fmt.Stringer](p), Is[Stack[int]](Stack[int]{}), Is[Stack[int]](Stack[Age]{}))
	fmt.Println(Kind(1), Kind("s"), Kind(p), Kind(Age(1)), Kind(Vec[Age]{}))
	var al Alias[int] = map[string]int{"x": 1}
	fmt.Printf("%T %v %v %v\n", al, al, Add("a", "b"), Add(1, 2))
	f := Map[[]int, int, string]
	fmt.Printf("%T %v\n", f, f([]int{7}, func(int) string { return "seven" }))
	g := Sum[float64]
	fmt.Println(g(1, 2, 3.5), min(3, 1, 2), max("a", "b"))
}
