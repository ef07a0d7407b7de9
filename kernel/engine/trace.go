package engine

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gosched/gosched/kernel/observe"
	"github.com/gosched/gosched/kernel/observe/picture"
	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/session"
)

var traceCommand = command{
	name: "trace",
	usage: []usage{
		{"%%trace", "draw what the cell's goroutines do"},
		{"%%trace live", "the same, also while the cell runs"},
		{"%trace on", "draw what the goroutines of each later cell do"},
		{"%trace on -keep", "keep what the goroutines of each later cell do, and draw nothing"},
		{"%trace off", "end that"},
		{"%trace save FILE", "write the last drawing's events to a file that ui.perfetto.dev opens"},
		{"%trace save -all FILE", "write those of all cells that were kept, each as a process of its own"},
	},
	help: "Each goroutine has a lane, which shows when it ran and what it waited for, and each message an arrow. A message is shown to come from outside where another cell, a timer or compiled code has sent it. " +
		"With %trace on, the goroutines of earlier cells are shown too, if they were started since then.",
	examples: []string{"%%trace\nch := make(chan int)\ngo func() { ch <- 1 }()\nfmt.Println(<-ch)", "%trace save lesson.json"},
	cell: func(ctx context.Context, in *invocation, rest func(context.Context) ending) ending {
		if f := in.observable(); f != nil {
			return ending{failure: f}
		}
		switch in.args {
		case "":
			return in.trace(ctx, rest)
		case "live":
			return in.traceLive(ctx, rest)
		}
		return ending{failure: in.commandFailure(in.misused())}
	},
	line: func(_ context.Context, in *invocation) error {
		verb, file, _ := strings.Cut(in.args, " ")
		switch file = strings.TrimSpace(file); {
		case in.args == "on":
			if f := in.observable(); f != nil {
				return f
			}
			in.engine.traces.begin(false)
			in.say("What goroutines do is drawn below each cell from the next one on; %%trace off ends that.")
		case in.args == "on -keep":
			if f := in.observable(); f != nil {
				return f
			}
			in.engine.traces.begin(true)
			in.say("What goroutines do is kept from the next cell on; %%trace save -all FILE writes it.")
		case in.args == "off":
			in.engine.traces.end()
			in.say("What goroutines do is drawn no longer.")
		case verb == "save" && file != "":
			return in.saveTrace(file)
		default:
			return in.misused()
		}
		return nil
	},
	complete: func(_ *Engine, before []string, _ string) []session.Match {
		if len(before) > 0 {
			return nil
		}
		return []session.Match{{Text: "live", Kind: "magic"}, {Text: "off", Kind: "magic"}, {Text: "on", Kind: "magic"}, {Text: "save", Kind: "magic"}}
	},
}

// commandFailure is the failure of a command that is used wrongly.
func (in *invocation) commandFailure(err error) *session.Failure {
	return &session.Failure{Name: session.CommandError, Value: err.Error(), Traceback: []string{session.Alarm + err.Error() + session.Plain}}
}

// trace runs rest and draws what it did.
func (in *invocation) trace(ctx context.Context, rest func(context.Context) ending) ending {
	rec := observe.New(observe.Config{Cell: in.run.request.Number, Now: in.run.clock()})
	in.run.observe.Recorder = rec
	end := rest(ctx)
	in.run.observe.Recorder = nil
	if r := in.engine.finish(rec, in.run); r != nil {
		in.run.exec.Emit(session.Display{Bundle: picture.Bundle(r)})
	}
	return end
}

// finish ends a record, and returns nil if nothing was recorded.
func (e *Engine) finish(rec *observe.Recorder, run *cellRun) *observe.Record {
	var leaked []int
	if run.exec.Live() > 0 {
		for _, in := range e.sched.Leaks().Leaked {
			leaked = append(leaked, in.Number)
		}
	}
	r := rec.Finish(leaked)
	r.Virtual = run.clock() != nil
	if len(r.Goroutines) == 0 {
		return nil // it was not run
	}
	e.addSource(r)
	e.traces.last.Store(r)
	return r
}

