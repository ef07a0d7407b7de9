package engine

import (
	"context"
	"errors"
	"time"

	check "github.com/gosched/gosched/kernel/checks"
	"github.com/gosched/gosched/kernel/observe/explore"
	"github.com/gosched/gosched/kernel/observe/race"
	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/sched/control"
	"github.com/gosched/gosched/kernel/session"
)

// checks is what package gosched/check asks of a session.
func (e *Engine) checks() check.Environment {
	return check.Environment{
		Run:    e.runChecked,
		Fail:   failCheck,
		Say:    func(line string) { emitter()(session.Stream{Name: session.Stdout, Text: line + "\n"}) },
		Judged: e.learner.judged,
		Answer: e.learner.answer,
		Score:  e.learner.score,
	}
}

// failCheck fails the calling goroutine's cell.
func failCheck(value string, report []string) {
	f := &session.Failure{Name: session.CheckFailed, Value: value}
	for i, line := range report {
		if i == 0 {
			line = session.Alarm + line + session.Plain
		}
		f.Traceback = append(f.Traceback, line)
	}
	if g := sched.Current(); g != nil {
		g.Fail(f)
	}
}

// Bounds of a run of a function that is checked. Steps end what is busy for ever, after
// less than a second. Time ends what the kernel does not count, such as a read from
// somebody who never writes; it is long, as a busy machine may take seconds for what is
// right.
const (
	checkedSteps     = 200_000
	checkedRestSteps = 500
	checkedTime      = 15 * time.Second
)

var (
	errNoCell     = errors.New("check.Run is for the code of cells")
	errStopped    = errors.New("stopped")
	errNotControl = errors.New("gosched/check cannot see what goroutines do under this engine; the direct engine can: choose the kernel \"Go\" in the menu, or start with --engine direct")
)

// runChecked calls a function under control, for the cell of the calling goroutine.
func (e *Engine) runChecked(seed explore.Seed, show bool, f func(elapsed func() time.Duration, end func())) (explore.Run, error) {
	caller, own := sched.Here()
	if caller == nil || !own {
		return explore.Run{}, errNoCell
	}
	if e.choice.Kind != Direct {
		return explore.Run{}, errNotControl
	}
	ctx, cancel := context.WithTimeout(context.Background(), checkedTime)
	defer cancel()
	defer caller.OnStop(cancel)()

	request := caller.Execution().Cell()
	sink := &capture{}
	exec := e.sched.Begin(request, sink)
	if show {
		exec = e.sched.Begin(request, caller.Execution().Sink())
	}
	c := control.New(control.Config{
		Strategy: seed.Strategy(), Accesses: true, MaxSteps: checkedSteps, MaxRest: checkedRestSteps, Cut: true, Patience: 1,
	})
	elapsed := func() time.Duration { return c.Now().Sub(control.Epoch) }
	end := func() {
		exec.Abort(true)
		if g, own := sched.Here(); own {
			g.Unwind()
		}
	}
	found := &races{engine: e}
	d := race.New(race.Options{Report: found.add})
	defer d.Close()
	out := e.control(ctx, exec, c, &sched.Observation{Detector: d}, func(g *sched.G) {
		f(elapsed, end)
		c.Rest(g)
	})
	if caller.ShouldStop() {
		return explore.Run{}, errStopped
	}
	result := course{out: out, result: c.Result()}
	return explore.Run{Seed: seed, Outcome: e.courseOutcome(&result, found, sink.text()), Steps: result.result.Steps, Changes: result.result.Changes}, nil
}
