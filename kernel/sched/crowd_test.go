package sched

import (
	"sync"
	"testing"

	"github.com/gosched/gosched/kernel/session"
)

// rowsOf is how many rows a crowd has.
func rowsOf(c *crowd) (n int) {
	for r := c.begin; r != nil; r = r.next.Load() {
		n++
	}
	return n
}

// Who is in a crowd is asked, and nobody else, however many come at the same time and
// whoever leaves; rows that all have left are let go.
func TestCrowdAsksThoseWhoAreThere(t *testing.T) {
	const starters, each = 8, 500
	c := &crowd{begin: new(row)}
	c.end.Store(c.begin)
	var all [starters][each]*G
	var wg sync.WaitGroup
	for i := range all {
		wg.Go(func() {
			for j := range all[i] {
				g := &G{}
				all[i][j] = g
				c.add(g)
				c.add(g) // has its seat
				if j%3 != 0 {
					c.left(g)
				}
				if j%50 == 0 {
					c.ask(0)
				}
			}
		})
	}
	wg.Wait()
	stay := starters * ((each + 2) / 3)
	if busy := c.ask(0); busy != stay {
		t.Errorf("%d were asked, and %d are there", busy, stay)
	}
	for i := range all {
		for j, g := range all[i] {
			if j%3 == 0 {
				if g.flag.Load() != flagYield {
					t.Fatalf("goroutine %d of starter %d was not asked", j, i)
				}
				c.left(g)
			}
		}
	}
	if busy := c.ask(0); busy != 0 {
		t.Errorf("%d were asked when all had left", busy)
	}
	if n := rowsOf(c); n > 2 {
		t.Errorf("%d rows were kept for nobody", n)
	}
	late := &G{}
	if c.add(late); c.ask(0) != 1 {
		t.Error("who came after all had left was not asked")
	}
}

// A goroutine that stays while the crowd around it goes is asked again when another
// crowd comes.
func TestCrowdComesAgain(t *testing.T) {
	s := New(Config{})
	e := s.Begin(session.Cell{Number: 1}, &recorder{})
	stays := &G{exec: e, origin: &Origin{}}
	e.add(stays)
	for range 2 {
		stays.flag.Store(0)
		var others [20]*G
		for i := range others {
			others[i] = &G{exec: e, origin: &Origin{}}
			e.add(others[i])
		}
		eventually(t, "who stays is asked", func() bool {
			s.crowd.tick()
			return stays.flag.Load() == flagYield
		})
		for _, g := range others {
			e.remove(g)
		}
		s.crowd.tick()
		if s.crowd.on.Load() {
			t.Fatal("one goroutine is a crowd")
		}
	}
}
