// Package history remembers what cells have been run: those of this session in
// memory, and those of all sessions, with what they showed, in a database that
// outlives them and that many kernels share. On its way there a cell is in a file of its
// session beside the database, its journal, from before it is run.
//
// It knows nothing of Jupyter's messages, nor of what cells mean. Where the
// database cannot be used, it says so once and goes on with what is in memory.
package history
