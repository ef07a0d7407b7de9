package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gosched/gosched/internal/spelling"
	"github.com/gosched/gosched/kernel/cell"
	"github.com/gosched/gosched/kernel/check"
	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/sched/control"
	"github.com/gosched/gosched/kernel/session"
)

// commands is the table of everything that a cell can ask of the kernel beside
// Go. Help, completion, inspection and what a mistyped name may have meant all
// come from it: a new command is one more entry.
func commands() []command {
	var list []command
	for _, g := range commandGroups() {
		for _, c := range g.commands {
			c.group = g.title
			list = append(list, c)
		}
	}
	return list
}

// A commandGroup is commands that are for one purpose, as %help lists them.
type commandGroup struct {
	title    string
	commands []command
}

func commandGroups() []commandGroup {
	return []commandGroup{
		{"Goroutines", []command{goroutinesCommand, killCommand, leaksCommand}},
		{"Running a cell, and looking on", []command{
			timeCommand, traceCommand, slowCommand, raceCommand, exploreCommand, replayCommand, virtualCommand, captureCommand,
		}},
		{"What there is", []command{varsCommand, listCommand, docCommand, historyCommand, resetCommand}},
		{"Exercises", []command{hintCommand, solutionCommand, progressCommand}},
		{"Tests and modules", []command{testCommand, coverCommand, benchCommand, getCommand}},
		{"The shell, and files", []command{
			shellCommand, bashCommand, scriptCommand, writefileCommand, runCommand, saveCommand,
			cdCommand, pwdCommand, envCommand, argsCommand,
		}},
		{"Showing what is no Go", showCommands()},
		{"The notebook and its kernel", []command{fmtCommand, mainCommand, engineCommand, dumpCommand, helpCommand}},
	}
}

// A command is one of the kernel's own. It can stand in a line of its own,
// %name, or at the head of a cell, %%name, or both.
type command struct {
	name string // without %
	// group is what %help lists it under.
	group string
	// usage has a line for each form. A command none of whose forms has
	// arguments is given none.
	usage []usage
	// help is what %help NAME says beside the usage; it may be empty.
	help string
	// examples are cells that use it.
	examples []string

	// line carries out %name where it stands: before the cell's Go code, or
	// after it if it comes after a statement. An error that is no
	// *session.Failure is told as a command error.
	line func(ctx context.Context, in *invocation) error

	// cell is for %%name. It decides how what comes after it is run, which is
	// the commands that follow at the head of the cell and then the cell: as
	// often as it calls rest. It may change in.run before.
	cell func(ctx context.Context, in *invocation, rest func(context.Context) ending) ending

	// text is for %%name before text that is no Go, which is given to it. It has the
	// place of cell.
	text func(ctx context.Context, in *invocation, body string) error

	// means, if not nil, says of arguments with which %name can only be meant for the
	// whole cell: it is %%name then.
	means func(args string) bool

	// last says that the line is carried out after all of the cell's Go code,
	// also where no statement stands before it; first, that it is before.
	last, first bool

	// complete offers what can stand in the place of the partial word after the
	// words before it; what does not begin like that word is left out. It may
	// be nil.
	complete func(e *Engine, before []string, partial string) []session.Match
}

type usage struct{ form, does string }

// A cellRun is one run of a cell: what its commands and its Go code share.
type cellRun struct {
	request session.Cell
	sink    session.Sink
	exec    *sched.Execution
	cell    *cell.Cell
	ran     bool              // exec has run the Go code
	observe sched.Observation // who is told what its goroutines do
	under   *under            // its goroutines are controlled; or nil
	explore *plan             // it is run under many schedules; or nil
	control *control.Control  // of the last run under control; or nil
	cover   *coverage         // what its functions reach is counted; or nil
	// others are executions that the cell has caused besides exec.
	others []*sched.Execution
	// depth is how many files that run each other this is in.
	depth int
	// rewrite is what the cell's source is to be replaced with, or nothing.
	rewrite string
}

// live is how many goroutines of the run live on.
func (r *cellRun) live() int {
	n := r.exec.Live()
	for _, x := range r.others {
		n += x.Live()
	}
	return n
}

