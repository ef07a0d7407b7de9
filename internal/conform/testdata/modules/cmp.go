//gosched:get github.com/google/go-cmp@v0.7.0
package main

import (
	"fmt"
	"strings"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

type address struct{ Street, City string }

type person struct {
	Name    string
	Age     int
	Tags    []string
	Address *address
	Scores  map[string]float64
}

func main() {
	a := person{"Ann", 31, []string{"x", "y"}, &address{"Long St", "Ulm"}, map[string]float64{"go": 1, "c": 2.5}}
	b := person{"Bob", 31, []string{"y", "x"}, &address{"Long St", "Bonn"}, map[string]float64{"go": 1, "c": 2.75}}
	d := cmp.Diff(a, b)
	// The space in a diff is not to be relied upon: cmp changes it at random.
	for line := range strings.Lines(d) {
		fmt.Println(strings.Join(strings.Fields(line), " "))
	}
	fmt.Println(cmp.Equal(a, a), cmp.Equal(a, b))
	fmt.Println(cmp.Equal(a.Tags, b.Tags, cmpopts.SortSlices(func(a, b string) bool { return a < b })))
	fmt.Println(cmp.Equal(1.0, 1.0001, cmpopts.EquateApprox(0.001, 0)))
	fmt.Println(cmp.Equal(a, b, cmpopts.IgnoreFields(person{}, "Name", "Tags", "Address", "Scores")))
	func() {
		type hidden struct{ n int }
		defer func() { fmt.Println(strings.HasPrefix(fmt.Sprint(recover()), "consider using")) }()
		cmp.Equal(hidden{1}, hidden{2})
	}()
}
