package engine

import (
	"context"

	"github.com/gosched/gosched/kernel/session"
)

// engineCommand says which engine runs the cells.
var engineCommand = command{
	name:  "engine",
	usage: []usage{{"%engine", "say which engine runs the cells, and why"}},
	help:  "To choose another, start the kernel with --engine direct or --engine yaegi, or set GOSCHED_ENGINE.",
	line: func(_ context.Context, in *invocation) error {
		choice := in.engine.choice
		in.say("The %s engine runs the cells. %s", choice.Kind, choice.Why)
		return nil
	},
}

// tellChoice says in one line that the session is not run by the usual engine,
// if nobody has asked for that.
func (e *Engine) tellChoice(sink session.Sink) {
	if e.choice.Fallback && !e.told.Swap(true) {
		sink.Emit(session.Stream{Name: session.Stderr, Text: "note: the yaegi engine runs this notebook, more slowly. " + e.choice.Why + "\n"})
	}
}
