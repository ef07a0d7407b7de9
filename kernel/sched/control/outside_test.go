package control

import (
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/sched/wait"
	"github.com/gosched/gosched/kernel/session"
)

var sessionCell = session.Cell{ID: "0", Number: 1}

// A goroutine of another cell may help those that cannot go on: they are waited for,
// for ever or for as long as is asked.
func TestOtherCells(t *testing.T) {
	for _, c := range []struct {
		name     string
		patience time.Duration
		helps    bool
		want     sched.OutcomeKind
	}{
		{"helps", 0, true, sched.Returned},
		{"does not help", 5 * time.Millisecond, false, sched.Deadlocked},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := sched.New(sched.Config{})
			defer s.Close()
			asked, answer := make(chan int, 1), make(chan int)
			s.Begin(sessionCell, silent{}).Run(t.Context(), func(g *sched.G) {
				start(g, "helper", func(g *sched.G) {
					receive(g, asked)
					if c.helps {
						send(g, answer, 1)
					}
					receive(g, nil)
				})
			})
			_, out, r := controlledIn(t, s, Config{Strategy: new(Fair), Patience: c.patience}, func(_ *program, g *sched.G) {
				send(g, asked, 1)
				receive(g, answer)
			})
			if out.Kind != c.want || (r.End == Deadlocked) != (c.want == sched.Deadlocked) {
				t.Errorf("outcome %v, end %v, want %v", out.Kind, r.End, c.want)
			}
		})
	}
}

// Who waits for input, or for another that nobody controls, is waited for.
func TestInputIsOutside(t *testing.T) {
	typed := make(chan struct{})
	p, out, r := controlled(t, Config{Strategy: new(Fair)}, func(p *program, g *sched.G) {
		answered := make(chan int, 1)
		start(g, "asks", func(g *sched.G) {
			g.Block(&sched.Wait{Kind: wait.Input})
			<-typed
			g.Unblock()
			p.say("answer")
			send(g, answered, 1)
		})
		start(g, "goes on", func(g *sched.G) {
			p.c.Sleep(g, time.Hour, nil)
			p.say("meanwhile")
			close(typed)
		})
		receive(g, answered)
	})
	if out.Kind != sched.Returned || p.said() != "meanwhile answer" || len(r.Outside) != 1 || r.Outside[0] != "input" {
		t.Errorf("outcome %v, said %q, not under control: %q", out.Kind, p.said(), r.Outside)
	}
}
