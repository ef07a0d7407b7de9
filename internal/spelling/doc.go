// Package spelling finds what may have been meant by a mistyped name, and asks
// for it. It knows nothing of what the names are for.
package spelling
