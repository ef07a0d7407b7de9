package engine

import (
	"fmt"

	"github.com/gosched/gosched/kernel/session"
)

// Commands that watch what a cell's goroutines do set their part of
// cellRun.observe before the cell runs: each run of it is told to those that are
// set then.

// observed attaches to a run's execution who is to be told, and returns what ends
// that. What the session watches goes on for as long as the session does that.
func (e *Engine) observed(run *cellRun) (end func()) {
	o := run.observe
	watched := o.Detector == nil && e.races.watch(&o)
	if o.Recorder == nil && o.Detector == nil && o.Controller == nil && o.Pace == 0 {
		return func() {}
	}
	run.exec.Observe(&o)
	switch {
	case o.Recorder == &e.traces:
		e.traces.observes(o.End)
	case watched:
		e.races.observes(o.End)
	default:
		return o.End
	}
	return func() {}
}

// observable is the failure of a command that has to know what goroutines do,
// where the engine cannot tell; it is nil where it can.
func (in *invocation) observable() *session.Failure {
	if in.engine.choice.Kind == Direct {
		return nil
	}
	text := fmt.Sprintf("%s cannot see what goroutines do under the %s engine", in.command.title(), in.engine.choice.Kind)
	return &session.Failure{Name: session.CommandError, Value: text, Traceback: []string{
		session.Alarm + text + session.Plain,
		`The direct engine can: choose the kernel "Go" in the menu, or start with --engine direct.`,
	}}
}
