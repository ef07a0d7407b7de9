package bitset_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gosched/gosched/kernel/bitset"
)

// It does what a map does.
func TestSet(t *testing.T) {
	const n = 200
	r := rand.New(rand.NewPCG(1, 2))
	is := func(s bitset.Set[int], m map[int]bool) {
		t.Helper()
		var got []int
		s.Each(func(x int) { got = append(got, x) })
		if want := slices.Sorted(maps.Keys(m)); !slices.Equal(got, want) || s.Empty() != (len(want) == 0) {
			t.Fatalf("it has %v, want %v; empty: %v", got, want, s.Empty())
		}
		for x := range n {
			if s.Has(x) != m[x] {
				t.Fatalf("%d: %v", x, s.Has(x))
			}
		}
	}
	s, m := bitset.New[int](n), map[int]bool{}
	is(s, m)
	for range 300 {
		x := r.IntN(n)
		switch r.IntN(4) {
		case 0:
			s.Del(x)
			delete(m, x)
		case 1:
			other, grows := bitset.New[int](n), false
			for range 3 {
				y := r.IntN(n)
				other.Add(y)
				grows = grows || !m[y]
				m[y] = true
			}
			before := s.Copy()
			if s.Union(other) != grows {
				t.Fatalf("it has grown: %v", !grows)
			}
			before.Minus(s)
			is(before, map[int]bool{})
		case 2:
			other := bitset.New[int](n)
			other.Add(x)
			s.Minus(other)
			delete(m, x)
		default:
			s.Add(x)
			m[x] = true
		}
		is(s, m)
	}
}
