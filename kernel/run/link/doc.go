// Package link finds what the names in code stand for at run time.
//
// A [Table] says for each function of a session whether it is interpreted,
// compiled or stood in for, and what it is as a value; for each variable where it
// lives; for each type its run-time type; for a method and the dynamic type behind
// an interface what a call arrives at. It also forgets: what no cell to come can
// name is let go.
//
// It makes no code and runs none.
package link
