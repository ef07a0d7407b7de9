package control

import (
	"slices"
	"sync"
	"testing"

	"github.com/gosched/gosched/kernel/sched"
)

// What a lock cannot be told of without the end of the program ends the execution, and
// says so in Go's words and where.
func TestMisuse(t *testing.T) {
	here := sched.Place{Func: "main.f", Cell: 1, Line: 7}
	s := sched.New(sched.Config{Here: func(*sched.G) (sched.Stack, *sched.Site) { return here, nil }})
	defer s.Close()
	type locks struct {
		mu sync.Mutex
		rw sync.RWMutex
	}
	for _, c := range []struct {
		name string
		main func(g *sched.G, l *locks)
		want string
	}{
		{"mutex", func(g *sched.G, l *locks) { g.Unlock(&l.mu) }, "sync: unlock of unlocked mutex"},
		{"writer", func(g *sched.G, l *locks) { g.RWUnlock(&l.rw) }, "sync: Unlock of unlocked RWMutex"},
		{"reader as a writer", func(g *sched.G, l *locks) {
			g.RLock(&l.rw, nil, nil)
			g.RWUnlock(&l.rw)
		}, "sync: Unlock of unlocked RWMutex"},
		{"reader", func(g *sched.G, l *locks) { g.RUnlock(&l.rw) }, "sync: RUnlock of unlocked RWMutex"},
		{"writer as a reader", func(g *sched.G, l *locks) {
			g.RWLock(&l.rw, nil, nil)
			g.RUnlock(&l.rw)
		}, "sync: RUnlock of unlocked RWMutex"},
		{"right", func(g *sched.G, l *locks) {
			g.Lock(&l.mu, nil, nil)
			g.Unlock(&l.mu)
			g.RWLock(&l.rw, nil, nil)
			g.RWUnlock(&l.rw)
			g.RLock(&l.rw, nil, nil)
			g.RLock(&l.rw, nil, nil)
			g.RUnlock(&l.rw)
			g.RUnlock(&l.rw)
		}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, r := controlledIn(t, s, Config{Strategy: new(Fair)}, func(_ *program, g *sched.G) { c.main(g, new(locks)) })
			if r.Misuse.Text != c.want || (r.End == Fatal) != (c.want != "") {
				t.Errorf("end %v, %q, want %q", r.End, r.Misuse.Text, c.want)
			}
			if c.want != "" && !slices.Equal(r.Misuse.At, []sched.Place{here}) {
				t.Errorf("it was at %v", r.Misuse.At)
			}
		})
	}
}
