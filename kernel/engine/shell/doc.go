// Package shell runs commands of the operating system for cells: what they print
// goes out while they run, and they end with the cell that is interrupted. What
// they leave running in the background goes on printing.
//
// It knows nothing of Go cells; names that a command line mentions are found by
// [Names], and whoever runs it gives their values as environment.
package shell
