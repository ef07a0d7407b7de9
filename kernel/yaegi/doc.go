// Package yaegi executes Go in SSA form by way of yaegi, an interpreter of Go
// source: it prints functions as core Go, a small subset that yaegi runs right,
// and has it interpret that.
//
// Core Go is straight-line: a variable for each SSA value, labels and goto.
// Types that cells declare are printed as what they consist of; where a value
// becomes an interface it goes into a box that says its type (box.go), and
// everything that asks for types, methods or goroutines is a call of a native
// helper that is made for the place. So yaegi sees numbers, strings, slices,
// structs and calls, and nothing of methods, interfaces, closures, defer, select
// or generics.
//
// The package knows nothing of the Go runtime's inside; goroutines, waiting and
// stopping are package sched's. What it cannot run right it refuses by name.
//
//	types.go, cyclic.go     what values of types are kept as, also of those that lead to themselves
//	identity.go             types: which are the same, and their methods
//	print.go, instr.go      functions and instructions as core Go
//	address.go, arith.go, slice.go, iface.go, channel.go    families of instructions
//	operand.go              their variables and constants; native: calls of helpers
//	call.go, builtin.go     calls, go and defer
//	frame.go, panic.go      what runs: frames, stops, deferred calls, panics
//	box.go, format.go       values in interfaces, and how fmt prints them
//	errors.go, unbox.go     what fmt, errors and reflection see of them
//	native.go               what helpers do; intrinsics.go: stand-ins for compiled functions
package yaegi
