// Package export makes a Go program of the cells of a notebook: a module that
// `go run`, `go vet` and `go test` accept and that prints what the notebook
// prints.
//
// Each cell becomes what it declares and a function with its statements, which
// main calls in turn. The cells are checked one after the other by package
// check, as in a session, so that it is known of each name which declaration is
// meant where. Declarations and variables that later cells declare anew get the
// later cell's number behind their name; a function that a redefinition reaches
// is written once more with the new meaning, where a later cell calls it. A
// variable that only its cell's statements use stays in the cell's function,
// others become the program's.
//
// What is written is then type-checked and vetted as a whole. A cell that does
// not pass is taken out, with the reason and its text as a comment, and so is
// what depends on it.
//
// The package runs no code. Modules are downloaded where the notebook asks for
// them with %get.
package export
