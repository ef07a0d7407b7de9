/*
Package control runs the goroutines of a cell one at a time. Each is held before
every operation that others can notice: communications, locks, wait groups,
conditions, go statements, atomic and, if asked for, shared memory accesses. A
[Strategy] chooses which of those that could go on does, so that with the same
answers an execution takes the same course. Time does not pass while anybody can
go on; when nobody can, it moves to the next timer.

It knows goroutines only through package sched and nothing of where a strategy
has its answers from.

	control.go      one execution under control
	hold.go         goroutines are held, and let go on
	told.go         what they tell
	ready.go        who could go on
	choose.go       who does
	rest.go         the end, and who is left then
	misuse.go       what no program recovers from
	conflict.go     accesses to the same memory that nothing orders
	clock.go        the time, and timers
	outside.go      what is not under control
	strategy.go     what a strategy is asked
*/
package control
