package main

import "errors"

func main() {
	var err error
	errors.As(err, 3) // want "second argument to errors.As must be a non-nil pointer"
}
