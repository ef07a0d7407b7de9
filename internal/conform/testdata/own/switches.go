// Switch: fallthrough, no tag, init, duplicates by value, types, breaks.
package main

import "fmt"

type Op byte

const (
	Add Op = '+'
	Sub Op = '-'
)

func calc(a, b int, op Op) (r int, err error) {
	switch op {
	case Add:
		r = a + b
	case Sub:
		r = a - b
	default:
		err = fmt.Errorf("bad op %q", op)
	}
	return
}

func grade(n int) string {
	switch {
	case n >= 90:
		return "A"
	case n >= 80:
		return "B"
	}
	return "F"
}

func fall(n int) (s string) {
	switch n {
	case 0:
		s += "0"
		fallthrough
	case 1:
		s += "1"
		fallthrough
	case 2:
		s += "2"
	case 3, 4, 5:
		s += "345"
		if n == 4 {
			break
		}
		s += "x"
	default:
		s += "d"
		fallthrough
	case 9:
		s += "9"
	}
	return s
}

func iface(v any) string {
	switch v {
	case 1:
		return "int 1"
	case "1":
		return "string 1"
	case nil:
		return "nil"
	case Add:
		return "Add"
	case byte('+'):
		return "byte"
	case [2]int{1, 2}:
		return "array"
	}
	return "none"
}

func main() {
	fmt.Println(calc(1, 2, Add))
	fmt.Println(calc(1, 2, '*'))
	for _, n := range []int{95, 85, 10} {
		fmt.Print(grade(n), " ")
	}
	for n := range 11 {
		fmt.Print(fall(n), " ")
	}
	fmt.Println()
	for _, v := range []any{1, "1", nil, Add, byte('+'), [2]int{1, 2}, int8(1), 1.0} {
		fmt.Print(iface(v), "; ")
	}
	fmt.Println()
	switch x := calc; {
	case x != nil:
		fmt.Println("func")
	}
	switch {
	default:
		fmt.Println("default first")
	case false:
	}
	switch f := 1.5; f {
	case 1.5:
		fmt.Println("float")
	}
	switch s := "b"; s {
	case "a", "b":
		fmt.Println("string", s)
	}
	switch p := &struct{ n int }{1}; p {
	case nil:
	default:
		fmt.Println("ptr", p.n)
	}
	switch a, b := 1, 2; a < b {
	case true:
		fmt.Println("less")
	}
	for i := range 3 {
		switch i {
		case 1:
			continue
		}
		fmt.Print(i, " ")
	}
	fmt.Println()
	switch c := complex(1, 0); c {
	case 1:
		fmt.Println("complex")
	}
	switch ch := make(chan int); ch {
	case ch:
		fmt.Println("chan")
	}
	switch {
	}
	switch x := 5; x {
	}
	const big = 1 << 40
	switch int64(big) {
	case 1 << 40:
		fmt.Println("big")
	}
	switch r := []rune("héé")[1]; {
	case 'a' <= r && r <= 'z':
		fmt.Println("ascii")
	case r == 'é':
		fmt.Println("accent")
	}
}
