// Package worker runs a session in a child process.
//
// The supervisor's side is [Start]: a [Worker] is a session.Session whose
// cells run in a child that it starts, talks to, watches, buries, explains
// and replaces. The child's side is [Serve], which answers the supervisor
// from an in-process session.
//
// The package knows processes, pipes, limits, and how Go reports its own
// death. It knows nothing of Jupyter and nothing of how Go source is run.
//
// # The channel
//
// Two pipes join the processes: the child reads descriptor 3 and writes
// descriptor 4. They carry length-prefixed frames (see frame.go and codec.go). In
// a third one, descriptor 5, the child says which cells it begins (see marks.go).
// Both ends read without ever waiting for anything but the pipe, so neither
// can hold up the other: what a slow reader of a cell's output has not taken
// is bounded by a window per cell, and the cell waits, nobody else.
//
// # Standard input and output
//
// The child's standard input is /dev/null. Its descriptors 1 and 2 are pipes:
// what is written there, past the session, goes to the cell that most recently
// began and still runs, or else to the one that most recently began.
//
// # Death
//
// When the child ends, every running cell fails with what Go's runtime wrote
// about it, and a new child is started, with nothing of the old one's
// variables and goroutines.
package worker
