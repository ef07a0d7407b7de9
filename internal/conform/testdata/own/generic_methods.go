// Methods with type parameters of their own.

//go:build go1.27

package main

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
)

type List[T any] struct{ items []T }

func (l *List[T]) Add(items ...T) *List[T] {
	l.items = append(l.items, items...)
	return l
}

func (l List[T]) Map[U any](f func(T) U) List[U] {
	var out List[U]
	for _, x := range l.items {
		out.Add(f(x))
	}
	return out
}

func (l List[T]) Fold[A any](start A, f func(A, T) A) A {
	for _, x := range l.items {
		start = f(start, x)
	}
	return start
}

type Celsius float64

func (c Celsius) To[T ~int | ~float64]() T  { return T(c) }
func (c *Celsius) Set[T ~int | ~float64](v T) { *c = Celsius(v) }
func (c Celsius) String() string             { return fmt.Sprintf("%.1f °C", float64(c)) }

// Pair's method calls itself with type arguments that change places.
type Pair[A any] struct{ a A }

func (p Pair[A]) Turn[B any](n int, b B) string {
	if n == 0 {
		return fmt.Sprintf("%T %T", p.a, b)
	}
	return Pair[B]{b}.Turn(n-1, p.a)
}

// Room has generic methods of what it embeds, by value and by pointer.
type Room struct {
	*Celsius
	List[string]
}

type Mapper interface {
	Map(func(int) string) List[string]
}

type Counter struct{ n int }

func (c *Counter) Each[T any](xs []T, f func(int, T)) {
	for _, x := range xs {
		c.n++
		f(c.n, x)
	}
}

func (c *Counter) Try[E error](f func()) (found E, ok bool) {
	defer func() {
		if err, is := recover().(error); is {
			ok = errors.As(err, &found)
		}
	}()
	f()
	return
}

type Failure struct{ code int }

func (f Failure) Error() string { return fmt.Sprint("failure ", f.code) }

func apply[T, U any](l List[T], f func(T) U) []U { return l.Map(f).items }

func main() {
	words := new(List[string]).Add("a", "bb", "ccc")
	lengths := words.Map(func(s string) int { return len(s) })
	fmt.Println(lengths, lengths.Map[float64](func(n int) float64 { return float64(n) / 2 }))
	fmt.Println(words.Fold("", func(a, s string) string { return s + a }), lengths.Fold(0, func(a, n int) int { return a + n }))
	fmt.Println(apply(*words, strings.ToUpper))

	c := Celsius(21.5)
	fmt.Println(c.To[int](), c.To[float64](), c)
	c.Set(3)
	bound, free, pointer := c.To[int], Celsius.To[float64], (*Celsius).Set[float64]
	pointer(&c, 4.5)
	fmt.Println(bound(), free(c), c)

	room := Room{&c, *words}
	room.Set(18)
	fmt.Println(room.To[int](), room.Map(func(s string) bool { return len(s) > 1 }))

	fmt.Println(Pair[int]{1}.Turn(2, "x"), Pair[int]{1}.Turn(3, "x"), Pair[error]{}.Turn(1, []int(nil)))

	// No method set has them, and no interface is implemented by them.
	_, ok := any(lengths).(Mapper)
	fmt.Println(ok, reflect.TypeOf(words).NumMethod(), reflect.TypeOf(c).NumMethod(), reflect.TypeOf(room).NumMethod())

	var counter Counter
	counter.Each([]string{"x", "y"}, func(i int, s string) { fmt.Println(i, s) })
	counter.Each([]bool{true}, func(i int, b bool) { fmt.Println(i, b) })
	failure, ok := counter.Try[Failure](func() { panic(fmt.Errorf("wrapped: %w", Failure{7})) })
	fmt.Println(failure, ok)

	done := make(chan List[int])
	go func() {
		defer close(done)
		done <- words.Map(func(s string) int { return -len(s) })
	}()
	for l := range done {
		fmt.Println(l)
	}
	defer lengths.Map(func(n int) int { fmt.Println("deferred", n); return n })
	go lengths.Fold(0, func(a, n int) int { return a })
}
