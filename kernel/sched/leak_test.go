package sched

import (
	"sync"
	"testing"
)

// What keeps goroutines of a session in its tables does not lead to what they
// wait for.
func TestContract15_Leaked(t *testing.T) {
	type pool struct {
		wg   sync.WaitGroup
		jobs chan int
	}
	for name, start := range map[string]func(g *G){
		"sender": func(g *G) { sender(g, make(chan int), 1) },
		"receiver": func(g *G) {
			Go(g, at(1), "receiver", func(g *G) { Recv(g, make(chan int), at(2), nil) })
		},
		"select": func(g *G) {
			Go(g, at(1), "select", func(g *G) {
				Select(g, []Comm{receiveFrom(make(chan int)), sendOn(make(chan int), 1)}, true, at(2))
			})
		},
		"wait group": func(g *G) {
			p := &pool{jobs: make(chan int)}
			g.WaitGroupGo(&p.wg, at(1), "wait group", func(g *G) { Recv(g, p.jobs, at(2), nil) })
		},
	} {
		t.Run(name, func(t *testing.T) {
			n := newNotebook(t)
			n.cell(start)
			n.waiting(1)
			report := n.Leaks()
			if !report.Complete {
				t.Skip("needs GOEXPERIMENT=goroutineleakprofile")
			}
			if len(report.Leaked) != 1 || report.Leaked[0].Name != name {
				t.Errorf("%+v", report.Leaked)
			}
			n.KillAll()
		})
	}
}
