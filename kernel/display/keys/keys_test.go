package keys_test

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/gosched/gosched/kernel/display/keys"
)

type point struct {
	x int
	y string
}

// TestSorted compares with the order in which fmt prints the same maps.
func TestSorted(t *testing.T) {
	for _, m := range []any{
		map[int]bool{3: true, -1: true, 2: true},
		map[uint8]bool{200: true, 3: true},
		map[float64]bool{1: true, math.Inf(-1): true, math.NaN(): true, -2: true},
		map[complex128]bool{1 + 2i: true, 1 + 1i: true, -1: true},
		map[string]bool{"b": true, "": true, "ab": true},
		map[bool]bool{true: true, false: true},
		map[point]bool{{2, "a"}: true, {1, "b"}: true, {1, "a"}: true},
		map[[2]int]bool{{1, 2}: true, {1, 1}: true, {0, 9}: true},
		map[any]bool{3: true, 1: true, nil: true, 2: true},
		map[fmt.Stringer]bool{nil: true},
		map[int]bool{},
	} {
		var entries []string
		for _, k := range keys.Sorted(reflect.ValueOf(m), nil) {
			entries = append(entries, fmt.Sprintf("%v:true", k))
		}
		got := "map[" + strings.Join(entries, " ") + "]"
		if want := fmt.Sprint(m); got != want {
			t.Errorf("%s, and fmt prints %s", got, want)
		}
	}
}

// Keys of different types go by kind and name, so that they are always in one order.
func TestMixed(t *testing.T) {
	type other point
	m := map[any]bool{point{1, ""}: true, other{0, ""}: true, "s": true, 2: true, true: true, 1.5: true}
	got := text(keys.Sorted(reflect.ValueOf(m), nil))
	if want := "true 2 1.5 s {0 } {1 }"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	a, b := new(int), new(int)
	if c := keys.Compare(reflect.ValueOf(a), reflect.ValueOf(b)); c != 0 {
		t.Errorf("addresses have an order: %d", c)
	}
}

// What a key in an interface stands for is what counts.
func TestOpen(t *testing.T) {
	m := map[any]bool{"1": true, "22": true, "333": true}
	got := keys.Sorted(reflect.ValueOf(m), func(v reflect.Value) reflect.Value { return reflect.ValueOf(-v.Len()) })
	if text(got) != "333 22 1" {
		t.Error(text(got))
	}
}

func text(vs []reflect.Value) string {
	var out []string
	for _, v := range vs {
		out = append(out, fmt.Sprint(v))
	}
	return strings.Join(out, " ")
}
