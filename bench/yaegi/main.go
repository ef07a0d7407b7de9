// Command yaegi runs a program in plain yaegi, to measure it beside gosched:
//
//	yaegi FILE RUNS
//
// The program is run RUNS times, each in a new interpreter. With RUNS 0 the program is
// only compiled, which is timed.
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/traefik/yaegi/interp"
	"github.com/traefik/yaegi/stdlib"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "yaegi:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("%d arguments, want FILE RUNS", len(args))
	}
	runs, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	source, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	if runs == 0 {
		in, err := interpreter()
		if err != nil {
			return err
		}
		start := time.Now()
		if _, err := in.Compile(string(source)); err != nil {
			return err
		}
		fmt.Println("ns", time.Since(start).Nanoseconds())
		return nil
	}
	for range runs {
		in, err := interpreter()
		if err != nil {
			return err
		}
		if _, err := in.Eval(string(source)); err != nil { // calls main
			return err
		}
	}
	return nil
}

func interpreter() (*interp.Interpreter, error) {
	in := interp.New(interp.Options{})
	return in, in.Use(stdlib.Symbols)
}
