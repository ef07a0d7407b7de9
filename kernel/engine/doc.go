// Package engine runs cells in this process: it is the session in which the
// stages of a cell's way follow each other, from text (package cell) by way of
// types (check) and SSA (lower) to execution (run, on sched).
//
// It says nothing about how it is reached: package worker serves it to another
// process, and tests call it directly.
package engine