// addSource gives the record the source of the cells that its places name.
func (e *Engine) addSource(r *observe.Record) {
	cells := map[int]bool{}
	for i := range r.Goroutines {
		cells[r.Goroutines[i].Start.Cell] = true
	}
	for i := range r.Events {
		cells[r.Events[i].Place.Cell] = true
	}
	delete(cells, 0)
	r.Source = make(map[observe.SourceKey][]string, len(cells))
	e.mu.Lock()
	defer e.mu.Unlock()
	for n := range cells {
		if src, ok := e.sources[fmt.Sprint(cellPrefix, n)]; ok {
			r.Source[observe.SourceKey{Cell: n}] = strings.Split(strings.TrimRight(string(src), "\n"), "\n")
		}
	}
}

// saveTrace writes the last record for Perfetto's viewer.
func (in *invocation) saveTrace(file string) (err error) {
	records, file, err := in.engine.traces.toSave(file)
	if err != nil {
		return err
	}
	f, err := os.Create(file)
	if err != nil {
		return fmt.Errorf("saving the trace: %w", err)
	}
	defer func() {
		if cerr := f.Close(); err == nil && cerr != nil {
			err = fmt.Errorf("saving the trace: %w", cerr)
		}
	}()
	w := bufio.NewWriter(f)
	if err := picture.Perfetto(w, records...); err != nil {
		return fmt.Errorf("saving the trace: %w", err)
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("saving the trace: %w", err)
	}
	events := 0
	for _, r := range records {
		events += len(r.Events)
	}
	in.say("%d events written to %s; open it at https://ui.perfetto.dev", events, file)
	return nil
}

// traces are the session's records: the last one, and that which is being made of
// all cells.
type traces struct {
	last atomic.Pointer[observe.Record]
	now  atomic.Pointer[observe.Recorder] // of the cells that run, if on

	mu      sync.Mutex
	on      bool
	keeping bool // what is recorded, without drawing it
	kept    []*observe.Record
	running int
	ends    []func()
}

// toSave are the records that `%trace save` is to write, and the file's name.
func (t *traces) toSave(args string) (records []*observe.Record, file string, err error) {
	file, all := strings.CutPrefix(args, "-all ")
	if !all {
		r := t.last.Load()
		if r == nil {
			return nil, "", errors.New("nothing has been drawn yet; run a cell that begins with %%trace")
		}
		return []*observe.Record{r}, file, nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.kept) == 0 {
		return nil, "", errors.New("nothing has been kept yet: no cell has run since %trace on -keep that did anything with goroutines")
	}
	return slices.Clone(t.kept), strings.TrimSpace(file), nil
}

// Did implements [sched.Observer]: goroutines of earlier cells are told to whatever
// is recorded now.
func (t *traces) Did(g *sched.G, op *sched.Op) {
	if r := t.now.Load(); r != nil {
		r.Did(g, op)
	}
}

// Passed implements [sched.PassingObserver].
func (t *traces) Passed(p *sched.Passing) {
	if r := t.now.Load(); r != nil {
		r.Passed(p)
	}
}

// Stuck implements [sched.Mourner].
func (t *traces) Stuck(numbers []int, deadlock bool) {
	if r := t.now.Load(); r != nil {
		r.Stuck(numbers, deadlock)
	}
}

func (t *traces) begin(keeping bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.on, t.keeping = true, keeping
}

func (t *traces) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.on, t.keeping, t.kept = false, false, nil
	for _, end := range t.ends {
		end()
	}
	t.ends = nil
	t.now.Store(nil)
}

