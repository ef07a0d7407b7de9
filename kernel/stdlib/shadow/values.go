package shadow

import (
	"hash"
	"hash/maphash"
	"math/rand/v2"

	"github.com/gosched/gosched/kernel/stdlib/native"
)

// AsType is errors.AsType.
func AsType[E error](err error) (E, bool) {
	if err == nil {
		var zero E
		return zero, false
	}
	var pe *E // lazily initialized
	return asType(err, &pe)
}

func asType[E error](err error, ppe **E) (_ E, _ bool) {
	for {
		if e, ok := err.(E); ok {
			return e, true
		}
		if x, ok := err.(interface{ As(any) bool }); ok {
			if *ppe == nil {
				*ppe = new(E)
			}
			if x.As(*ppe) {
				return **ppe, true
			}
		}
		switch x := err.(type) {
		case interface{ Unwrap() error }:
			err = x.Unwrap()
			if err == nil {
				return
			}
		case interface{ Unwrap() []error }:
			for _, err := range x.Unwrap() {
				if err == nil {
					continue
				}
				if x, ok := asType(err, ppe); ok {
					return x, true
				}
			}
			return
		default:
			return
		}
	}
}

type integer interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 |
		~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr
}

// RandN is rand.N of math/rand/v2.
func RandN[Int integer](n Int) Int {
	if n <= 0 {
		panic("invalid argument to N")
	}
	return Int(rand.Uint64N(uint64(n)))
}

// HashComparable is maphash.Comparable.
func HashComparable[T comparable](seed maphash.Seed, v T) uint64 {
	return native.Hash(seed, v)
}

// HashWriteComparable is maphash.WriteComparable.
func HashWriteComparable[T comparable](h *maphash.Hash, x T) {
	native.WriteHash(h, x)
}

// HKDFExtract is hkdf.Extract.
func HKDFExtract[H hash.Hash](h func() H, secret, salt []byte) ([]byte, error) {
	return native.HKDFExtract(func() hash.Hash { return h() }, secret, salt)
}

// HKDFExpand is hkdf.Expand.
func HKDFExpand[H hash.Hash](h func() H, pseudorandomKey []byte, info string, keyLength int) ([]byte, error) {
	return native.HKDFExpand(func() hash.Hash { return h() }, pseudorandomKey, info, keyLength)
}

// HKDFKey is hkdf.Key.
func HKDFKey[Hash hash.Hash](h func() Hash, secret, salt []byte, info string, keyLength int) ([]byte, error) {
	return native.HKDFKey(func() hash.Hash { return h() }, secret, salt, info, keyLength)
}

// PBKDF2Key is pbkdf2.Key.
func PBKDF2Key[Hash hash.Hash](h func() Hash, password string, salt []byte, iter, keyLength int) ([]byte, error) {
	return native.PBKDF2Key(func() hash.Hash { return h() }, password, salt, iter, keyLength)
}
