package engine

import (
	"context"
	"go/token"
	"strconv"
	"strings"
	"sync"

	"github.com/gosched/gosched/kernel/session"
)

var captureCommand = command{
	name:     "capture",
	usage:    []usage{{"%%capture [NAME]", "run the cell without showing what it prints and shows; NAME is a string with what it printed"}},
	help:     "Errors are shown all the same. What goroutines print after the cell's end is shown.",
	complete: completeFirst(),
	examples: []string{"%%capture report\nfmt.Println(\"a line\")"},
	cell: func(ctx context.Context, in *invocation, rest func(context.Context) ending) ending {
		name := in.args
		if name != "" && !token.IsIdentifier(name) {
			return in.failed(in.misused())
		}
		run := in.run
		sink := &captured{Sink: run.sink, on: true}
		outerExec, outerSink := run.exec, run.sink
		run.sink, run.exec = sink, in.engine.sched.Begin(run.request, sink)
		end := rest(ctx)
		run.exec.Flush()
		run.others = append(run.others, run.exec)
		run.sink, run.exec = outerSink, outerExec
		text := sink.stop()
		end.value = nil
		if name == "" || end.failure != nil {
			return end
		}
		end.failure = in.engine.runSource(ctx, run, "%%capture", name+" := "+strconv.Quote(text)).failure
		return end
	},
}

// captured is a sink that keeps what is printed, and lets go by what is printed
// after it was stopped.
type captured struct {
	session.Sink

	mu   sync.Mutex
	on   bool
	text strings.Builder
}

func (c *captured) Emit(ev session.Event) {
	c.mu.Lock()
	on := c.on
	if on {
		switch ev := ev.(type) {
		case session.Stream:
			c.text.WriteString(ev.Text)
		case *session.Failure:
			on = false
		}
	}
	c.mu.Unlock()
	if !on {
		c.Sink.Emit(ev)
	}
}

func (c *captured) stop() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.on = false
	return c.text.String()
}
