package engine

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gosched/gosched/kernel/observe/explore"
	"github.com/gosched/gosched/kernel/observe/race"
	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/sched/control"
	"github.com/gosched/gosched/kernel/sched/report"
	"github.com/gosched/gosched/kernel/session"
)

var exploreCommand = command{
	name: "explore",
	usage: []usage{
		{"%%explore", "run the cell under 200 schedules and tell in which ways it can end"},
		{"%%explore N", "run it under N schedules"},
		{"%%explore all", "run it under all schedules there are"},
	},
	examples: []string{"%%explore\ncount := 0\nvar wg sync.WaitGroup\nfor range 2 {\n\twg.Go(func() { count++ })\n}\nwg.Wait()\ncount", "%%explore 1000\nphilosophers(3)"},
	help: `The goroutines of the cell run one at a time, and what they do next is chosen anew in each
run: at communications, locks, go statements, atomic and shared memory accesses. Time is
virtual, so sleeping costs nothing. Each way in which the cell can end is shown with how often
that was so and a seed: %%replay SEED runs it like that again.
The cell is to stand on its own or to call functions of the session. Without a number it takes
five seconds at most. What the runs print is not shown, but for the examples.`,
	cell: func(ctx context.Context, in *invocation, rest func(context.Context) ending) ending {
		if f := in.observable(); f != nil {
			return ending{failure: f}
		}
		plan, err := parsePlan(in.args)
		if err != nil {
			return in.failed(in.misused())
		}
		in.run.explore = &plan
		return rest(ctx)
	},
	complete: func(*Engine, []string, string) []session.Match {
		return []session.Match{{Text: "all", Kind: "magic", Signature: "under all schedules there are"}}
	},
}

// A plan says how much is to be explored.
type plan struct {
	runs  int           // 0 is all
	limit time.Duration // 0 is none
	seed  *explore.Seed // of every run, if not nil
	whole bool          // also schedules that come to the same; for tests
}

const (
	defaultRuns  = 200
	defaultLimit = 5 * time.Second
	// mostRuns is what a person can mean.
	mostRuns = 10_000_000
)

func parsePlan(args string) (plan, error) {
	switch args {
	case "":
		return plan{runs: defaultRuns, limit: defaultLimit}, nil
	case "all":
		return plan{}, nil
	}
	n, err := strconv.Atoi(args)
	if err != nil || n < 1 || n > mostRuns {
		return plan{}, fmt.Errorf("%q is no number of schedules", args)
	}
	return plan{runs: n}, nil
}

// Bounds of each run.
const (
	runSteps     = 20_000
	runRestSteps = 500
	runTime      = 2 * time.Second
	// outsidePatience is how long goroutines of earlier cells may take to help.
	outsidePatience = 10 * time.Millisecond
)

// An exploration runs one prepared cell many times.
type exploration struct {
	e     *Engine
	run   *cellRun
	p     *prepared
	plan  plan
	start time.Time
	table explore.Table
	steps int // of all runs

	racing map[access]bool // those of races
}

// runExplored is runCode for a cell that is explored.
func (e *Engine) runExplored(ctx context.Context, run *cellRun, p *prepared) ending {
	run.observe.Recorder = nil // the worst is drawn, and not all of them
	x := &exploration{e: e, run: run, p: p, plan: *run.explore, start: time.Now()}
	if e.planned != nil {
		x.plan = *e.planned
	}
	kept := e.sessionChanges(p)
	if text := kept.text(); text != "" {
		run.note("%s", text)
	}
	defer kept.restore()
	if text := e.unsafeMemory(p); text != "" {
		x.outside(text)
	}
	x.all(ctx, kept)
	x.table.Took = time.Since(x.start)
	e.showSeeds(x.table.Rows())
	if e.explored != nil {
		e.explored(&x.table)
	}
	if x.table.Runs() == 0 {
		return ending{failure: interrupted(nil)}
	}
	run.exec.Emit(session.Display{Bundle: session.Bundle{Data: map[string]any{
		"text/plain": x.table.Text(), "text/html": x.table.HTML(),
	}}})
	if ctx.Err() != nil {
		return ending{failure: interrupted(nil)}
	}
	x.drawWorst(ctx, kept)
	return ending{}
}

