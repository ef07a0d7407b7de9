// Package testrun runs tests, examples, fuzz targets and benchmarks by package
// testing, in a process that is no test binary, and reads what comes of them.
//
// It knows package testing. It knows nothing of cells: the functions that it runs
// are values, and what they print is handed to whoever asked.
package testrun
