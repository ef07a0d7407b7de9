// Package unsupported is how an engine says what in a program it cannot run, and where:
// what compiles a function panics with that, and whoever wants it compiled catches it.
package unsupported

import (
	"fmt"
	"go/token"
	"reflect"
)

// An Error says what in the source cannot be run, and where that is.
type Error struct {
	Pos  token.Pos
	What string
}

func (e *Error) Error() string { return e.What }

// Refuse panics with an error.
func Refuse(pos token.Pos, format string, args ...any) {
	panic(&Error{Pos: pos, What: fmt.Sprintf(format, args...)})
}

// MaxVariable is how large a variable may be: what Go's linker allows.
const MaxVariable = 2_000_000_000

// TooLarge refuses a variable of more bytes, or what the SSA form has made one of, as the
// comment says.
func TooLarge(pos token.Pos, comment string, rt reflect.Type) {
	if rt.Size() <= MaxVariable {
		return
	}
	what := "this value"
	switch {
	case comment == "makeslice" || comment == "slicelit" || comment == "varargs":
		Refuse(pos, "this slice is too large: %d elements of type %s have %d bytes, and %d are the most where the length is a constant", rt.Len(), rt.Elem(), rt.Size(), MaxVariable)
	case comment == "new" || comment == "complit":
	case token.IsIdentifier(comment):
		what = "variable " + comment
	}
	Refuse(pos, "%s is too large: %s has %d bytes, and %d are the most", what, rt, rt.Size(), MaxVariable)
}

// Catch, which is to be deferred, ends such a panic and assigns its error. Others go on.
func Catch(err *error) {
	switch r := recover().(type) {
	case nil:
	case *Error:
		*err = r
	default:
		panic(r)
	}
}
