// Package bitset has sets of small numbers, for what goes through code again and again:
// which variables or slots are alive. It knows nothing of either.
package bitset

import (
	"math/bits"
	"slices"
)

// A Set is a set of numbers below the number that it was made for.
type Set[E ~int | ~int32] []uint64

// New returns a set for numbers below n, with nothing in it.
func New[E ~int | ~int32](n int) Set[E] { return make(Set[E], (n+63)/64) }

// Has reports whether x is in the set.
func (s Set[E]) Has(x E) bool { return s[x/64]>>(x%64)&1 != 0 }

// Add puts x into the set.
func (s Set[E]) Add(x E) { s[x/64] |= 1 << (x % 64) }

// Del takes x out.
func (s Set[E]) Del(x E) { s[x/64] &^= 1 << (x % 64) }

// Each calls f for what is in the set, in ascending order.
func (s Set[E]) Each(f func(E)) {
	for i, w := range s {
		for ; w != 0; w &= w - 1 {
			f(E(i*64 + bits.TrailingZeros64(w)))
		}
	}
}

// Copy returns a set of its own with the same in it.
func (s Set[E]) Copy() Set[E] { return slices.Clone(s) }

// Union adds what is in t, a set for as many, and reports whether s has grown.
func (s Set[E]) Union(t Set[E]) (grown bool) {
	for i, w := range t {
		if w&^s[i] != 0 {
			grown = true
			s[i] |= w
		}
	}
	return grown
}

// Minus takes out what is in t, a set for as many.
func (s Set[E]) Minus(t Set[E]) {
	for i, w := range t {
		s[i] &^= w
	}
}

// Empty reports whether nothing is in the set.
func (s Set[E]) Empty() bool {
	return !slices.ContainsFunc(s, func(w uint64) bool { return w != 0 })
}
