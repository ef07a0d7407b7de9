// errors.Is, As, Join and Unwrap with error types of one's own.
package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

type NotFound struct{ name string }

func (e NotFound) Error() string { return e.name + " not found" }

type Op struct {
	op  string
	err error
}

func (e *Op) Error() string { return e.op + ": " + e.err.Error() }
func (e *Op) Unwrap() error { return e.err }

type Code int

func (c Code) Error() string        { return fmt.Sprintf("code %d", int(c)) }
func (c Code) Is(target error) bool { return target == errServer && c >= 500 }

type multi []error

func (m multi) Error() string   { return fmt.Sprint("multi ", len(m)) }
func (m multi) Unwrap() []error { return m }

type temporary interface{ Temporary() bool }

func (NotFound) Temporary() bool { return true }

var (
	errServer = errors.New("server")
	errBase   = errors.New("base")
)

func find(n string) error {
	if n == "" {
		return nil
	}
	return &Op{"find", NotFound{n}}
}

func mayFail(fail bool) error {
	var e *Op
	if fail {
		e = &Op{"x", errBase}
	}
	return e
}

func main() {
	err := fmt.Errorf("outer: %w", find("bob"))
	fmt.Println(err)
	var nf NotFound
	var op *Op
	fmt.Println(errors.As(err, &nf), nf.name, errors.As(err, &op), op.op)
	fmt.Println(errors.Is(err, NotFound{"bob"}), errors.Is(err, NotFound{"al"}), find("") == nil)
	var tmp temporary
	fmt.Println(errors.As(err, &tmp), tmp.Temporary())
	fmt.Println(errors.Is(Code(503), errServer), errors.Is(Code(404), errServer), errors.Is(fmt.Errorf("%w", Code(500)), errServer))
	j := errors.Join(errBase, nil, Code(1), find("x"))
	fmt.Println(j)
	var c Code
	fmt.Println(errors.Is(j, errBase), errors.As(j, &c), int(c), errors.As(j, &op))
	m := multi{errBase, Code(9)}
	fmt.Println(m, errors.Is(m, errBase), errors.As(m, &c), c)
	two := fmt.Errorf("%w and %w", errBase, Code(7))
	fmt.Println(two, errors.Is(two, errBase), errors.Unwrap(two), errors.Unwrap(err))
	fmt.Println(mayFail(false) == nil, mayFail(true) == nil)
	fmt.Printf("%T %v %+v %#v\n", NotFound{"n"}, NotFound{"n"}, NotFound{"n"}, NotFound{"n"})
	_, e := os.Open("/no/such/file")
	var pe *fs.PathError
	fmt.Println(errors.Is(e, fs.ErrNotExist), errors.As(e, &pe), pe.Op, pe.Path)
	if c, ok := errors.AsType[Code](two); ok {
		fmt.Println("AsType", c)
	}
	defer func() {
		fmt.Println("recovered:", recover())
	}()
	errors.As(err, nil)
}
