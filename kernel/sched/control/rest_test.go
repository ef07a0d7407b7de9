package control

import (
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/sched"
)

// A program ends with its main function, whoever is left; a cell waits for those.
func TestLeave(t *testing.T) {
	for _, isProgram := range []bool{true, false} {
		w := &watching{script: new(script)}
		p, out, r := controlled(t, Config{Strategy: w}, func(p *program, g *sched.G) {
			p.isProgram = isProgram
			start(g, "late", func(g *sched.G) {
				p.c.Sleep(g, time.Second, nil)
				p.say("late")
			})
			start(g, "leaks", func(g *sched.G) { receive(g, make(chan int)) })
		})
		left, said, shown := 1, "late", 0
		if isProgram {
			left, said, shown = 2, "", 1
		}
		if out.Kind != sched.Returned || r.End != Over || r.Program != isProgram || len(r.Left) != left || p.said() != said || w.shown != shown {
			t.Errorf("program %v: outcome %v, end %v, program %v, %d left, said %q, %d shown",
				isProgram, out.Kind, r.End, r.Program, len(r.Left), p.said(), w.shown)
		}
	}
}

// A strategy may end an execution that is not worth the time.
func TestPointless(t *testing.T) {
	_, out, r := controlled(t, Config{Strategy: bored{new(Fair)}}, func(p *program, g *sched.G) {
		for range 2 {
			start(g, "another", func(*sched.G) {})
		}
		p.c.Sleep(g, time.Second, nil)
	})
	if out.Kind != sched.Interrupted || r.End != Pointless {
		t.Errorf("outcome %v, end %v", out.Kind, r.End)
	}
}

// bored is a strategy that has seen enough as soon as it is asked.
type bored struct{ *Fair }

func (bored) Next(int, []Candidate) int { return -1 }
