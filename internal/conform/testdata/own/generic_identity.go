// Instances are the same type exactly if their arguments are.
package main

import "fmt"

type Box[T any] struct{ v T }
type ID int
type Opt[T any] func(*Box[T])
type Node[K comparable, V any] struct {
	key  K
	val  V
	next *Node[K, V]
}
type Nested[T any] struct{ Box[Box[T]] }

func (b Box[T]) Get() T   { return b.v }
func (b *Box[T]) Set(v T) { b.v = v }
func of[T any](v T) any   { return Box[T]{v} }
func name[T any]() string { return fmt.Sprintf("%T", *new(T)) }
func local[T any](v T) any {
	type in struct{ x T }
	return in{v}
}

type Getter[T any] interface{ Get() T }

func Counter[T any]() func() int {
	n := 0
	return func() int { n++; return n }
}

type List[T any] struct {
	head *node[T]
	size int
}
type node[T any] struct {
	v    T
	next *node[T]
}

func (l *List[T]) All() func(func(int, T) bool) {
	return func(yield func(int, T) bool) {
		i := 0
		for n := l.head; n != nil; n = n.next {
			if !yield(i, n.v) {
				return
			}
			i++
		}
	}
}
func (l *List[T]) Push(v T) { l.head = &node[T]{v, l.head}; l.size++ }

func main() {
	fmt.Println(of(1) == of(1), of(1) == of(ID(1)), of("a") == any(Box[string]{"a"}))
	fmt.Printf("%T %T %T %T\n", of(1), of(ID(1)), of(of(1)), of([]Box[ID]{}))
	fmt.Println(name[Box[Box[ID]]](), name[Node[string, map[ID]Box[bool]]](), name[Opt[int]]())
	_, ok := of(1).(Box[int])
	_, ok2 := of(1).(Getter[int])
	_, ok3 := of(1).(Getter[ID])
	fmt.Println(ok, ok2, ok3)
	m := map[any]int{Box[int]{1}: 1, Box[ID]{1}: 2, Box[any]{1}: 3, Box[any]{ID(1)}: 4}
	fmt.Println(len(m), m[of(1)], m[of(ID(1))], m[of[any](1)], m[of[any](ID(1))])
	n := Nested[int]{Box[Box[int]]{Box[int]{5}}}
	n.Set(Box[int]{6})
	fmt.Println(n.Get().Get(), n)
	fmt.Printf("%T %+v\n", n, n)
	fmt.Println(local(1) == local(1), local(1) == local(ID(1)))
	a, b := Counter[int](), Counter[int]()
	a()
	fmt.Println(a(), b())
	var l List[ID]
	for i := range ID(3) {
		l.Push(i * 10)
	}
	for i, v := range l.All() {
		if i == 2 {
			break
		}
		fmt.Print(i, ":", v, " ")
	}
	fmt.Println(l.size)
	var opts []Opt[string]
	opts = append(opts, func(b *Box[string]) { b.v += "x" }, func(b *Box[string]) { b.v += "y" })
	bx := Box[string]{}
	for _, o := range opts {
		o(&bx)
	}
	get := bx.Get
	bx.Set("new")
	fmt.Println(get(), Box[string].Get(bx), bx)
}
