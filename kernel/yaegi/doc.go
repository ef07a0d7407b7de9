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
//	machine.go                          a session: its functions and variables
//	types.go                            types: which are the same, and what their values are kept as
//	print.go, operand.go                functions as core Go, operands, calls of helpers
//	address.go, arith.go, channel.go    families of instructions
//	call.go                             calls, go and defer, builtin functions
//	frame.go                            what runs: frames, stops, deferred calls, panics
//	box.go, format.go, unbox.go         values in interfaces, how fmt prints them and others see them
//	native.go                           what helpers do; stand-ins for compiled functions
package yaegi
