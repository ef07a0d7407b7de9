package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gosched/gosched/kernel/observe/race"
	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/sched/report"
	"github.com/gosched/gosched/kernel/session"
)

var raceCommand = command{
	name: "race",
	usage: []usage{
		{"%%race", "run the cell and fail if its goroutines race for memory"},
		{"%race on", "from now on, warn of data races in every cell"},
		{"%race off", "no longer do so"},
		{"%race check", "fail if there was a data race since %race on"},
	},
	examples: []string{"%%race\nvar wg sync.WaitGroup\nn := 0\nfor range 2 {\n\twg.Go(func() { n++ })\n}\nwg.Wait()", "%race on"},
	help: "A data race is a variable that two goroutines use at the same time, one of them writing, with nothing that orders them: no channel, lock, wait group or atomic. " +
		"The report names both places and where the goroutines were started, like that of go run -race. What is found depends on what the run does; a race is found also where it did no harm this time. " +
		"Cells take a few times as long as without.",
	cell: func(ctx context.Context, in *invocation, rest func(context.Context) ending) ending {
		if f := in.observable(); f != nil {
			return ending{failure: f}
		}
		found := &races{engine: in.engine}
		d := race.New(race.Options{Report: found.add, Company: in.engine.hasCompany()})
		defer d.Close()
		in.run.observe.Detector = d
		end := rest(ctx)
		in.run.observe.Detector = nil
		return found.judge(in, end)
	},
	line: func(_ context.Context, in *invocation) error {
		w := &in.engine.races
		switch in.args {
		case "on":
			if f := in.observable(); f != nil {
				return f
			}
			w.on(in.engine)
			in.say("Data races are reported from now on, in this cell and all later ones.")
		case "off":
			w.off()
			in.say("Data races are no longer looked for.")
		case "check":
			return w.check()
		case "":
			if w.looking() {
				in.say("Data races are reported; %%race off ends that.")
			} else {
				in.say("Data races are not looked for; %%race on begins that.")
			}
		default:
			return in.misused()
		}
		return nil
	},
	complete: func(_ *Engine, before []string, _ string) []session.Match {
		if len(before) > 0 {
			return nil
		}
		return []session.Match{{Text: "check", Kind: "magic"}, {Text: "off", Kind: "magic"}, {Text: "on", Kind: "magic"}}
	},
}

// hasCompany reports whether there are goroutines of earlier cells, which are not
// observed. Those that run may have only to end: they are given some time for it, as
// in company less is found. So are those that wait: one that has just been let go
// counts as waiting until it has been given a processor.
func (e *Engine) hasCompany() bool {
	const look, most, sure = 100 * time.Microsecond, 200 * time.Millisecond, 20
	stays := 0
	for end := time.Now().Add(most); e.sched.Count() > 0; time.Sleep(look) {
		list := e.sched.List() // those that are about to be gone are not in it
		if len(list) > 0 && !slices.ContainsFunc(list, func(in report.Info) bool { return !in.Blocked }) {
			stays++
		} else {
			stays = 0
		}
		if stays == sure || time.Now().After(end) {
			return true
		}
	}
	return false
}

// races are those that were found in one run of a cell.
type races struct {
	engine *Engine
	mu     sync.Mutex
	found  []*race.Report
}

func (r *races) add(x *race.Report) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.found = append(r.found, x)
}

func (r *races) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.found)
}

// mostRaces is how many are told of one cell.
const mostRaces = 20

// judge fails a cell in which races were found. A cell that has failed anyway is
// told of them.
func (r *races) judge(in *invocation, end ending) ending {
	r.mu.Lock()
	found := r.found
	r.mu.Unlock()
	if len(found) == 0 {
		return end
	}
	f := &session.Failure{Name: session.DataRace, Value: raceSummary(found)}
	for i, x := range found {
		if i == mostRaces {
			f.Traceback = append(f.Traceback, fmt.Sprintf("... and %d more", len(found)-mostRaces), "")
			break
		}
		f.Traceback = append(f.Traceback, r.engine.raceLines(x, true)...)
		f.Traceback = append(f.Traceback, "")
	}
	f.Traceback = append(f.Traceback, fmt.Sprintf("Found %d data race(s)", len(found)), whatToDo(found))
	if end.failure != nil {
		in.run.exec.Emit(session.Stream{Name: session.Stderr, Text: strings.Join(f.Traceback, "\n") + "\n"})
		return end
	}
	end.failure = f
	return end
}

