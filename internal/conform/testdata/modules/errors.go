//gosched:get github.com/pkg/errors@v0.9.1
package main

import (
	"fmt"
	"io"

	"github.com/pkg/errors"
)

type notFound struct{ key string }

func (n notFound) Error() string { return n.key + " not found" }

func find(key string) error { return errors.WithStack(notFound{key}) }

func main() {
	err := errors.Wrapf(find("x"), "looking for %q", "x")
	fmt.Println(err)
	fmt.Printf("%s|%q\n", err, errors.Cause(err))
	var n notFound
	fmt.Println(errors.As(err, &n), n.key, errors.Is(errors.Wrap(io.EOF, "read"), io.EOF))
	fmt.Println(errors.WithMessage(io.ErrUnexpectedEOF, "parsing"))
	type tracer interface{ StackTrace() errors.StackTrace }
	st := errors.Unwrap(errors.Unwrap(err)).(tracer).StackTrace()
	fmt.Printf("%n\n", st[0])
	fmt.Printf("%n\n", st[1])
	fmt.Println(errors.Wrap(nil, "nothing") == nil)
}
