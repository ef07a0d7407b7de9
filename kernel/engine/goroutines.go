package engine

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/gosched/gosched/kernel/sched/report"
	"github.com/gosched/gosched/kernel/session"
)

// settleTimeOfLists is how long goroutines that were just started may take to
// get to where they wait, before they are listed.
const settleTimeOfLists = 20 * time.Millisecond

var goroutinesCommand = command{
	name: "goroutines",
	usage: []usage{
		{"%goroutines", "list the session's goroutines: who they are and what they wait for"},
		{"%goroutines N", "tell all that is known of goroutine N: its calls with their lines, and who could wake it"},
		{"%%goroutines live", "list them while the cell runs, in a table that updates in place"},
	},
	help:     "The table says which cell and line started a goroutine, and what it waits for since when. Goroutines live on when their cell has ended.",
	examples: []string{"%goroutines", "%goroutines 7", "%%goroutines live\nfor range 3 {\n\tgo time.Sleep(2 * time.Second)\n}\ntime.Sleep(time.Second)"},
	line: func(_ context.Context, in *invocation) error {
		words := in.words()
		if len(words) > 1 {
			return in.misused()
		}
		in.engine.sched.Settle(settleTimeOfLists)
		list := in.engine.sched.List()
		if len(words) == 0 {
			in.run.exec.Emit(goroutineTable(list))
			return nil
		}
		n, err := strconv.Atoi(words[0])
		if err != nil {
			return in.misused()
		}
		i := slices.IndexFunc(list, func(x report.Info) bool { return x.Number == n })
		if i < 0 {
			return fmt.Errorf("there is no goroutine %d; %%goroutines lists those there are", n)
		}
		in.say("%s", in.engine.describe(&list[i], list))
		return nil
	},
	cell: func(ctx context.Context, in *invocation, rest func(context.Context) ending) ending {
		if in.args != "live" {
			return ending{failure: in.commandFailure(in.misused())}
		}
		return in.goroutinesLive(ctx, rest)
	},
	means: func(args string) bool { return args == "live" },
	complete: func(e *Engine, before []string, _ string) []session.Match {
		if len(before) > 0 {
			return nil
		}
		matches := []session.Match{{Text: "live", Kind: "magic"}}
		for _, x := range e.sched.List() {
			matches = append(matches, session.Match{Text: strconv.Itoa(x.Number), Kind: "magic", Signature: fmt.Sprintf("%s, started at %s", x.Name, x.Start)})
		}
		return matches
	},
}

var leaksCommand = command{
	name:     "leaks",
	usage:    []usage{{"%leaks", "name the goroutines that can never run again"}},
	help:     "They wait for a channel, a lock or a wait group that nothing else in the session refers to. They hold their memory for as long as the session lives; %kill N ends one.",
	examples: []string{"go func() { <-make(chan int) }()\n%leaks"},
	line: func(_ context.Context, in *invocation) error {
		in.engine.sched.Settle(settleTimeOfLists)
		r := in.engine.sched.Leaks()
		switch {
		case len(r.Leaked) > 0:
			in.run.exec.Emit(goroutineTable(r.Leaked))
		case r.Complete:
			in.say("no leaked goroutines")
		default:
			in.say("no goroutine waits for something that does not exist; whether one waits for a channel that nobody else has, this build cannot tell (build gosched with GOEXPERIMENT=goroutineleakprofile)")
		}
		return nil
	},
}

var killCommand = command{
	name: "kill",
	usage: []usage{
		{"%kill N", "stop goroutine N"},
		{"%kill cell N", "stop the goroutines that cell N started"},
		{"%kill all", "stop all goroutines but those of running cells"},
	},
	help:     "Deferred calls of what is stopped run. %goroutines lists the numbers.",
	examples: []string{"%kill 7", "%kill cell 3", "%kill all"},
	line:     kill,
	complete: completeKill,
}

func kill(_ context.Context, in *invocation) error {
	words := in.words()
	switch {
	case len(words) == 1 && words[0] == "all":
		in.say("stopped %s", goroutines(in.engine.sched.KillAll()))
		return nil
	case len(words) == 2 && words[0] == "cell":
		if n, err := strconv.Atoi(words[1]); err == nil {
			in.say("stopped %s of cell %d", goroutines(in.engine.sched.KillCell(n)), n)
			return nil
		}
	case len(words) == 1:
		if n, err := strconv.Atoi(words[0]); err == nil {
			if !in.engine.sched.Kill(n) {
				return fmt.Errorf("there is no goroutine %d; %%goroutines lists those there are", n)
			}
			in.say("stopped goroutine %d", n)
			return nil
		}
	}
	return in.misused()
}

// completeKill offers what there is to stop.
func completeKill(e *Engine, before []string, _ string) []session.Match {
	list := e.sched.List()
	var matches []session.Match
	add := func(text, what string) {
		if !slices.ContainsFunc(matches, func(m session.Match) bool { return m.Text == text }) {
			matches = append(matches, session.Match{Text: text, Kind: "magic", Signature: what})
		}
	}
	switch {
	case len(before) == 0:
		for i := range list {
			add(strconv.Itoa(list[i].Number), fmt.Sprintf("%s, started at %s", list[i].Name, list[i].Start))
		}
		add("all", "all goroutines but those of running cells")
		add("cell", "the goroutines that a cell started")
	case len(before) == 1 && before[0] == "cell":
		for i := range list {
			if list[i].Cell > 0 {
				add(strconv.Itoa(list[i].Cell), fmt.Sprintf("the goroutines that cell %d started", list[i].Cell))
			}
		}
	}
	return matches
}

func goroutines(n int) string {
	if n == 1 {
		return "1 goroutine"
	}
	return fmt.Sprintf("%d goroutines", n)
}

// mimeGoroutines is the type of the list for programs. It is no plain JSON,
// which front ends would show in place of the table.
const mimeGoroutines = "application/vnd.gosched.goroutines+json"

// mostRows bounds the list for programs.
const mostRows = 1000

// goroutineTable shows goroutines for people and for programs.
func goroutineTable(list []report.Info) session.Event {
	return session.Display{Bundle: session.Bundle{Data: map[string]any{
		"text/plain":   report.Text(list),
		"text/html":    report.HTML(list),
		mimeGoroutines: data(list[:min(len(list), mostRows)]),
	}}}
}

// data is a goroutine list for programs.
func data(list []report.Info) []map[string]any {
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
