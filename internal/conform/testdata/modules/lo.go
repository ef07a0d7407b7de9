//gosched:get github.com/samber/lo@v1.53.0
package main

import (
	"fmt"
	"sort"
	"strconv"
	"strings"

	"github.com/samber/lo"
	lop "github.com/samber/lo/parallel"
)

func main() {
	n := []int{1, 2, 3, 4, 5, 6}
	fmt.Println(lo.Map(n, func(x, _ int) string { return strconv.Itoa(x * x) }))
	fmt.Println(lo.Filter(n, func(x, _ int) bool { return x%2 == 0 }))
	fmt.Println(lo.Reduce(n, func(a, x, _ int) int { return a + x }, 0))
	fmt.Println(lo.Uniq([]string{"a", "b", "a"}), lo.Chunk(n, 4), lo.Reverse([]int{1, 2, 3}))
	g := lo.GroupBy(n, func(x int) string { return lo.Ternary(x > 3, "big", "small") })
	fmt.Println(g)
	k := lo.Keys(g)
	sort.Strings(k)
	fmt.Println(k, lo.Sum(n), lo.Max(n), lo.Contains(n, 9))
	a, b := lo.Difference([]int{1, 2, 3}, []int{2, 3, 4})
	fmt.Println(a, b, lo.Intersect(n, []int{6, 7}), lo.Must(strconv.Atoi("12")))
	fmt.Println(lop.Map(n, func(x, _ int) int { return x * 10 }))
	v, ok := lo.Find(n, func(x int) bool { return x > 4 })
	fmt.Println(v, ok, lo.PascalCase("hello wide world"), lo.FromPtr(lo.ToPtr(3)))
	for t := range lo.Zip2(n[:2], []string{"x", "y"}) {
		fmt.Print(t, " ")
	}
	fmt.Println(lo.Async(func() string { return strings.Repeat("z", 3) }))
	_, err := lo.TryWithErrorValue(func() error { panic("caught") })
	fmt.Println(err)
	_, attempts := 0, 0
	i, e := lo.Attempt(4, func(i int) error {
		attempts++
		if i < 2 {
			return fmt.Errorf("not yet")
		}
		return nil
	})
	fmt.Println(i, e, attempts)
}
