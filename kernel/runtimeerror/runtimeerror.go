// Package runtimeerror has the run-time errors of Go, in Go's words, for whichever engine
// runs the program: as values where no operation of compiled code can be made to raise
// them.
package runtimeerror

import (
	"fmt"
	"runtime"
	"strings"
)

// An Error is a [runtime.Error] with a text.
type Error string

var _ runtime.Error = Error("")

func (e Error) Error() string { return string(e) }

// RuntimeError makes it a [runtime.Error].
func (Error) RuntimeError() {}

// Of is the error of that text, which Go puts two words before.
func Of(format string, args ...any) Error {
	return Error("runtime error: " + fmt.Sprintf(format, args...))
}

// Conversion is that of a slice which is shorter than the array it is converted to.
func Conversion(have, want int) Error {
	return Of("cannot convert slice with length %d to array or pointer to array with length %d", have, want)
}

// NilMethod is that of a nil pointer with which a method of the type it points at is
// called.
func NilMethod(typ, method string) Error {
	name, args, generic := strings.Cut(typ, "[")
	name = name[strings.LastIndexByte(name, '.')+1:]
	if generic {
		name += "[" + args
	}
	return Error(fmt.Sprintf("value method %s.%s called using nil *%s pointer", typ, method, name))
}

// Assertion is that of a failed type assertion. Static is the type of the interface, or
// where an interface is asserted "interface"; dynamic is the type of what is in it, or ""
// where that is nil; missing is the method that it lacks, if that is why.
func Assertion(static, dynamic, want, missing string) Error {
	text := static + " is " + dynamic + ", not " + want
	switch {
	case dynamic == "":
		text = static + " is nil, not " + want
	case missing != "":
		text = dynamic + " is not " + want + ": missing method " + missing
	}
	return Error("interface conversion: " + text)
}
