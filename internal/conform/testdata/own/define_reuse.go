// Statements that declare one variable and assign another, again and again.
package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

func pair(n int) (int, error) {
	if n%2 == 1 {
		return n, errors.New("odd " + strconv.Itoa(n))
	}
	return n, nil
}

func three() (int, string, error) { return 3, "three", nil }

func main() {
	a, err := pair(1)
	fmt.Println(a, err)
	b, err := pair(2)
	c, err := pair(3)
	fmt.Println(b, c, err)
	d, s, err := three()
	e, s, err := three()
	f, s, err := three()
	fmt.Println(d, e, f, s, err)

	m := map[string]int{"k": 7}
	v, ok := m["k"]
	w, ok := m["none"]
	ch := make(chan int, 1)
	ch <- 9
	close(ch)
	x, ok := <-ch
	y, ok := <-ch
	var i any = strings.Repeat("i", 2)
	z, ok := i.(int)
	t, ok := i.(string)
	fmt.Println(v, w, x, y, z, t, ok)

	var last any
	g, last := pair(5)
	h, last := m["k"]
	k, last := three2()
	fmt.Println(g, h, k, last)

	show := func() { fmt.Println(a, err) }
	show()
	a, l := pair(11)
	n, err := pair(l2(l))
	show()
	fmt.Println(n)
}

func three2() (int, []int) { return 3, []int{3} }

func l2(err error) int { return len(err.Error()) }
