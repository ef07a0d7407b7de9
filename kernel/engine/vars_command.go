package engine

import (
	"context"
	"fmt"
	"maps"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/gosched/gosched/internal/spelling"
	"github.com/gosched/gosched/internal/table"
	"github.com/gosched/gosched/kernel/display"
	"github.com/gosched/gosched/kernel/session"
)

var varsCommand = command{
	name: "vars",
	usage: []usage{
		{"%vars", "list the session's variables: name, type, value and size"},
		{"%vars PATTERN", "list those whose names match a pattern with * and ?"},
	},
	help: "The size is that of the value with the strings, slices and values that it refers to. " +
		"A channel shows how many of its places are filled; a map, how many entries it has. Goroutines may change a value while it is looked at.",
	examples: []string{"%vars", "%vars result*"},
	line: func(_ context.Context, in *invocation) error {
		pattern := "*"
		switch words := in.words(); len(words) {
		case 0:
		case 1:
			pattern = words[0]
		default:
			return in.misused()
		}
		t, data, err := in.engine.variableTable(pattern)
		switch {
		case err != nil:
			return err
		case len(t.Rows) == 0 && pattern == "*":
			in.say("no variables yet")
		case len(t.Rows) == 0:
			in.say("no variable is called %s", pattern)
		default:
			in.run.exec.Emit(session.Display{Bundle: session.Bundle{Data: map[string]any{
				"text/plain": strings.TrimSuffix(t.Text(), "\n"), "text/html": t.HTML(), mimeVariables: data,
			}}})
		}
		return nil
	},
	complete: completeNames,
}

// mimeVariables is the type of the list for programs, no plain JSON for the
// reason given at mimeGoroutines.
const mimeVariables = "application/vnd.gosched.variables+json"

// variableTable lists variables for people and for programs.
func (e *Engine) variableTable(pattern string) (*table.Table, []map[string]string, error) {
	t := &table.Table{Columns: []string{"name", "type", "value", "size"}, Right: []bool{3: true}, Class: "gosched-variables"}
	var data []map[string]string
	for _, v := range e.variables() {
		if ok, err := path.Match(pattern, v.name); err != nil {
			return nil, nil, fmt.Errorf("%s is no pattern: %w", pattern, err)
		} else if !ok {
			continue
		}
		text, size := "?", "?"
		if value, ok := e.value(v.name); ok {
			if f, foreign := value.(display.Foreign); foreign {
				value, _, _ = f.Show()
			}
			rv := reflect.ValueOf(value)
			text, size = brief(rv, briefDepth), sizeOf(rv)
		}
		row := []string{v.name, cutTo(typeText(v.obj.Type()), briefLength), text, size}
		t.Rows = append(t.Rows, row)
		data = append(data, map[string]string{"name": row[0], "type": typeText(v.obj.Type()), "value": row[2], "size": row[3]})
	}
	return t, data, nil
}

var listCommand = command{
	name:     "list",
	usage:    []usage{{"%list", "list what cells have declared: imports, constants, types, functions and variables"}},
	examples: []string{"%list"},
	line: func(_ context.Context, in *invocation) error {
		e := in.engine
		defs := e.definitions()
		t := &table.Table{}
		e.mu.Lock()
		imports := maps.Clone(e.session.Imports())
		e.mu.Unlock()
		for _, name := range slices.Sorted(maps.Keys(imports)) {
			t.Rows = append(t.Rows, []string{name, "import " + imports[name]})
		}
		for _, kind := range []string{"const", "type", "func"} {
			for _, name := range slices.Sorted(maps.Keys(defs)) {
				if strings.HasPrefix(defs[name], kind) {
					t.Rows = append(t.Rows, []string{name, cutTo(defs[name], 2*briefLength)})
				}
			}
		}
		for _, v := range e.variables() {
			t.Rows = append(t.Rows, []string{v.name, "var " + cutTo(typeText(v.obj.Type()), 2*briefLength)})
		}
		if len(t.Rows) == 0 {
			in.say("nothing is declared yet")
			return nil
		}
		in.say("%s", strings.TrimSuffix(t.Text(), "\n"))
		return nil
	},
}

var resetCommand = command{
	name: "reset",
	usage: []usage{
		{"%reset", "forget all that cells have declared"},
		{"%reset NAME…", "forget names"},
		{"%reset exercise [NAME]", "put a task of the course into this cell as it was given"},
		{"%%reset exercise [NAME]", "the same, whatever stands in the cell, which is not run"},
	},
	help: "Functions that were compiled with a name keep what it was. Goroutines go on: %kill all stops them. " +
		"To begin with a new process, restart the kernel.",
	examples: []string{"%reset", "%reset x results", "%reset exercise sleep"},
	text: func(_ context.Context, in *invocation, body string) error {
		name, ok := resetsExercise(in.args)
		if !ok {
			return errWholeReset
		}
		return resetExercise(in, name, body)
	},
	line: func(_ context.Context, in *invocation) error {
		if name, ok := resetsExercise(in.args); ok {
			return resetExercise(in, name, string(in.run.cell.Source))
		}
		names := slices.DeleteFunc(in.words(), func(w string) bool { return w == "-f" }) // as IPython has it
		e := in.engine
		e.mu.Lock()
		defer e.mu.Unlock()
		all := e.session.Names()
		for _, n := range names {
			if !slices.Contains(all, n) {
				text := n + " is not declared"
				if near := spelling.DidYouMean(spelling.Nearest(n, all), ""); near != "" {
					text += "; " + near
				}
				return fmt.Errorf("%s", text)
			}
		}
		everything := len(names) == 0
		if everything {
			names = all
		}
		e.letGo(e.session.Forget(names...))
		if everything {
			e.session.ForgetImports()
			in.say("forgot %s", plural(len(names), "name", "names"))
		} else {
			in.say("forgot %s", strings.Join(names, ", "))
		}
		return nil
	},
	complete: completeNames,
}

// completeNames offers what is declared.
func completeNames(e *Engine, before []string, _ string) []session.Match {
	var list []session.Match
	for _, v := range e.variables() {
		list = append(list, session.Match{Text: v.name, Kind: "variable", Signature: typeText(v.obj.Type())})
	}
	for name, what := range e.definitions() {
		list = append(list, session.Match{Text: name, Kind: "function", Signature: what})
	}
	list = slices.DeleteFunc(list, func(m session.Match) bool { return slices.Contains(before, m.Text) })
	slices.SortFunc(list, func(a, b session.Match) int { return strings.Compare(a.Text, b.Text) })
	return list
}
