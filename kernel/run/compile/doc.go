// Package compile makes closures of SSA form.
//
// A [Translation] turns a function into a list of closures for each block, one for
// each instruction, that work on the slots of a frame: plan.go, fold.go and
// coalesce.go decide where every value lives and which instructions become part of
// others, compile.go goes through the code, and every family of instructions has a
// file. A closure captures offsets and layouts, never SSA values, and does all that
// can be decided at compile time outside of it. A second form of the code tells
// the scheduler what it does (the files observed*.go and atomics.go).
//
// It knows what names stand for from package link, and nothing of sessions.
package compile
