//gosched:get golang.org/x/exp@v0.0.0-20261113113407-e3970619a1a4
package main

import (
	"fmt"

	"golang.org/x/exp/constraints"
	"golang.org/x/exp/maps"
	"golang.org/x/exp/rand"
	"golang.org/x/exp/slices"
)

func sum[T constraints.Integer | constraints.Float](list ...T) (s T) {
	for _, x := range list {
		s += x
	}
	return s
}

func main() {
	fmt.Println(sum(1, 2, 3), sum(1.5, 2))
	k := maps.Keys(map[string]int{"b": 1, "a": 2})
	slices.Sort(k)
	fmt.Println(k, slices.Contains(k, "a"), slices.Index(k, "b"))
	r := rand.New(rand.NewSource(42))
	fmt.Println(r.Intn(100), r.Intn(100), r.Float64())
}
