// Package standin has what is done in place of functions that are compiled.
//
// What blocks must be stoppable and known to the scheduler; what prints must go to
// the cell that the goroutine belongs to; what asks where it was called, or by the
// clock, must be answered for the program and not for the interpreter; and what
// would end the process must not. A [Library] finds stand-ins by the full name of
// what they stand for, in a table for each subject.
//
// It knows threads, but no SSA code: where a stand-in is called, and how, is the
// business of packages link and compile.
package standin
