// Package goruntime is all that is known of the Go runtime from inside: what
// its words mean, how its types, interfaces, functions, maps, timers and locks
// are laid out, which of its functions are linked to, how compiled functions
// are called. Nobody else in this module mirrors a type of the runtime, links
// to one of its names or has assembly; a test watches over that.
//
// What is known is a table of facts ([Fact]). Each has a check that asks the
// running program, and a line that says what is lost where it does not hold. A
// fact is checked when it is first asked for, once for the process: those that
// cells cannot run without when the engine starts, which takes a tenth of a
// millisecond. Most facts are for precision or speed, and
// whoever uses one asks [Facts.Holds] first and has something else to do. Some
// nothing can go on without: [Facts.Direct] says whether the engine that runs
// cells as closures over native memory can run here, and if not, why.
//
// A file holds one subject: its mirrors, the functions that use them, and the
// check of its facts. What differs between releases of Go stands in files with
// a build tag for the release (_go126, _go127), what differs between processors
// in files for the architecture. On an architecture without such files the
// package builds, and its facts do not hold. docs/go-release.md says what to do
// for the next release.
//
// The package knows nothing of cells, sessions, go/types or SSA. Its functions
// do not look whether the fact behind them holds: that is for the caller, once,
// when it starts.
package goruntime
