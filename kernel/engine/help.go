package engine

import (
	"context"
	"fmt"
	"strings"

	"github.com/gosched/gosched/internal/spelling"
	"github.com/gosched/gosched/internal/table"
	"github.com/gosched/gosched/kernel/session"
)

var helpCommand = command{
	name: "help",
	usage: []usage{
		{"%help", "show what commands there are"},
		{"%help NAME", "show how a command is used"},
	},
	examples: []string{"%help kill", "%help"},
	line: func(_ context.Context, in *invocation) error {
		e := in.engine
		if in.args == "" {
			in.say("%s", strings.TrimSuffix(e.helpText(), "\n"))
			return nil
		}
		name := strings.TrimLeft(in.args, "%")
		c := e.command(name)
		if c == nil {
			return fmt.Errorf("there is no command %%%s; %s", name, e.insteadOf(name))
		}
		in.say("%s", strings.TrimSuffix(c.helpText(), "\n"))
		return nil
	},
	complete: func(e *Engine, before []string, _ string) []session.Match {
		if len(before) > 0 {
			return nil
		}
		var list []session.Match
		for i := range e.commands {
			c := &e.commands[i]
			list = append(list, session.Match{Text: c.name, Kind: "magic", Signature: c.usage[0].does})
		}
		return list
	},
}

// helpText lists all commands, a line for each, by what they are for.
func (e *Engine) helpText() string {
	var list []usage
	for i := range e.commands {
		list = append(list, e.commands[i].usage[0])
	}
	rows := strings.Split(usageText(list), "\n")
	var text strings.Builder
	for i := range e.commands {
		if group := e.commands[i].group; i == 0 {
			text.WriteString(group + "\n")
		} else if group != e.commands[i-1].group {
			text.WriteString("\n" + group + "\n")
		}
		text.WriteString("  " + rows[i] + "\n")
	}
	return text.String() + `
A line with % is a command; one with %% is for its whole cell, and stands before the Go code.
NAME? is %doc NAME. %help NAME shows all forms of a command, and examples.
`
}

// helpText says how a command is used.
func (c *command) helpText() string {
	text := usageText(c.usage)
	if c.help != "" {
		text += "\n" + strings.TrimSpace(c.help) + "\n"
	}
	for i, example := range c.examples {
		if i == 0 {
			text += "\nFor example:\n"
		}
		if i > 0 && strings.Contains(example, "\n") {
			text += "\n"
		}
		text += "    " + strings.ReplaceAll(example, "\n", "\n    ") + "\n"
	}
	return text
}

func usageText(list []usage) string {
	t := table.Table{}
	for _, u := range list {
		t.Rows = append(t.Rows, []string{u.form, u.does})
	}
	return t.Text()
}

var docCommand = command{
	name:     "doc",
	usage:    []usage{{"%doc NAME", "show what is known of a name: its declaration and documentation"}},
	examples: []string{"%doc strings.Cut", "%doc sync.WaitGroup.Go", "errgroup.Group?"},
	help:     "NAME may be a package, a function, a type, a variable, a method (Type.Method) or a command (%kill).\nIn a notebook, Shift+Tab behind a name shows the same.",
	line: func(ctx context.Context, in *invocation) error {
		if len(in.words()) != 1 {
			return in.misused()
		}
		found, err := in.engine.Inspect(ctx, in.args, len(in.args), 1)
		if err != nil {
			return err
		}
		if i := strings.LastIndex(in.args, "."); !found.Found && i > 0 && !strings.ContainsAny(in.args, "()") {
			// A method of pointers, which Go writes in another way.
			name := "(*" + in.args[:i] + ")" + in.args[i:]
			if found, err = in.engine.Inspect(ctx, name, len(name), 1); err != nil {
				return err
			}
		}
		if !found.Found {
			text := fmt.Sprintf("nothing is known of %s", in.args)
			if near := in.engine.nearName(in.args); near != "" {
				text += "; " + near
			}
			return fmt.Errorf("%s", text)
		}
		in.run.exec.Emit(session.Display{Bundle: found.Bundle})
		return nil
	},
	complete: func(e *Engine, before []string, partial string) []session.Match {
		c, err := e.Complete(context.Background(), partial, len(partial))
		if err != nil || len(before) > 0 {
			return nil
		}
		for i := range c.Matches {
			c.Matches[i].Text = partial[:c.Start] + c.Matches[i].Text
		}
		return c.Matches
	},
}

// nearName asks for a name that a mistyped one may have meant.
func (e *Engine) nearName(name string) string {
	if strings.HasPrefix(name, "%") {
		return e.insteadOf(strings.TrimLeft(name, "%"))
	}
	pkg, member, selected := strings.Cut(name, ".")
	e.mu.Lock()
	known := e.session.Names()
	e.mu.Unlock()
	if !selected {
		return spelling.DidYouMean(spelling.Nearest(name, append(known, packageNames()...)), "")
	}
	path, ok := resolve(pkg, []string{member})
	if !ok {
		return spelling.DidYouMean(spelling.Nearest(pkg, packageNames()), "")
	}
	p, err := e.importer.Import(path)
	if err != nil {
		return ""
	}
	return spelling.DidYouMean(spelling.Nearest(member, p.Scope().Names()), pkg+".")
}
