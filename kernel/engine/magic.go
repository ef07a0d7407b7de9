package engine

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/gosched/gosched/kernel/cell"
	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/session"
)

// Magics lists the commands that cells may hold beside Go, with what they do.
var magicHelp = []struct{ name, usage, help string }{
	{"goroutines", "%goroutines", "list the session's goroutines: who they are and what they wait for"},
	{"kill", "%kill N", "stop goroutine N"},
	{"kill", "%kill cell N", "stop the goroutines that cell N started"},
	{"kill", "%kill all", "stop all goroutines but those of running cells"},
	{"leaks", "%leaks", "name the goroutines that can never run again"},
	{"help", "%help", "show this list"},
}

// magic carries out one magic line.
func (e *Engine) magic(exec *sched.Execution, m cell.Magic) *session.Failure {
	switch m.Name {
	case "goroutines":
		e.sched.Settle(magicSettle)
		list := e.sched.List()
		exec.Emit(table(list))
	case "leaks":
		e.sched.Settle(magicSettle)
		r := e.sched.Leaks()
		if len(r.Leaked) == 0 {
			text := "no leaked goroutines\n"
			if !r.Complete {
				text = "no goroutine waits for something that does not exist; whether one waits for a channel that nobody else has, this build cannot tell (build gosched with GOEXPERIMENT=goroutineleakprofile)\n"
			}
			exec.Emit(session.Stream{Name: "stdout", Text: text})
			return nil
		}
		exec.Emit(table(r.Leaked))
	case "kill":
		return e.kill(exec, m)
	case "help":
		var b strings.Builder
		for _, h := range magicHelp {
			fmt.Fprintf(&b, "%-14s %s\n", h.usage, h.help)
		}
		exec.Emit(session.Stream{Name: "stdout", Text: b.String()})
	default:
		return magicFailure(fmt.Sprintf("there is no command %%%s; %%help lists what there is", m.Name))
	}
	return nil
}

// magicSettle is how long goroutines that were just started may take to get to
// where they wait, before they are listed.
const magicSettle = 20 * time.Millisecond

// mimeGoroutines is the type of the list for programs. It is no plain JSON,
// which front ends would show in place of the table.
const mimeGoroutines = "application/vnd.gosched.goroutines+json"

// mostRows bounds the list for programs.
const mostRows = 1000

// table shows goroutines for people and for programs.
func table(list []sched.Info) session.Event {
	return session.Display{Bundle: session.Bundle{Data: map[string]any{
		"text/plain":   sched.Text(list),
		"text/html":    sched.HTML(list),
		mimeGoroutines: data(list[:min(len(list), mostRows)]),
	}}}
}

func (e *Engine) kill(exec *sched.Execution, m cell.Magic) *session.Failure {
	say := func(format string, args ...any) {
		exec.Emit(session.Stream{Name: "stdout", Text: fmt.Sprintf(format, args...) + "\n"})
	}
	words := strings.Fields(m.Args)
	switch {
	case len(words) == 1 && words[0] == "all":
		say("stopped %s", goroutines(e.sched.KillAll()))
		return nil
	case len(words) == 2 && words[0] == "cell":
		if n, err := strconv.Atoi(words[1]); err == nil {
			say("stopped %s of cell %d", goroutines(e.sched.KillCell(n)), n)
			return nil
		}
	case len(words) == 1:
		if n, err := strconv.Atoi(words[0]); err == nil {
			if !e.sched.Kill(n) {
				return magicFailure(fmt.Sprintf("there is no goroutine %d; %%goroutines lists those there are", n))
			}
			say("stopped goroutine %d", n)
			return nil
		}
	}
	return magicFailure("%kill takes a goroutine's number, or cell and a cell's number, or all: %kill 7, %kill cell 3, %kill all")
}

func goroutines(n int) string {
	if n == 1 {
		return "1 goroutine"
	}
	return fmt.Sprintf("%d goroutines", n)
}

func magicFailure(text string) *session.Failure {
	return &session.Failure{Name: "command error", Value: text, Traceback: []string{red + bold + text + reset}}
}

// data is a goroutine list for programs.
func data(list []sched.Info) []map[string]any {
	out := make([]map[string]any, len(list))
	for i := range list {
		in := &list[i]
		out[i] = map[string]any{
			"goroutine": in.Number,
			"cell":      in.Cell,
			"line":      in.Start.Line,
			"function":  in.Name,
			"state":     in.State,
			"leaked":    in.Leaked,
			"waits":     in.Waits(),
		}
	}
	return out
}
