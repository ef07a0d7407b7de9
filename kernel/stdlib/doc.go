// Package stdlib gives interpreted code the packages that are compiled into
// the kernel: every public package of the standard library of one Go release
// and a few modules beside it. It needs no toolchain and no GOROOT.
//
// For each package there are type data for go/types ([Importer]), symbols to
// run with ([Lookup]) and documentation ([Doc]). Packages that consist of
// generic code have no symbols, nor have modules' packages that start
// goroutines or wait for them; they are run from source ([Importer.Source]),
// the bodies of generic functions when they are needed.
// For single generic functions and methods inside compiled packages there are
// bodies in a source package of its own ([Shadow]).
//
// Nothing is set up when the process starts: tables are code, archives are
// opened when something in them is asked for.
//
// The package knows what can be imported. It knows nothing of cells, and it
// runs nothing.
package stdlib

//go:generate go run ./internal/gen
