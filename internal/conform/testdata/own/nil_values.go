// What nil does in each of its types.
package main

import (
	"errors"
	"fmt"
	"io"
)

type E struct{}

func (*E) Error() string { return "E" }

type N struct{ next *N }

func (n *N) Len() int {
	if n == nil {
		return 0
	}
	return 1 + n.next.Len()
}

func typedNil() error {
	var e *E
	return e
}

func main() {
	var (
		s []int
		m map[string]int
		c chan int
		f func()
		p *N
		i any
		e error
		r io.Reader
	)
	fmt.Println(s == nil, m == nil, c == nil, f == nil, p == nil, i == nil, e == nil, r == nil)
	fmt.Println(len(s), cap(s), len(m), len(c), cap(c), m["x"], p.Len(), (&N{&N{}}).Len())
	fmt.Println(s, m, i, e, r, p)
	fmt.Printf("%v %v %v %#v %#v %#v %#v\n", c, f == nil, p, s, m, p, i)
	for range s {
	}
	for range m {
	}
	s = append(s, s...)
	fmt.Println(s == nil, append(s, 1), s[:0] == nil, []int{} == nil, len(s[0:0:0]))
	fmt.Println(typedNil() == nil, typedNil() != nil, errors.Is(typedNil(), nil))
	fmt.Printf("%T %T %v\n", typedNil(), i, typedNil())
	i = (*N)(nil)
	fmt.Println(i == nil, i == (*N)(nil), i == (*E)(nil))
	_, ok := i.(*N)
	_, ok2 := i.(fmt.Stringer)
	fmt.Println(ok, ok2)
	i = []int(nil)
	fmt.Println(i == nil, i.([]int) == nil)
	select {
	case <-c:
	case c <- 1:
	default:
		fmt.Println("nil channel never ready")
	}
	var pp **N
	var arr *[3]int
	fmt.Println(pp == nil, len(arr), cap(arr))
	for i := range arr {
		fmt.Print(i, " ")
	}
	fmt.Println()
	delete(m, "x")
	clear(m)
	clear(s)
	var fn func() *N = func() *N { return nil }
	fmt.Println(fn() == nil, fn().Len())
	type Fn func() Fn
	var rec Fn
	rec = func() Fn { return rec }
	fmt.Println(rec()()() != nil)
	var st struct {
		s []int
		m map[int]int
		i interface{ M() }
	}
	fmt.Println(st.s == nil, st.m == nil, st.i == nil, st)
}