// traced has a cell drawn that runs while tracing is on.
func (e *Engine) traced(ctx context.Context, run *cellRun, rest func(context.Context) ending) ending {
	t := &e.traces
	t.mu.Lock()
	if !t.on || run.observe.Recorder != nil {
		t.mu.Unlock()
		return rest(ctx)
	}
	if t.running++; t.running == 1 {
		t.now.Store(observe.New(observe.Config{Cell: run.request.Number}))
	}
	rec := t.now.Load()
	t.mu.Unlock()
	run.observe.Recorder = t
	end := rest(ctx)
	run.observe.Recorder = nil
	t.mu.Lock()
	t.running--
	over := t.running == 0
	t.mu.Unlock()
	var r *observe.Record
	if before := t.last.Load(); over {
		if r = e.finish(rec, run); r != nil && !tells(r) {
			t.last.CompareAndSwap(r, before) // what %trace save writes is what was seen
		}
	} else if r = rec.Record(); len(r.Goroutines) > 0 {
		e.addSource(r)
	}
	switch {
	case r == nil || len(r.Events) == 0:
	case t.keeps(r, over), !tells(r):
	default:
		run.exec.Emit(session.Display{Bundle: picture.Bundle(r)})
	}
	return end
}

// tells reports whether anything is to be seen in a picture that nobody has asked for
// of this cell: not where it is a command, or declares something.
func tells(r *observe.Record) bool {
	return len(r.Goroutines) > 1 || slices.ContainsFunc(r.Events, func(e observe.Event) bool { return e.Kind != observe.Begin && e.Kind != observe.End })
}

// keeps keeps a record instead of its being drawn, if that was asked for. Of one
// that is not complete there will be another.
func (t *traces) keeps(r *observe.Record, complete bool) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.keeping && complete {
		t.kept = append(t.kept, r)
	}
	return t.keeping
}

// observes notes how to end the observation of a cell for the session.
func (t *traces) observes(end func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.on {
		end()
		return
	}
	t.ends = append(t.ends, end)
}

// traceLive is trace that also draws while the cell runs.
func (in *invocation) traceLive(ctx context.Context, rest func(context.Context) ending) ending {
	var changed atomic.Bool
	rec := observe.New(observe.Config{Cell: in.run.request.Number, Changed: func() { changed.Store(true) }})
	in.run.observe.Recorder = rec
	id := fmt.Sprintf("trace-%d-%d", in.run.request.Number, time.Now().UnixNano())
	exec := in.run.exec
	drawn := false
	draw := func(r *observe.Record) {
		in.engine.addSource(r)
		exec.Emit(session.Display{Bundle: picture.Bundle(r), ID: id, Update: drawn})
		drawn = true
	}
	end := live(ctx, rest, func() {
		if changed.Swap(false) {
			draw(rec.Record())
		}
	})
	in.run.observe.Recorder = nil
	if r := in.engine.finish(rec, in.run); r != nil {
		draw(r)
	}
	return end
}

var slowCommand = command{
	name:     "slow",
	complete: completeFirst("100ms", "200ms", "500ms", "1s"),
	examples: []string{"%%slow 200ms\n%%trace live\nch := make(chan int)\ngo func() { for i := range 5 { ch <- i }; close(ch) }()\nfor v := range ch {\n\tfmt.Println(v)\n}"},
	usage:    []usage{{"%%slow DURATION", "hold back each communication and lock of the cell for so long, such as 200ms"}},
	help:     "For watching: %%trace live in the next line draws what happens while it does.",
	cell: func(ctx context.Context, in *invocation, rest func(context.Context) ending) ending {
		if f := in.observable(); f != nil {
			return ending{failure: f}
		}
		d, err := time.ParseDuration(in.args)
		if err != nil || d <= 0 || d > time.Minute {
			return ending{failure: in.commandFailure(fmt.Errorf("%s; DURATION is one such as 200ms or 1s, and at most a minute", in.misused()))}
		}
		in.run.observe.Pace = d
		end := rest(ctx)
		in.run.observe.Pace = 0
		return end
	},
}
