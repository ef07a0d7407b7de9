// Names that hide others, in every kind of scope.
package main

import (
	"errors"
	"fmt"
	"strings"
)

var x = "global"
var err = errors.New("global err")

type T struct{ string }

func get() string { return x }

func f(x int) (err error) {
	if x > 0 {
		x := x * 2
		_, err := fmt.Sscan("bad", &x)
		_ = err
	}
	return
}

func g() (n int, err error) {
	{
		n, err := 5, errors.New("inner")
		_, _ = n, err
	}
	if n, e := 7, error(nil); e == nil {
		n++
		_ = n
	}
	return n, err
}

func multi() (int, error) { return 1, nil }

func shadowBuiltins() {
	len := func(s string) int { return 42 }
	true := false
	int := "int"
	nil := 0
	print := fmt.Sprint
	fmt.Println(len("x"), true, int, nil, print("p"))
	type string []rune
	fmt.Println(string("abc")[0])
	append := 3
	copy, cap := append, append+1
	fmt.Println(copy, cap)
}

func params(fmt string) string {
	strings := strings.ToUpper(fmt)
	return strings
}

func recv(t T) (s string) {
	switch t := any(t).(type) {
	case T:
		s = t.string
	}
	switch t := 5; {
	case t > 3:
		t := "inner"
		s += t
	}
	for t := 0; t < 2; t++ {
		t := t * 10
		s += fmt.Sprint(t)
	}
	return s
}

func main() {
	fmt.Println(x, get())
	{
		x := 1
		x++
		fmt.Println(x, get())
		{
			x := []int{x}
			fmt.Println(x)
		}
	}
	fmt.Println(f(3), x)
	fmt.Println(g())
	a, e := multi()
	b, e := multi()
	fmt.Println(a, b, e, err)
	func() {
		y, err := multi()
		fmt.Println(y, err)
	}()
	fmt.Println(err)
	shadowBuiltins()
	fmt.Println(params("par"), recv(T{"tt"}))
	if v := x; v == "global" {
		v := len(v)
		fmt.Println(v)
	} else if w := v + "x"; w != "" {
		fmt.Println(v, w)
	}
	for i := 0; i < 2; i++ {
		i := "loop"
		fmt.Print(i, " ")
	}
	fmt.Println()
	type x struct{ n int }
	fmt.Printf("%T %+v %s\n", x{1}, x{2}, get())
	var main = 3
	fmt.Println(main)
}
