package engine

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"syscall"

	"github.com/gosched/gosched/kernel/engine/shell"
	"github.com/gosched/gosched/kernel/session"
)

// shellCommand is what a line with ! is.
var shellCommand = command{
	name: "sh",
	usage: []usage{
		{"!COMMAND", "run a shell command; what it prints comes as it runs"},
		{"%sh COMMAND", "the same"},
		{"%%sh [ARGUMENT…]", "run the rest of the cell as a shell script"},
	},
	help: shellHelp,
	examples: []string{
		"!ls -l *.go",
		"!grep -c TODO $file   # file is a variable of a cell",
		"!make || true   # go on if it fails",
	},
	line: func(ctx context.Context, in *invocation) error {
		line := strings.TrimPrefix(in.args, "*") // gonb: in the folder of the cell's module
		if strings.TrimSpace(line) == "" {
			return in.misused()
		}
		if words := strings.Fields(line); len(words) > 1 && words[0] == "go" {
			switch words[1] {
			case "get": // for cells it is %get, and other kernels have no other way
				get := in.engine.command("get")
				return get.line(ctx, &invocation{engine: in.engine, run: in.run, command: get, args: strings.Join(words[2:], " ")})
			case "mod", "install":
				return errors.New(moduleInstead)
			}
		}
		return in.shell(ctx, shell.Line(line), line)
	},
	text: func(ctx context.Context, in *invocation, body string) error {
		return in.shell(ctx, shell.Script("sh", body, in.words()...), body)
	},
	complete: completeFiles,
}

const shellHelp = "A name such as $x is a variable of the session if there is one, or else of the environment. " +
	"A list gives its elements a line each.\nA command that does not end with status 0 fails the cell; write || true behind it to go on. " +
	"Interrupting the cell stops it and what it has started. What it leaves in the background (&) goes on until the session ends."

var bashCommand = command{
	name:     "bash",
	usage:    []usage{{"%%bash [ARGUMENT…]", "run the rest of the cell as a bash script"}},
	help:     shellHelp,
	examples: []string{"%%bash\nfor f in *.txt; do\n  wc -l \"$f\"\ndone"},
	text: func(ctx context.Context, in *invocation, body string) error {
		return in.shell(ctx, shell.Script("bash", body, in.words()...), body)
	},
	complete: completeFiles,
}

var scriptCommand = command{
	name:     "script",
	usage:    []usage{{"%%script PROGRAM [ARGUMENT…]", "run a program and give it the rest of the cell as input"}},
	help:     shellHelp,
	examples: []string{"%%script python3\nprint(6 * 7)"},
	text: func(ctx context.Context, in *invocation, body string) error {
		words := in.words()
		if len(words) == 0 {
			return in.misused()
		}
		return in.shell(ctx, shell.Command{Program: words[0], Args: words[1:], Input: body}, body)
	},
	complete: completeFiles,
}

// shell runs a command whose source, which may mention variables, is script.
func (in *invocation) shell(ctx context.Context, c shell.Command, script string) error {
	env, err := in.engine.environment(shell.Names(script))
	if err != nil {
		return err
	}
	c.Env = env
	exec := in.run.exec
	c.Out = func(text string, errs bool) {
		name := session.Stdout
		if errs {
			name = session.Stderr
		}
		exec.Emit(session.Stream{Name: name, Text: text})
	}
	return shellError(in.engine.shell.Run(ctx, c), c.Program)
}

// shellError is what a cell is told of how a program ended.
func shellError(err error, program string) error {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return interrupted(nil)
	case errors.As(err, &exit):
		text := fmt.Sprintf("exit status %d", exit.ExitCode())
		if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
			text = "ended by a signal: " + status.Signal().String()
		}
		if exit.ExitCode() == 127 {
			text += ": there is no such command"
		}
		return errors.New(text)
	case errors.Is(err, exec.ErrNotFound):
		return fmt.Errorf("there is no program %s on this machine", program)
	}
	return err
}
