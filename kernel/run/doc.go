// Package run executes Go in SSA form.
//
// A [Machine] puts together what its parts do, each of which knows only those
// before it:
//
//	memory    how values lie in memory and are copied
//	frame     frames, threads, calls, panics, tracebacks
//	standin   what is done in place of compiled functions
//	link      what functions, variables and types are at run time
//	effect    what compiled functions do that observed goroutines tell
//	compile   SSA form to closures that work on frames
//
// User types are real run-time types (see package rtype), so a value needs no
// translation when it goes to compiled code or comes from there. Goroutines, their
// blocking and stopping are package sched's. Nothing here knows of cells' source
// text or of Jupyter.
package run
