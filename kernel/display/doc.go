// Package display turns Go values into what a notebook shows.
//
// [Of] makes the MIME bundle of a cell's final value. [Bind] makes the package
// that cells import as "gosched/display", with functions to show pictures,
// tables, HTML and progress; [Declare] gives go/types the same package. Both
// are made from api.go, which is the package as cells see it.
//
// The package knows values and MIME types. Where its events go is a function
// that it is given; it knows no goroutines, cells or messages.
package display
