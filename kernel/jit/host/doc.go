// Package host chooses the back end of package jit for the processor that the program
// runs on.
package host
