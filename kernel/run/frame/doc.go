// Package frame is what runs while code runs: frames, the calls that they are of,
// and the threads that make the calls.
//
// A [Frame] is a block of memory in which every value of a [Function] has a slot
// with the layout that the Go compiler would give it. Its code is a list of Go
// closures that work on it. The package owns calls between interpreted and
// compiled code, defer, panic and recover, and what is told of calls: tracebacks,
// program counters, stacks as text. What the threads of a session have in common
// is its [World].
//
// It does not know how code is made of source (a [Translator] does) nor what
// stands in for which compiled function. Goroutines, their blocking and stopping
// are package sched's.
package frame