// all makes the runs.
func (x *exploration) all(ctx context.Context, kept *changes) {
	if x.plan.seed != nil {
		for range x.plan.runs {
			if r, ok := x.once(ctx, x.plan.seed.Strategy(), kept); ok {
				r.Seed = *x.plan.seed
				x.table.Add(r)
			}
		}
		return
	}
	exhaust := explore.Exhaustive{Whole: x.plan.whole}
	most := x.plan.runs / 2
	for tried := 0; ; tried++ {
		s := exhaust.Strategy()
		r, ok := x.once(ctx, s, kept)
		if !ok {
			return
		}
		if !exhaust.Cut() {
			r.Seed = exhaust.Seed()
			x.table.Add(r)
		}
		if !exhaust.More() {
			x.table.All = !exhaust.Diverged() && len(x.table.Outside) == 0
			break
		}
		if exhaust.Diverged() || most > 0 && (x.table.Runs() >= most || tried > 8*most) || x.late(2) {
			break
		}
	}
	if x.table.All {
		return
	}
	for i := uint64(0); x.plan.runs == 0 || x.table.Runs() < x.plan.runs; i++ {
		if x.late(1) {
			x.table.Short = true
			return
		}
		seed := explore.Walk(i / 2)
		if i%2 == 1 {
			seed = explore.Priorities(i/2, 2+int(i/2%3), x.steps/(x.table.Runs()+1)+1)
		}
		r, ok := x.once(ctx, seed.Strategy(), kept)
		if !ok {
			return
		}
		r.Seed = seed
		x.table.Add(r)
	}
}

// late reports whether a part of the time has been used up.
func (x *exploration) late(part time.Duration) bool {
	return x.plan.limit > 0 && time.Since(x.start) > x.plan.limit/part
}

// once runs the cell under a schedule. It reports false if the exploration is to end.
func (x *exploration) once(ctx context.Context, s control.Strategy, kept *changes) (explore.Run, bool) {
	inner := *x.run
	return x.runOnce(ctx, &inner, s, kept)
}

func (x *exploration) runOnce(ctx context.Context, inner *cellRun, s control.Strategy, kept *changes) (explore.Run, bool) {
	kept.restore()
	x.e.zero(x.p)
	sink := &capture{}
	inner.sink = sink
	inner.exec = x.e.sched.Begin(x.run.request, sink)
	limited, cancel := context.WithTimeout(ctx, runTime)
	defer cancel()
	found := &races{engine: x.e}
	if inner.observe.Detector == nil {
		d := race.New(race.Options{Report: found.add})
		defer d.Close()
		inner.observe.Detector = d
	}
	c := x.e.runUnder(limited, inner, x.p, control.Config{
		Strategy: s, Accesses: true, MaxSteps: runSteps, MaxRest: runRestSteps, Cut: true, Patience: outsidePatience,
	})
	if ctx.Err() != nil {
		return explore.Run{}, false
	}
	x.steps += c.result.Steps
	x.races(&c, found)
	for _, o := range c.result.Outside {
		x.outside(o)
	}
	return explore.Run{Outcome: x.e.courseOutcome(&c, found, sink.text()), Steps: c.result.Steps, Changes: c.result.Changes}, true
}

func (x *exploration) outside(name string) {
	for _, o := range x.table.Outside {
		if o == name {
			return
		}
	}
	x.table.Outside = append(x.table.Outside, name)
}

