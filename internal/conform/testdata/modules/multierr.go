//gosched:get go.uber.org/multierr@v1.11.0
package main

import (
	"errors"
	"fmt"
	"io"

	"go.uber.org/multierr"
)

func run() (err error) {
	defer multierr.AppendInvoke(&err, multierr.Invoke(func() error { return errors.New("close failed") }))
	return errors.New("run failed")
}

func main() {
	err := run()
	fmt.Println(err)
	fmt.Printf("%+v\n", multierr.Combine(err, io.EOF, nil))
	fmt.Println(len(multierr.Errors(multierr.Append(err, io.EOF))), errors.Is(multierr.Append(err, io.EOF), io.EOF))
}
