package control

import (
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/sched"
)

// Timers of the virtual clock behave as those of package time.
func TestTimers(t *testing.T) {
	since := func(p *program) time.Duration { return p.c.Now().Sub(Epoch) }
	for _, c := range []struct {
		name  string
		picks []int
		main  func(p *program, g *sched.G)
		want  string
		time  time.Duration
	}{
		{"a function", nil, func(p *program, g *sched.G) {
			done := make(chan int)
			p.c.AfterFunc(g, time.Minute, sched.Place{}, "f", func(a *sched.G) {
				p.say("f@%v, another: %v", since(p), a != g)
				send(a, done, 1)
			})
			receive(g, done)
		}, "f@1m0s, another: true", time.Minute},
		{"a function that is stopped", nil, func(p *program, g *sched.G) {
			f := p.c.AfterFunc(g, time.Minute, sched.Place{}, "f", func(*sched.G) { p.say("f") })
			p.c.Sleep(g, time.Second, nil)
			p.say("%v %v", f.Stop(), f.Stop())
		}, "true false", time.Second},
		{"a ticker", nil, func(p *program, g *sched.G) {
			tick := p.c.Timer(time.Second, 2*time.Second, func(now time.Time) { p.say("%v", now.Sub(Epoch)) }, nil)
			p.c.Sleep(g, 6*time.Second, nil)
			tick.Stop()
			p.c.Sleep(g, 6*time.Second, nil)
		}, "1s 3s 5s", 12 * time.Second},
		{"one that nobody would notice", nil, func(p *program, _ *sched.G) {
			p.c.Timer(time.Second, time.Second, func(time.Time) { p.say("noticed") }, func() bool { return true })
		}, "", 0},
		{"two at the same time", []int{0}, func(p *program, g *sched.G) {
			for i := range 2 {
				p.c.Timer(time.Second, 0, func(time.Time) { p.say("%d", i) }, nil)
			}
		}, "0 1", time.Second},
		{"two at the same time, the other way round", []int{1}, func(p *program, g *sched.G) {
			for i := range 2 {
				p.c.Timer(time.Second, 0, func(time.Time) { p.say("%d", i) }, nil)
			}
		}, "1 0", time.Second},
		{"a timer or a sleeper", []int{1}, func(p *program, g *sched.G) {
			p.c.Timer(time.Second, 0, func(time.Time) { p.say("timer") }, nil)
			p.c.Sleep(g, time.Second, nil)
			p.say("sleeper")
		}, "sleeper timer", time.Second},
		{"sleeps that are over", nil, func(p *program, g *sched.G) {
			p.c.Sleep(g, -time.Hour, nil)
			p.say("%v", since(p))
		}, "0s", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &script{picks: c.picks}
			p, out, r := controlled(t, Config{Strategy: s}, c.main)
			if out.Kind != sched.Returned || p.said() != c.want || r.Time != c.time {
				t.Errorf("outcome %v, said %q at %v, want %q at %v", out.Kind, p.said(), r.Time, c.want, c.time)
			}
		})
	}
}

// When control is over nobody sleeps by the virtual clock any more.
func TestSleepWhenItIsOver(t *testing.T) {
	deferred := false
	p, out, _ := controlled(t, Config{Strategy: new(Fair), MaxSteps: 20}, func(p *program, g *sched.G) {
		defer func() {
			if g.EnterDeferred() {
				defer g.LeaveDeferred()
				deferred = true
				p.c.Sleep(g, time.Hour, nil)
			}
		}()
		for {
			p.c.Sleep(g, time.Second, nil)
		}
	})
	if out.Kind != sched.Interrupted || !deferred || p.c.Result().Time >= time.Hour {
		t.Errorf("outcome %v, deferred call: %v, at %v", out.Kind, deferred, p.c.Result().Time)
	}
	// Those that are not under control are let go on.
	s := sched.New(sched.Config{})
	defer s.Close()
	c := New(Config{})
	s.Begin(sessionCell, silent{}).Run(t.Context(), func(g *sched.G) { c.Sleep(g, time.Hour, nil); c.Rest(g); c.Leave(g) })
}
