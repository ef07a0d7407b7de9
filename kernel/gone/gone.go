// Package gone tells who has noted something of a value that the value is gone.
//
// It knows nothing of who notes what.
package gone

import (
	"runtime"
	"weak"
)

// Tell has tell called when x has been collected, with the key that x is known by, unless
// owner has been collected before. It returns the key.
//
// Owner may lead to x. A cleanup that led to owner itself would keep both for ever: so
// tell must not, other than by what it is passed.
func Tell[T, O any](x *T, owner *O, tell func(owner *O, key weak.Pointer[T])) weak.Pointer[T] {
	key, by := weak.Make(x), weak.Make(owner)
	runtime.AddCleanup(x, func(key weak.Pointer[T]) {
		if owner := by.Value(); owner != nil {
			tell(owner, key)
		}
	}, key)
	return key
}
