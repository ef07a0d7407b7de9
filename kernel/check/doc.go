// Package check type-checks cells against everything that the session has
// declared before.
//
// Each cell becomes a package of its own, called main like all the others, in
// whose scope the session's names are visible as they stand. What a cell
// declares again replaces the old meaning, and declarations of earlier cells
// that depend on it are checked and built again with it, as if the newest
// source of every cell were one program.
//
// The package knows syntax trees and types. It neither runs anything nor knows
// how that is done: a [Unit] is what the next stage builds.
package check