// An ending is how a cell, or what a cell command has made of it, ended.
type ending struct {
	value   *session.Bundle // of the final expression, or nil
	failure *session.Failure
	left    int // goroutines that live on
	rewrite string
}

// An invocation is one use of a command.
type invocation struct {
	engine  *Engine
	run     *cellRun
	command *command
	args    string
}

// words are the arguments, split at spaces.
func (in *invocation) words() []string { return strings.Fields(in.args) }

// say prints a line.
func (in *invocation) say(format string, args ...any) {
	in.run.exec.Emit(session.Stream{Name: session.Stdout, Text: fmt.Sprintf(format, args...) + "\n"})
}

// failed is the ending of a cell with a command that failed.
func (in *invocation) failed(err error) ending { return ending{failure: commandFailure(err)} }

// misused is the error for arguments that a command does not take.
func (in *invocation) misused() error {
	return errors.New(in.command.misused())
}

func (c *command) misused() string {
	var forms []string
	for _, u := range c.usage {
		forms = append(forms, u.form)
	}
	return fmt.Sprintf("%s is written %s; %%help %s says more", c.title(), spelling.List(forms, "or"), c.name)
}

// title is the name with its percent signs.
func (c *command) title() string {
	if c.line == nil {
		return "%%" + c.name
	}
	return "%" + c.name
}

// whole reports whether it can stand at the head of a cell.
func (c *command) whole() bool { return c.cell != nil || c.text != nil }

// takesArguments reports whether a form with the prefix % or %% has arguments.
func (c *command) takesArguments(prefix string) bool {
	return slices.ContainsFunc(c.usage, func(u usage) bool {
		name, _, has := strings.Cut(u.form, " ")
		return has && name == prefix+c.name
	})
}

// otherNames are what other kernels call commands.
var otherNames = map[string]string{
	"":   "main", // %% alone
	"js": "javascript", "HTML": "html", "SVG": "svg",
	"who": "vars", "whos": "vars",
	"system": "sh", "sx": "sh", "shell": "sh",
	"file": "writefile",
	"rm":   "reset", // gonb
}

// command returns the command of a name, or nil. Some have other names in other
// kernels.
func (e *Engine) command(name string) *command {
	if other := otherNames[name]; other != "" {
		name = other
	}
	for i := range e.commands {
		if e.commands[i].name == name {
			return &e.commands[i]
		}
	}
	return nil
}

// checkCommands looks at a cell's commands before any of it runs.
func (e *Engine) checkCommands(c *cell.Cell) *session.Failure {
	var list check.ErrorList
	for _, m := range c.Magics {
		if msg := e.wrong(m); msg != "" {
			list = append(list, check.Error{Position: e.fset.Position(m.Pos), Msg: msg})
			if m.Prefix == "%%" {
				break // what comes after it is perhaps no Go at all
			}
		}
	}
	if len(list) == 0 {
		return nil
	}
	return e.failureAt(session.CommandError, c, list)
}

// wrong says what is wrong with how a command is written, or nothing.
func (e *Engine) wrong(m cell.Magic) string {
	title := m.Prefix + m.Name
	switch {
	case m.Prefix == "!":
		if m.Args == "" {
			return "a shell command comes after !\n\t!ls lists a folder; %help sh says more"
		}
		return ""
	case m.Prefix == "?":
		return ""
	case m.Prefix == ":":
		return insteadOfColon(m)
	case title == "%":
		return "the name of a command comes after %\n\t%help lists what there is"
	}
	c := e.command(m.Name)
	switch {
	case c == nil:
		return fmt.Sprintf("there is no command %s\n\t%s", title, e.insteadOf(m.Name))
	case m.Prefix == "%%" && !c.whole():
		return fmt.Sprintf("%%%s is a line of its own\n\twrite %%%s, with one %%", c.name, c.name)
	case m.Name == "rm" && m.Args == "":
		return "%rm is written %rm NAME…, and forgets what cells have declared\n\t!rm removes a file"
	case m.Prefix == "%" && c.name == "capture" && m.Args != "":
		return "%capture FILE is gonb's\n\twrite %%capture out before the Go code; out is what it printed, and os.WriteFile(name, []byte(out), 0o666) keeps it"
	case m.Prefix == "%" && c.line == nil:
		return fmt.Sprintf("%%%%%s is for a whole cell\n\twrite %%%%%s, with two %%, before the Go code", c.name, c.name)
	case m.Args != "" && !c.takesArguments(m.Prefix):
		return fmt.Sprintf("%s takes no arguments, but here is %q", title, m.Args)
	}
	return ""
}