// courseOutcome is a course without what differs from run to run by itself.
func (e *Engine) courseOutcome(c *course, found *races, output string) explore.Outcome {
	o := explore.Outcome{Output: output}
	for _, r := range c.result.Races {
		o.Races = append(o.Races, raceText(r))
	}
	o.Races = append(o.Races, found.texts()...)
	slices.Sort(o.Races)
	o.Races = slices.Compact(o.Races)
	list := func(gs []report.Info) { o.Goroutines = explore.Alike(describeAll(gs)) }
	switch {
	case c.result.End == control.Fatal:
		o.Kind, o.Message = explore.Fatal, c.result.Misuse.Text+where(c.result.Misuse.At)
	case c.result.End == control.UsedUp:
		o.Kind, o.Message = explore.Endless, fmt.Sprintf("stopped after %d steps", c.result.Steps-1)
	case c.out.Kind == sched.Panicked:
		o.Kind, o.Message = explore.Panicked, panicSummary(c.out.Failure)
	case c.out.Kind == sched.Deadlocked:
		o.Kind, o.Message = explore.Deadlocked, strings.TrimSuffix(c.out.Deadlock.Message(), " - deadlock!")
		list(c.out.Deadlock.Blocked)
	case c.out.Kind == sched.Exited:
		o.Kind, o.Message = explore.Exited, fmt.Sprintf("exit status %d", c.out.Code)
	case c.out.Kind == sched.Interrupted && c.result.End != control.Pointless:
		o.Kind, o.Message = explore.Endless, "stopped, as it took too long"
	case len(o.Races) > 0:
		o.Kind = explore.Raced
	case len(c.result.Left) > 0 && (c.result.CouldGo || c.result.Program):
		o.Kind = explore.Left
		list(c.result.Left)
	case len(c.result.Left) > 0:
		o.Kind = explore.Leaked
		list(c.result.Left)
	}
	return o
}

func where(at []sched.Place) string {
	if len(at) == 0 {
		return ""
	}
	return ", " + at[0].String()
}

// panicSummary is a panic's message with the place, in a line.
func panicSummary(f *session.Failure) string {
	if f == nil {
		return ""
	}
	for _, line := range f.Traceback {
		if at, ok := strings.CutPrefix(line, "\t"); ok && !strings.HasPrefix(at, "panic:") {
			return f.Value + ", " + at
		}
	}
	return f.Value
}

// raceText is a data race in a line.
func raceText(r control.Race) string {
	side := func(a control.Access) string {
		name := ""
		if a.Site != nil {
			name = a.Site.Name
		}
		return sideText(a.Write, a.Atomic, name, a.At)
	}
	return bothSides(side(r.First), side(r.Second))
}

// texts are the races, each in a line.
func (r *races) texts() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var lines []string
	for _, x := range r.found {
		side := func(s *race.Side) string { return sideText(s.Write, s.Atomic, s.Name, s.Places) }
		lines = append(lines, bothSides(side(&x.Now), side(&x.Previous)))
	}
	return lines
}

func sideText(write, atomic bool, name string, at []sched.Place) string {
	text := "read"
	if write {
		text = "write"
	}
	if atomic {
		text = "atomic " + text
	}
	if name != "" {
		text += " of " + name
	}
	if len(at) > 0 {
		text += " in " + at[0].Where()
	}
	return text
}

func bothSides(a, b string) string {
	if b < a {
		a, b = b, a
	}
	return a + ", and at the same time " + b
}

// capture is a sink that keeps what is printed.
type capture struct {
	mu  sync.Mutex
	b   strings.Builder
	end bool
}

// maxCaptured is how much of what a run prints tells it from others.
const maxCaptured = 64 << 10

// Emit implements session.Sink.
func (c *capture) Emit(ev session.Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.end || c.b.Len() > maxCaptured {
		return
	}
	switch ev := ev.(type) {
	case session.Stream:
		c.b.WriteString(ev.Text)
	case session.Display:
		if text, ok := ev.Bundle.Data["text/plain"].(string); ok {
			c.b.WriteString(text + "\n")
		}
	}
}

// Input implements session.Sink: nobody is asked.
func (c *capture) Input(context.Context, string, bool) (string, error) { return "", io.EOF }

func (c *capture) text() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.end = true
	return c.b.String()
}
