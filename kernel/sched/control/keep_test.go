package control

import (
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/sched"
)

func TestKeep(t *testing.T) {
	type key struct{ n int }
	ended := 0
	p, _, _ := controlled(t, Config{Strategy: new(Fair)}, func(p *program, _ *sched.G) {
		p.say("%v", p.c.Kept(key{1}))
		p.c.Keep(key{1}, "one")
		p.c.Keep(key{2}, "two")
		p.say("%v %v", p.c.Kept(key{1}), p.c.Kept(key{2}))
		for range 2 {
			p.c.AtEnd(func() { ended++ })
		}
		p.say("%d", ended)
	})
	if p.said() != "<nil> one two 0" || ended != 2 || p.c.Kept(key{1}) != nil {
		t.Errorf("said %q; %d ends; afterwards %v is kept", p.said(), ended, p.c.Kept(key{1}))
	}
}

func TestWhenClosed(t *testing.T) {
	p, out, _ := controlled(t, Config{Strategy: new(Fair)}, func(p *program, g *sched.G) {
		ch := make(chan int)
		when := func(name string, ch chan int) (stop func() bool) {
			return p.c.WhenClosed(g, sched.ChanPointer(ch), sched.Place{}, name, func(a *sched.G) {
				p.say("%s, another: %v", name, a != g)
			})
		}
		runs, stopped, never := when("runs", ch), when("stopped", ch), when("never", nil)
		p.say("stopped: %v %v %v;", stopped(), stopped(), never())
		p.c.Sleep(g, time.Second, nil)
		g.Close(sched.ChanPointer(ch), nil, func() { close(ch) })
		p.say("closed;")
		p.c.Sleep(g, time.Second, nil)
		p.say("; stopped: %v", runs())
	})
	const want = "stopped: true false false; closed; runs, another: true ; stopped: false"
	if out.Kind != sched.Returned || p.said() != want {
		t.Errorf("outcome %v, said %q, want %q", out.Kind, p.said(), want)
	}
}