// insteadOf says what to do in place of a command that there is not.
func (e *Engine) insteadOf(name string) string {
	if text := elsewhere[name]; text != "" {
		return text
	}
	names := map[string]string{}
	for i := range e.commands {
		names[e.commands[i].name] = e.commands[i].title()
	}
	var near []string
	for _, n := range spelling.Nearest(name, keys(names)) {
		near = append(near, names[n])
	}
	if len(near) > 0 {
		return spelling.DidYouMean(near, "")
	}
	return "%help lists what there is"
}

func keys(m map[string]string) []string {
	list := make([]string, 0, len(m))
	for k := range m {
		list = append(list, k)
	}
	return list
}

// runLine carries out a command that stands in a line of its own.
func (e *Engine) runLine(ctx context.Context, run *cellRun, m cell.Magic) *session.Failure {
	c, args := e.command(m.Name), m.Args
	switch m.Prefix {
	case "?":
		c = e.command(docCommand.name)
	case "!":
		c = e.command(shellCommand.name)
	}
	if err := c.line(ctx, &invocation{engine: e, run: run, command: c, args: args}); err != nil {
		return commandFailure(err)
	}
	return nil
}

// commandFailure is how a command's error is told.
func commandFailure(err error) *session.Failure {
	var f *session.Failure
	if errors.As(err, &f) {
		return f
	}
	head, more, explained := strings.Cut(err.Error(), "\n")
	f = &session.Failure{Name: session.CommandError, Value: head, Traceback: []string{session.Alarm + head + session.Plain}}
	if explained {
		f.Traceback = append(f.Traceback, strings.Split(more, "\n")...)
	}
	return f
}

// around wraps rest in a cell's %% commands, the first of them outermost.
func (e *Engine) around(run *cellRun, rest func(context.Context) ending) func(context.Context) ending {
	for _, m := range slices.Backward(run.cell.Magics) {
		if m.Prefix != "%%" {
			continue
		}
		c := e.command(m.Name)
		in := &invocation{engine: e, run: run, command: c, args: m.Args}
		inner := rest
		rest = func(ctx context.Context) ending {
			if c.text == nil {
				return c.cell(ctx, in, inner)
			}
			if err := c.text(ctx, in, string(run.cell.Body)); err != nil {
				return in.failed(err)
			}
			return ending{}
		}
	}
	return rest
}

// widen has lines that mean the whole cell say so.
func (e *Engine) widen(c *cell.Cell) {
	for i := range c.Magics {
		m := &c.Magics[i]
		if c := e.command(m.Name); m.Prefix == "%" && c != nil && c.means != nil && c.means(m.Args) {
			m.Prefix = "%%"
		}
	}
}

// splitMagics divides a cell's lines of commands into those that stand before
// its statements and those that stand after the first of them.
func (e *Engine) splitMagics(c *cell.Cell) (before, after []cell.Magic) {
	for _, m := range c.Magics {
		switch {
		case m.Prefix == "%%":
		case e.comes(m).last:
			after = append(after, m)
		case e.comes(m).first:
			before = append(before, m)
		case len(c.Stmts) > 0 && m.Pos > c.Stmts[0].Pos():
			after = append(after, m)
		default:
			before = append(before, m)
		}
	}
	return before, after
}

// comes is the command of a line, for when it is carried out.
func (e *Engine) comes(m cell.Magic) command {
	if c := e.command(m.Name); c != nil && m.Prefix == "%" {
		return *c
	}
	return command{}
}

// TakesText reports whether what comes behind a %% command in a cell is no Go.
func TakesText(name string) bool {
	list := commands()
	if other := otherNames[name]; other != "" {
		name = other
	}
	i := slices.IndexFunc(list, func(c command) bool { return c.name == name })
	return i >= 0 && list[i].text != nil
}
