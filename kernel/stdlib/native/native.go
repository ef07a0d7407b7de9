// Package native has what the sources of generic code need and only compiled
// code can do. It is bound for those sources; cells cannot import it.
package native

import (
	"hash"
	"hash/maphash"
	"runtime"
	"unsafe"
	"weak"

	"crypto/hkdf"
	"crypto/pbkdf2"
)

// WeakMake returns the handle inside the weak pointer to what ptr points to.
func WeakMake(ptr unsafe.Pointer) unsafe.Pointer {
	// All weak pointers have the same layout: the handle, and nothing else.
	p := weak.Make((*byte)(ptr))
	return *(*unsafe.Pointer)(unsafe.Pointer(&p))
}

// WeakValue returns the pointer of which WeakMake made the handle, or nil if
// what it pointed to is gone.
func WeakValue(handle unsafe.Pointer) unsafe.Pointer {
	p := *(*weak.Pointer[byte])(unsafe.Pointer(&handle))
	return unsafe.Pointer(p.Value())
}

// AddCleanup calls f some time after what ptr points to has become
// unreachable.
func AddCleanup(ptr unsafe.Pointer, f func()) runtime.Cleanup {
	return runtime.AddCleanup((*byte)(ptr), func(f func()) { f() }, f)
}

// Hash is maphash.Comparable for any comparable value.
func Hash(seed maphash.Seed, v any) uint64 { return maphash.Comparable(seed, v) }

// WriteHash is maphash.WriteComparable for any comparable value.
func WriteHash(h *maphash.Hash, v any) { maphash.WriteComparable(h, v) }

// HKDFExtract is hkdf.Extract.
func HKDFExtract(h func() hash.Hash, secret, salt []byte) ([]byte, error) {
	return hkdf.Extract(h, secret, salt)
}

// HKDFExpand is hkdf.Expand.
func HKDFExpand(h func() hash.Hash, key []byte, info string, length int) ([]byte, error) {
	return hkdf.Expand(h, key, info, length)
}

// HKDFKey is hkdf.Key.
func HKDFKey(h func() hash.Hash, secret, salt []byte, info string, length int) ([]byte, error) {
	return hkdf.Key(h, secret, salt, info, length)
}

// PBKDF2Key is pbkdf2.Key.
func PBKDF2Key(h func() hash.Hash, password string, salt []byte, iter, length int) ([]byte, error) {
	return pbkdf2.Key(h, password, salt, iter, length)
}
