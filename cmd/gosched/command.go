package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"strings"
)

// A command is one subcommand. Its run function gets the arguments that follow
// its name.
type command struct {
	name    string
	summary string // empty for a command that people do not call
	run     func(ctx context.Context, p *process, args []string) error
}

func commands() []command {
	return []command{
		{"lab", "open JupyterLab with the Go kernel and the course's notebooks", runLab},
		{"run", "run notebooks in the terminal, without Python", runRun},
		{"install", "add the Go kernel to the Jupyter that you have", runInstall},
		{"uninstall", "remove it again", runUninstall},
		{"doctor", "find out what is wrong, and how to mend it", runDoctor},
		{"version", "say which versions these are", runVersion},
		{"kernel", "be the kernel: Jupyter starts this with a connection file", runKernel},
		{"worker", "", runWorker},
	}
}

// The exit codes that the command's documentation lists.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130 // 128 + SIGINT, as shells have it
)

// An exitError ends the process with a code. Its error, if any, is still to be
// told.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// usageErrorf says that the command line is wrong.
func usageErrorf(format string, args ...any) error {
	return &exitError{exitUsage, fmt.Errorf(format, args...)}
}

// run runs the subcommand that the arguments name and returns the exit code.
func run(ctx context.Context, p *process, args []string) int {
	err := dispatch(ctx, p, args)
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return exitOK
	}
	code := exitFailed
	var exit *exitError
	if errors.As(err, &exit) {
		code = exit.code
		if exit.err == nil {
			return code
		}
	}
	fmt.Fprintf(p.stderr, "gosched: %v\n", err)
	return code
}

func dispatch(ctx context.Context, p *process, args []string) error {
	if len(args) == 0 {
		help(p.stderr)
		return &exitError{code: exitUsage}
	}
	name, rest := args[0], args[1:]
	switch name {
	case "help", "-h", "-help", "--help":
		if len(rest) == 0 {
			help(p.stdout)
			return nil
		}
		name, rest = rest[0], []string{"-h"}
	case "-version", "--version":
		name = "version"
	}
	for _, c := range commands() {
		if c.name == name {
			return c.run(ctx, p, rest)
		}
	}
	if ext := filepath.Ext(name); ext == ".ipynb" || ext == ".go" {
		return usageErrorf("%q is no command. To run that file: gosched run %s", name, name)
	}
	return usageErrorf("%q is no command. `gosched help` lists the commands", name)
}

func help(w io.Writer) {
	fmt.Fprint(w, `gosched is a Jupyter kernel for Go: goroutines, channels, select and context,
alive in a notebook.

Usage: gosched COMMAND [flags]

`)
	for _, c := range commands() {
		if c.summary != "" {
			fmt.Fprintf(w, "  %-10s %s\n", c.name, c.summary)
		}
	}
	fmt.Fprint(w, `
New here? `+"`gosched lab`"+` is all that you need.
`+"`gosched help COMMAND`"+` explains a command and its flags.
`)
}

// flags returns a flag set for a subcommand. The text is its help, without the
// flags.
func (p *process) flags(name, text string) *flag.FlagSet {
	set := flag.NewFlagSet(name, flag.ContinueOnError)
	set.SetOutput(io.Discard) // errors are told once, in the end
	set.Usage = func() {
		fmt.Fprintln(p.stdout, strings.TrimSpace(text))
		shown := false
		set.VisitAll(func(f *flag.Flag) {
			if !shown {
				fmt.Fprint(p.stdout, "\nFlags:\n")
				shown = true
			}
			value, usage := flag.UnquoteUsage(f)
			if value != "" {
				value = " " + value
			}
			fmt.Fprintf(p.stdout, "  --%s%s\n        %s\n", f.Name, value, strings.ReplaceAll(usage, "\n", "\n        "))
		})
	}
	return set
}

// parse parses the flags of a subcommand. They may stand before, between and
// after the arguments, which it returns.
func parse(set *flag.FlagSet, args []string) ([]string, error) {
	var rest []string
	for {
		if err := set.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, usageErrorf("%w. `gosched help %s` explains the flags", err, set.Name())
		}
		left := set.Args()
		if len(left) == 0 {
			return rest, nil
		}
		if parsed := len(args) - len(left); parsed > 0 && args[parsed-1] == "--" {
			return append(rest, left...), nil
		}
		rest, args = append(rest, left[0]), left[1:]
	}
}

// parseNone parses the flags of a subcommand that takes nothing else.
func parseNone(set *flag.FlagSet, args []string) error {
	rest, err := parse(set, args)
	if err == nil && len(rest) > 0 {
		err = usageErrorf("%s takes no %q. `gosched help %s` explains it", set.Name(), rest[0], set.Name())
	}
	return err
}
