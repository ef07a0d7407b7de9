//go:build go1.27

package shadow

import (
	"hash/maphash"
	"math/rand/v2"

	"github.com/gosched/gosched/kernel/stdlib/native"
)

// RandMethodN is (*rand.Rand).N of math/rand/v2.
func RandMethodN[Int integer](r *rand.Rand, n Int) Int {
	if n <= 0 {
		panic("invalid argument to N")
	}
	return Int(r.Uint64N(uint64(n)))
}

// HasherHash is (maphash.ComparableHasher[T]).Hash.
func HasherHash[T comparable](_ maphash.ComparableHasher[T], h *maphash.Hash, v T) {
	native.WriteHash(h, v)
}

// HasherEqual is (maphash.ComparableHasher[T]).Equal.
func HasherEqual[T comparable](_ maphash.ComparableHasher[T], x, y T) bool { return x == y }
