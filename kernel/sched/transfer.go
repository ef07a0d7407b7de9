package sched

import (
	"time"

	"github.com/gosched/gosched/kernel/sched/stopping"
)

// SetDeadline is d.SetDeadline(at), or that for one direction.
func (s *Scheduler) SetDeadline(d stopping.Deadliner, dir stopping.Direction, at time.Time) error {
	return s.deadlines.Set(d, dir, at)
}

// Transfer makes a call of compiled code that waits for d in direction dir. It
// ends when g is stopped, and then so does g. If w is not nil it says what g
// waits for; the call must then lead to no code of the program. call returns
// its error and whether something was transferred all the same. It is called
// again if it ended because of others that were stopped.
func (g *G) Transfer(d stopping.Deadliner, dir stopping.Direction, w *Wait, call func() (some bool, err error)) {
	ds := &g.exec.s.deadlines
	waiting := call
	if w != nil {
		waiting = func() (some bool, err error) {
			g.Block(w)
			some, err = call() // where it panics, PanicBegins unblocks g
			g.Unblock()
			return some, err
		}
	}
	for {
		stops := ds.Stops()
		some, err := ds.During(d, dir, g.OnStop, waiting)
		if g.ShouldStop() {
			g.Unwind()
		}
		if some || !ds.Spurious(d, err, stops) {
			return
		}
	}
}

// TransferAside is [G.Transfer] for a goroutine of compiled code, which nothing
// stops.
func (s *Scheduler) TransferAside(d stopping.Deadliner, call func() (some bool, err error)) {
	for {
		stops := s.deadlines.Stops()
		if some, err := call(); some || !s.deadlines.Spurious(d, err, stops) {
			return
		}
	}
}
