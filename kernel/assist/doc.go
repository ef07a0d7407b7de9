// Package assist helps who types a cell: completion, inspection and
// formatting, from type information.
//
// It knows source under a cursor and go/types. A [Checker] gives it the types
// of a cell within its session; the package knows nothing of how sessions keep
// their names, and it runs no code.
package assist
