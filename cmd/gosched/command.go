package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/alecthomas/kong"
)

// A commandLine is everything that can be asked of gosched. Each command says in
// its fields what it takes, in Help what there is to say beside that, and in Run
// what it does.
type commandLine struct {
	Lab       labCommand       `cmd:"" help:"Open JupyterLab with the Go kernel and the course's notebooks."`
	Course    courseCommand    `cmd:"" help:"Get a copy of the course that is yours to work in."`
	Run       runCommand       `cmd:"" help:"Run notebooks in the terminal, without Python."`
	Export    exportCommand    `cmd:"" help:"Make a Go program of a notebook."`
	Install   installCommand   `cmd:"" help:"Add the Go kernel to the Jupyter that you have."`
	Uninstall uninstallCommand `cmd:"" help:"Remove the Go kernel from Jupyter."`
	Doctor    doctorCommand    `cmd:"" help:"Find out what is wrong, and how to mend it."`
	Version   versionCommand   `cmd:"" help:"Say which gosched this is, and which Go its cells are written in."`
	Kernel    kernelCommand    `cmd:"" help:"Be the kernel: Jupyter starts this with a connection file."`
	Worker    workerCommand    `cmd:"" hidden:"" help:"Be the process in which cells run: the kernel starts this."`
}

const description = `gosched is a Jupyter kernel for Go: goroutines, channels, select and context, alive in a notebook.

New here? "gosched lab" is all that you need.`

// helpWidth is how long lines of help are at most.
const helpWidth = 96

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
	if err == nil {
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
	out := p.stdout
	if len(args) == 0 {
		out = p.stderr
	}
	helped := false
	parser, err := kong.New(&commandLine{},
		kong.Name("gosched"), kong.Description(description),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: helpWidth}),
		kong.Writers(out, p.stderr),
		kong.Exit(func(int) { helped = true }),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(p))
	if err != nil {
		return err
	}
	parser.Model.HelpFlag.Help = "Show this."
	parsed, err := parser.Parse(spelled(args))
	switch {
	case helped && len(args) == 0:
		return &exitError{code: exitUsage}
	case helped:
		return nil
	case err != nil:
		return misspelled(parser, args[0], err)
	}
	return parsed.Run()
}

// spelled are the arguments as kong expects them.
func spelled(args []string) []string {
	switch {
	case len(args) == 0:
		return []string{"--help"}
	case args[0] == "help":
		return append(slices.Clone(args[1:]), "--help")
	case args[0] == "--version":
		return append([]string{"version"}, args[1:]...)
	case args[0] == "lab":
		return append([]string{"lab"}, labArguments(args[1:])...)
	}
	return args
}

// misspelled tells of an error in the command line what helps on.
func misspelled(parser *kong.Kong, name string, err error) error {
	for _, c := range parser.Model.Children {
		if c.Name == name {
			return usageErrorf("%w. `gosched help %s` explains it", err, name)
		}
	}
	if ext := filepath.Ext(name); ext == ".ipynb" || ext == ".go" {
		return usageErrorf("%q is no command. To run that file: gosched run %s", name, name)
	}
	return usageErrorf("%w. `gosched help` lists the commands", err)
}
