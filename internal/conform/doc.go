// Command conform finds out whether cells mean what Go means. It runs Go
// programs by `go build`, as one cell, and split over cells, and compares what
// they print and how they end:
//
//	go run ./internal/conform                      the guide, Go's own tests, and the project's
//	go run ./internal/conform -run chan/ gotest    part of Go's own tests
//	go run ./internal/conform ~/programs x.go      folders and files
//	go run ./internal/conform ../shared/guide.md   the programs in a Markdown file
//
// A program runs in these modes:
//
//	cell    the whole file is one cell
//	source  a cell for the imports, one for each top-level declaration in the
//	        order of the source, one for each statement of main
//	deps    the same, but a declaration comes after what it uses
//	main    as source, but all of main's statements are one cell
//	rerun   as main, and each cell with types, functions or registrations runs twice
//
// The output must be equal, or equal as a set of lines if several native runs
// differ in their order; see [native.compare]. A program must also end alike:
// with the same exit status, panic, or fatal error. Both sides run in an empty
// folder under the same name. Programs of which native runs have nothing in
// common are named: of them, nothing but the end is compared. Named are also
// those that waited for time to pass, and did as they should only when they were
// tried again.
//
// Failures that are known are listed in known.txt with a reason each. The list
// can only shrink: a failure that is not listed is an error, and so is a listed
// program that passes.
package main
