package engine

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/gosched/gosched/kernel/observe/explore"
	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/sched/control"
	"github.com/gosched/gosched/kernel/sched/report"
	"github.com/gosched/gosched/kernel/sched/wait"
	"github.com/gosched/gosched/kernel/session"
)

// A course is what came of one run of a cell under control.
type course struct {
	out    sched.Outcome
	result control.Result
	value  *session.Bundle
}

// runUnder runs a prepared cell under control. Nothing of it goes on afterwards.
func (e *Engine) runUnder(ctx context.Context, run *cellRun, p *prepared, config control.Config) (c course) {
	run.control = control.New(config)
	o := run.observe
	c.out = e.control(ctx, run.exec, run.control, &o, func(g *sched.G) {
		for _, pkg := range p.cell.Sources {
			e.executor.Call(g, pkg.Func("init"))
		}
		e.executor.Call(g, p.cell.Body)
		c.value = e.show(p)
		if run.cell.IsProgram() {
			run.control.Leave(g)
		} else {
			run.control.Rest(g)
		}
	})
	c.result = run.control.Result()
	return c
}

// control runs the main function of an execution under control, and others that are
// to be told. Nothing goes on afterwards.
func (e *Engine) control(ctx context.Context, exec *sched.Execution, c *control.Control, o *sched.Observation, main func(*sched.G)) sched.Outcome {
	o.Controller, o.Clock = c, c
	if seeded, ok := c.Strategy().(explore.Seeded); ok {
		o.Random = rand.NewPCG(seeded.Number(), 0).Uint64
	}
	exec.Observe(o)
	c.Begin(exec)
	out := exec.Run(ctx, main)
	c.Finish()
	exec.EndProgram()
	o.End()
	return out
}

// clock is the cell's own clock, if it has one, or nil. It stands at its beginning
// until the cell runs.
func (run *cellRun) clock() func() time.Time {
	controlled := run.under != nil || run.control != nil
	for _, m := range run.cell.Magics {
		controlled = controlled || m.Prefix == "%%" && (m.Name == virtualCommand.name || m.Name == replayCommand.name)
	}
	if !controlled {
		return nil
	}
	return func() time.Time {
		if c := run.control; c != nil {
			return c.Now()
		}
		return control.Epoch
	}
}

// runControlled is runCode for a cell that runs once, under control.
func (e *Engine) runControlled(ctx context.Context, run *cellRun, p *prepared) ending {
	config := control.Config{Strategy: run.under.strategy(), Accesses: run.under.accesses, MaxRest: restSteps}
	c := e.runUnder(ctx, run, p, config)
	if text := e.unsafeMemory(p); text != "" {
		c.result.Outside = append(c.result.Outside, text)
	}
	e.tellCourse(run, &c)
	if f := e.courseFailure(&c); f != nil {
		return ending{failure: f}
	}
	return ending{value: c.value}
}

// restSteps is how long goroutines may go on when their cell's statements are done.
const restSteps = 10_000

// courseFailure says how a cell failed under control, if it did.
func (e *Engine) courseFailure(c *course) *session.Failure {
	if c.result.End == control.Fatal {
		text := c.result.Misuse.Text
		f := &session.Failure{Name: session.FatalError, Value: text, Traceback: []string{session.Alarm + "fatal error: " + text + session.Plain, ""}}
		for _, p := range c.result.Misuse.At {
			f.Traceback = append(f.Traceback, p.Func+"(...)", "\t"+p.Where())
		}
		f.Traceback = append(f.Traceback, "", "No program recovers from that. Here it was seen before it happened: the session goes on, with its variables.")
		return f
	}
	return e.outcome(c.out)
}

// tellCourse tells what goroutines were left, and what was not under control.
func (e *Engine) tellCourse(run *cellRun, c *course) {
	if len(c.result.Left) > 0 && c.out.Kind == sched.Returned {
		run.note("%s", leftText(&c.result))
	}
	if len(c.result.Outside) > 0 {
		run.note("not under control: %s. That was waited for in real time, and may come otherwise the next time", strings.Join(c.result.Outside, ", "))
	}
}

// note prints a line to the cell's standard error.
func (run *cellRun) note(format string, args ...any) {
	run.exec.Emit(session.Stream{Name: session.Stderr, Text: "note: " + fmt.Sprintf(format, args...) + "\n"})
}

// leftText names the goroutines that were left.
func leftText(r *control.Result) string {
	var b strings.Builder
	what := "can never go on"
	if r.CouldGo {
		what = "could have gone on"
	}
	if n := len(r.Left); n == 1 {
		fmt.Fprintf(&b, "1 goroutine was left over and %s; it was stopped:", what)
	} else {
		fmt.Fprintf(&b, "%d goroutines were left over and %s; they were stopped:", n, what)
	}
	lines := explore.Alike(describeAll(r.Left))
	for i, line := range lines {
		if i == maxLeft {
			fmt.Fprintf(&b, "\n  … and %d more", len(lines)-i)
			break
		}
		b.WriteString("\n  " + line)
	}
	return b.String()
}

func describeAll(gs []report.Info) []string {
	var list []string
	for i := range gs {
		list = append(list, describeLeft(&gs[i], gs))
	}
	return list
}

// maxLeft is how many goroutines are named.
const maxLeft = 10

// describeLeft says of a goroutine what it is and what it waits for, without its
// number: worker, started in cell 3 line 4, waits: chan receive on jobs, cell 3 line 9.
func describeLeft(in *report.Info, all []report.Info) string {
	var b strings.Builder
	b.WriteString(in.Name)
	if in.Main {
		b.Reset()
		b.WriteString("main")
	} else {
		b.WriteString(", started in " + in.Start.Where())
	}
	if in.Blocked && in.Kind != wait.Goexit && in.Kind != wait.None {
		b.WriteString(", waits: " + in.State)
		b.WriteString(waitsOn(in, all))
		if len(in.At) > 0 {
			b.WriteString(", " + in.At[0].Where())
		}
	}
	return b.String()
}

// waitsOn says what a goroutine waits for and who has it.
func waitsOn(in *report.Info, all []report.Info) string {
	x := *in
	x.On = slices.Clone(in.On)
	holder := ""
	for i := range x.On {
		n := x.On[i].Holder
		x.On[i].Holder = 0
		for j := range all {
			if all[j].Number == n && n != 0 {
				holder = ", which " + all[j].Name + " has"
				if n == in.Number {
					holder = ", which it has itself"
				}
			}
		}
	}
	if on := x.Waits(); on != "" {
		return " on " + on + holder
	}
	return ""
}
