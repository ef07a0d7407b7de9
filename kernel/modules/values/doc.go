// Package values has initial values of variables as data: composite literals and
// constants are written as they lie in memory, or as close to it as pointers allow,
// and variables are filled with them. Like Go's compiler, which puts them into the
// program's data, nobody runs their elements one by one. So are calls such as
// errors.New("text"), of which nobody can tell when they were made.
package values
