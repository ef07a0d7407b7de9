package sched

import (
	"context"
	"testing"

	"github.com/gosched/gosched/kernel/session"
)

func TestSmoke(t *testing.T) {
	s := New(Config{})
	e := s.Begin(session.Cell{Number: 1}, nil)
	ch := make(chan int)
	out := e.Run(context.Background(), func(g *G) {
		Go(g, Place{}, "f", func(g *G) { Send(g, ch, 1, nil, nil) })
		if v, ok := Recv(g, ch, nil, nil); v != 1 || !ok {
			t.Error(v, ok)
		}
		if h, own := Here(); h != g || !own {
			t.Error("Here")
		}
	})
	if out.Kind != Returned {
		t.Error(out)
	}
}
