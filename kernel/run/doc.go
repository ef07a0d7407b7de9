// Package run executes Go in SSA form.
//
// A [Machine] turns each [ssa.Function] into a list of Go closures, one per
// instruction, that work on a frame: a block of memory in which every SSA
// value has a slot with the layout that the Go compiler would give it. User
// types are real run-time types (see package rtype), so a value needs no
// translation when it goes to compiled code or comes from there.
//
// The package owns session variables, calls between interpreted and compiled
// code in both directions, defer, panic and recover. It knows nothing of
// cells' source text or of Jupyter; goroutines, their blocking and stopping
// are package sched's.
package run
