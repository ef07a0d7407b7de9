package main

import (
	"fmt"
	"strings"
)

var kept []rune

//go:noinline
func parts(s string) (out []string) {
	r := []rune(s)
	for i := 0; i < len(r); i += 3 {
		out = append(out, string(r[i:i+3]))
	}
	return out
}

//go:noinline
func keep(s string) int { kept = []rune(s); return cap(kept) }

//go:noinline
func reverse(s string) (string, int) {
	r := []rune(s)
	for i, j := 0, len(r)-1; i < j; i, j = i+1, j-1 {
		r[i], r[j] = r[j], r[i]
	}
	return string(r), cap(r)
}

//go:noinline
func upper(s string) (string, int) {
	b := []byte(s)
	for i, c := range b {
		if c >= 'a' && c <= 'z' {
			b[i] = c - 32
		}
	}
	return string(b), cap(b)
}

//go:noinline
func count(s string) (int, int) {
	b := []byte(s)
	n := 0
	for _, c := range b {
		n += int(c)
	}
	return n, cap(b)
}

//go:noinline
func result(s string) ([]byte, []rune) { return []byte(s), []rune(s) }

//go:noinline
func grown(s string) (int, int) {
	b := append([]byte(s), '!')
	b[0] = 'x'
	r := append([]rune(s), '!')
	return cap(b), cap(r) + len(string(r)) + len(string(b))
}

func main() {
	fmt.Printf("%q\n", parts("abcd"))
	for _, n := range []int{0, 1, 5, 31, 32, 33, 40, 128, 129, 200} {
		s := strings.Repeat("é", n)
		a := strings.Repeat("a", n)
		b, r := result(a)
		fmt.Println(n, keep(s), keep(a), cap(b), cap(r))
		x, c := reverse(s)
		fmt.Println(len(x), c)
		fmt.Println(upper(a))
		fmt.Println(count(a))
		if n > 0 {
			fmt.Println(grown(a))
		}
	}
}