// raceSummary is all of them in one line.
func raceSummary(found []*race.Report) string {
	x := found[0]
	name := x.Name()
	if name == "" {
		name = "memory"
	}
	text := fmt.Sprintf("%s is used by two goroutines at the same time: %s and %s", name, raceAt(x.Previous.Places), raceAt(x.Now.Places))
	if n := len(found) - 1; n > 0 {
		text += fmt.Sprintf(" (and %d more)", n)
	}
	return text
}

func raceAt(ps []sched.Place) string {
	if len(ps) == 0 {
		return "an unknown place"
	}
	return ps[0].Where()
}

// whatToDo is one line for a learner.
func whatToDo(found []*race.Report) string {
	for _, x := range found {
		if strings.HasPrefix(x.Now.Type, "map[") || strings.HasPrefix(x.Previous.Type, "map[") {
			return "Maps must not be used by several goroutines at a time when one of them writes: guard each use with the same sync.Mutex, or let one goroutine own the map and send it requests."
		}
	}
	return "Nothing orders the two: guard both with the same sync.Mutex, use package sync/atomic, or let one goroutine own the variable and hand values over in a channel."
}

// raceLines is a report with the lines of the source that it names.
func (e *Engine) raceLines(x *race.Report, colours bool) []string {
	rule := strings.Repeat("=", 18)
	lines := []string{rule}
	for i, l := range x.Lines(e.sourceLine) {
		if i == 0 && colours {
			l = session.Alarm + l + session.Plain
		}
		lines = append(lines, l)
	}
	return append(lines, rule)
}

// sourceLine is a line of a cell, or nothing where that is not known.
func (e *Engine) sourceLine(p sched.Place) string {
	if p.Cell == 0 || p.File != "" {
		return ""
	}
	e.mu.Lock()
	src := e.sources[fmt.Sprint(cellPrefix, p.Cell)]
	e.mu.Unlock()
	lines := strings.Split(string(src), "\n")
	if p.Line < 1 || p.Line > len(lines) {
		return ""
	}
	text, _ := excerpt(strings.TrimSpace(lines[p.Line-1]), 1)
	return text
}

// watchedRaces is what a session looks for in all of its cells.
type watchedRaces struct {
	mu   sync.Mutex
	d    *race.Detector // nil where nothing is looked for
	ends []func()       // of the observations that tell it

	found int // since it was turned on
}

// check says in an error how many races there were.
func (w *watchedRaces) check() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.d == nil:
		return errors.New("data races are not looked for: %race on, before the cells that it is about")
	case w.found == 1:
		return errors.New("there was a data race: the cell in which it was found tells where")
	case w.found > 0:
		return fmt.Errorf("there were %d data races: the cells in which they were found tell where", w.found)
	}
	return nil
}

// watch has o tell the session's detector, and reports whether there is one.
func (w *watchedRaces) watch(o *sched.Observation) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.d == nil {
		return false
	}
	o.Detector = w.d
	return true
}

// observes notes how to end an observation that tells the session's detector.
func (w *watchedRaces) observes(end func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.d == nil {
		end()
		return
	}
	w.ends = append(w.ends, end)
}

func (w *watchedRaces) looking() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.d != nil
}

func (w *watchedRaces) on(e *Engine) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.d == nil {
		w.found = 0
		w.d = race.New(race.Options{Report: func(x *race.Report) { w.tell(e, x) }, Company: e.hasCompany()})
	}
}

func (w *watchedRaces) off() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.d == nil {
		return
	}
	for _, end := range w.ends {
		end()
	}
	w.d.Close()
	w.d, w.ends = nil, nil
}

// tell warns of a race where the goroutine prints that has found it.
func (w *watchedRaces) tell(e *Engine, x *race.Report) {
	g := sched.Current()
	w.mu.Lock()
	looking := w.d != nil
	if looking {
		w.found++
	}
	w.mu.Unlock()
	if g == nil || !looking {
		return
	}
	text := strings.Join(append(e.raceLines(x, false), whatToDo([]*race.Report{x})), "\n")
	g.Execution().Emit(session.Stream{Name: session.Stderr, Text: text + "\n"})
}
