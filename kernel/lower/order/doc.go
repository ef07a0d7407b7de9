// Package order puts the instructions of a function in SSA form into the order
// in which the Go compiler carries them out.
//
// The language says in which order the calls of a statement happen, and leaves
// open when, between them, variables are read. The SSA builder reads them where
// they stand. The Go compiler makes the calls first and reads variables when it
// needs them: out = append(out, f()) appends to what out is after f has
// returned. Programs depend on that without knowing.
//
// The package knows instructions and the syntax that they come from, and nothing
// of how they are executed.
package order
