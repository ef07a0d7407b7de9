// Slices share, arrays copy.
package main

import (
	"fmt"
	"slices"
	"sort"
)

type grid [3][3]rune

func (g grid) set(r rune)   { g[1][1] = r }
func (g *grid) pset(r rune) { g[1][1] = r }

type rec struct {
	name string
	vals [2]int
	tags []string
}

func change(a [3]int, s []int, p *[3]int)   { a[0], s[0], p[0] = 100, 200, 300 }
func variadic(pre string, xs ...int) string { return fmt.Sprint(pre, len(xs), xs == nil, xs) }
func mutate(xs ...int)                      { xs[0] = -1 }

func main() {
	a := [3]int{1, 2, 3}
	b := a
	s := b[:]
	c := [3]int{7, 8, 9}
	change(a, s, &c)
	fmt.Println(a, b, s, c, a == [3]int{1, 2, 3}, a != b)
	x := []int{1, 2, 3, 4, 5}
	y := x[1:3]
	fmt.Println(y, len(y), cap(y))
	y = append(y, 99)
	fmt.Println(x, y)
	y = append(y[:1:1], 55)
	fmt.Println(x, y, cap(x[1:2:3]))
	var n []int
	n = append(n, n...)
	fmt.Println(n == nil, len(n), append([]int(nil), 1), append([]int{}, x[3:]...))
	n = append(n, 1)
	n = append(n, 2, 3)
	m := append(n[:1], n[2:]...)
	fmt.Println(n[:2], m)
	z := make([]int, 2, 10)
	copy(z, x)
	fmt.Println(z, copy(z, []int{9}), z, z[:4], copy([]byte("abc"), "xyzw"))
	g := grid{}
	g.set('x')
	fmt.Print(g[1][1], " ")
	g.pset('x')
	fmt.Println(g[1][1])
	mat := [2][3]int{{1}, {2, 3}}
	for i, row := range mat {
		row[0] = 50
		mat[i][2] = i
	}
	fmt.Println(mat, len(mat), len(mat[0]))
	arr := [5]int{0: 1, 3: 4, 9 - 5: 5}
	for i, v := range arr {
		arr[4-i] = v * 10
	}
	fmt.Println(arr)
	sl := []int{1, 2, 3}
	for i, v := range sl {
		sl = append(sl, v)
		if i == 0 {
			sl[1] = 20
		}
	}
	fmt.Println(sl)
	for i := range &arr {
		arr[i] = i
	}
	fmt.Println(arr, variadic("v"), variadic("v", 1, 2), variadic("v", sl[:2]...), variadic("v", []int{}...))
	mutate(sl...)
	fmt.Println(sl[0])
	rs := []rec{{"a", [2]int{1, 2}, nil}, {name: "b", tags: []string{"t"}}}
	for _, r := range rs {
		r.name = "changed"
		r.vals[0] = 9
		if len(r.tags) > 0 {
			r.tags[0] = "shared"
		}
	}
	rs[0].vals[1]++
	pr := &rs[1]
	rs = append(rs, rec{name: "c"})
	pr.name = "old array"
	fmt.Println(rs)
	ss := [][]string{{"a"}, {"b", "c"}, nil}
	ss[2] = append(ss[2], "d")
	fmt.Println(ss, len(ss[1]))
	sort.Slice(x, func(i, j int) bool { return x[i] > x[j] })
	i, found := slices.BinarySearchFunc(x, 4, func(a, b int) int { return b - a })
	fmt.Println(x, i, found, slices.Max(x), slices.Contains(x, 99), slices.Index(x, 5), len(slices.Insert(x, 1, 7, 7)) == 7)
	ptrs := []*int{&x[0], &x[1]}
	*ptrs[0], *ptrs[1] = *ptrs[1], *ptrs[0]
	fmt.Println(x[:2])
	clear(x[:3])
	fmt.Println(x, [0]int{}, []struct{}{{}, {}}, [2]struct{}{})
	pa := &[2]int{5, 6}
	for i, v := range pa {
		pa[1] = 60
		fmt.Print(i, v, " ")
	}
	fmt.Println(len(pa), cap(pa), pa[1:], *pa)
	stack := []int{}
	for i := range 5 {
		stack = append(stack, i)
	}
	for len(stack) > 0 {
		top := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		fmt.Print(top)
	}
	fmt.Println()
	type pair struct{ k, v any }
	lits := []*pair{{1, "a"}, {"b", nil}}
	ml := map[string][]pair{"x": {{1, 2}}}
	fmt.Println(*lits[1], ml, [...]pair{2: {3, 3}}, [][]int{{}, {1}}, map[[2]int]*pair{{1, 2}: {1, 1}}[[2]int{1, 2}].k)
	s2 := slices.Clone(sl)
	slices.SortFunc(s2, func(a, b int) int { return a - b })
	fmt.Println(s2, slices.Compact(s2), slices.Equal(s2, sl))
}
