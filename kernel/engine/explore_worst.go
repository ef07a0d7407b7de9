package engine

import (
	"context"
	"fmt"

	"github.com/gosched/gosched/kernel/observe"
	"github.com/gosched/gosched/kernel/observe/picture"
	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/sched/control"
	"github.com/gosched/gosched/kernel/session"
)

// drawWorst runs the worst example once more and draws it, with the accesses that race,
// unless all ended well.
func (x *exploration) drawWorst(ctx context.Context, kept *changes) {
	worst := x.table.Worst()
	if !worst.Outcome.Bad() {
		return
	}
	x.run.control = nil
	inner := *x.run
	inner.under = &under{seed: &worst.Example.Seed}
	rec := observe.New(observe.Config{Cell: inner.request.Number, Now: inner.clock()})
	inner.observe.Recorder = rec
	inner.observe.Shows = func(s *sched.Site) bool { return s.Place != nil && x.racing[access{s.Place(), s.Name}] }
	if _, ok := x.runOnce(ctx, &inner, worst.Example.Seed.Strategy(), kept); !ok {
		return
	}
	if r := x.e.finish(rec, &inner); r != nil {
		x.run.exec.Emit(session.Stream{Name: session.Stdout, Text: fmt.Sprintf("The worst of them, which %%%%replay %s runs again:\n", worst.Example.Seed)})
		x.run.exec.Emit(session.Display{Bundle: picture.Bundle(r)})
	}
}

// An access is where memory is accessed, by which name.
type access struct {
	at   sched.Place
	name string
}

// races notes where races are.
func (x *exploration) races(c *course, found *races) {
	note := func(at []sched.Place, name string) {
		if len(at) > 0 {
			if x.racing == nil {
				x.racing = map[access]bool{}
			}
			x.racing[access{at[0], name}] = true
		}
	}
	for _, r := range c.result.Races {
		for _, a := range []control.Access{r.First, r.Second} {
			if a.Site != nil {
				note(a.At, a.Site.Name)
			}
		}
	}
	found.mu.Lock()
	defer found.mu.Unlock()
	for _, r := range found.found {
		note(r.Now.Places, r.Now.Name)
		note(r.Previous.Places, r.Previous.Name)
	}
}
